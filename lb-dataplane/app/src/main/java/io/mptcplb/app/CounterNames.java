package io.mptcplb.app;

import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.proxy.SessionRefusal;
import io.mptcplb.stack.mptcp.FallbackCause;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.tcp.TcpCounter;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.ResetReason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the stack's own names meet the metric catalogue's. */
final class CounterNames {
    /** Why joins are refused, in the order of their column. */
    static final List<MptcpCounter> JOIN_REFUSALS =
            List.of(
                    MptcpCounter.JOIN_UNKNOWN_TOKEN,
                    MptcpCounter.JOIN_BAD_HMAC,
                    MptcpCounter.JOIN_OVER_LIMIT,
                    MptcpCounter.JOIN_PROHIBITED);

    private CounterNames() {}

    /** The layout of the counter file of a dataplane that serves {@code config}. */
    static CounterLayout layout(LbConfig config) {
        Map<MetricScope, List<String>> reasons = new EnumMap<>(MetricScope.class);
        reasons.put(MetricScope.DROP_REASON, names(DropReason.values()));
        reasons.put(MetricScope.PORT_DROP, names(PortDrop.values()));
        reasons.put(MetricScope.SESSION_REFUSAL, names(SessionRefusal.values()));
        reasons.put(MetricScope.SESSION_END, names(SessionEnd.values()));
        reasons.put(MetricScope.RESET_REASON, names(ResetReason.values()));
        reasons.put(MetricScope.FALLBACK_CAUSE, names(FallbackCause.values()));
        reasons.put(MetricScope.JOIN_REFUSAL, names(JOIN_REFUSALS.toArray(Enum<?>[]::new)));
        return CounterLayout.of(config, reasons);
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The metric of one of TCP's counters; null for those that show elsewhere. */
    static @Nullable Metric metric(TcpCounter counter) {
        return switch (counter) {
            case PASSIVE_OPENS -> Metric.TCP_PASSIVE_OPENS;
            case ACTIVE_OPENS -> Metric.TCP_ACTIVE_OPENS;
            case FAILED_OPENS -> Metric.TCP_OPENS_FAILED;
            case RESETS_RECEIVED -> Metric.TCP_RESETS_RX;
            case RESETS_SENT -> Metric.TCP_RESETS_TX;
            case SEGMENTS_RECEIVED -> Metric.TCP_SEGMENTS_RX;
            case SEGMENTS_SENT -> Metric.TCP_SEGMENTS_TX;
            case DATA_SEGMENTS_SENT -> Metric.TCP_DATA_SEGMENTS_TX;
            case RETRANSMITTED_SEGMENTS -> Metric.TCP_RETRANSMITTED_SEGMENTS;
            case RETRANSMIT_TIMEOUTS -> Metric.TCP_TIMEOUTS;
            case FAST_RECOVERIES -> Metric.TCP_FAST_RECOVERIES;
            case SPURIOUS_RECOVERIES -> Metric.TCP_SPURIOUS_RECOVERIES;
            case LOSS_PROBES -> Metric.TCP_TAIL_PROBES_TX;
            case WINDOW_PROBES -> Metric.TCP_WINDOW_PROBES_TX;
            case CHALLENGE_ACKS -> Metric.TCP_CHALLENGE_ACKS_TX;
            case RESUMMED_BYTES -> Metric.SPLIT_SUMMED_BYTES;
            case SPLIT_SEGMENTS -> Metric.SEGMENT_SPLITS;
            case OUT_OF_ORDER_SEGMENTS -> Metric.TCP_OUT_OF_ORDER_SEGMENTS;
            case ZERO_WINDOWS_SENT -> Metric.TCP_ZERO_WINDOWS_TX;
            case ZERO_WINDOWS_RECEIVED -> Metric.TCP_ZERO_WINDOWS_RX;
            case DELAYED_ACKS -> Metric.TCP_DELAYED_ACKS_TX;
            case TIMED_OUT -> Metric.TCP_ABORTED_TIMEOUTS;
            case PORTS_EXHAUSTED -> Metric.TCP_PORTS_EXHAUSTED;
            case HANDED_OVER -> Metric.WORKER_FRAMES_HANDED_OVER;
            case STRAYS_PASSED_ON -> Metric.TCP_STRAYS_PASSED_ON;
            case SUMMED_BYTES -> Metric.PAYLOAD_SUMMED_BYTES;
            default -> null;
        };
    }

    /** Where a phase's time is published. */
    static Metric metric(Phase phase) {
        return switch (phase) {
            case RX -> Metric.WORKER_PHASE_RX_NANOS;
            case PARSE -> Metric.WORKER_PHASE_PARSE_NANOS;
            case PROTOCOL -> Metric.WORKER_PHASE_PROTOCOL_NANOS;
            case PROXY -> Metric.WORKER_PHASE_PROXY_NANOS;
            case BUILD -> Metric.WORKER_PHASE_BUILD_NANOS;
            case TX -> Metric.WORKER_PHASE_TX_NANOS;
            case KEEPING -> Metric.WORKER_PHASE_KEEPING_NANOS;
        };
    }

    /** The metric of one of MPTCP's counters; null for those that show elsewhere. */
    static @Nullable Metric metric(MptcpCounter counter) {
        return switch (counter) {
            case CAPABLE_SYNS -> Metric.MP_CAPABLE_RX;
            case CAPABLE_ESTABLISHED -> Metric.MPTCP_CONNECTIONS_OPENED;
            case JOIN_SYNS -> Metric.MPTCP_JOINS_RX;
            case JOINS_ESTABLISHED -> Metric.MPTCP_JOINS_ACCEPTED;
            case ADD_ADDR_SENT -> Metric.ADD_ADDR_TX;
            case ADD_ADDR_ECHOES_RECEIVED -> Metric.ADD_ADDR_ECHO_RX;
            case ADD_ADDR_RECEIVED -> Metric.ADD_ADDR_RX;
            case REMOVE_ADDR_RECEIVED -> Metric.REMOVE_ADDR_RX;
            case REMOVE_ADDR_SENT -> Metric.REMOVE_ADDR_TX;
            case PRIO_RECEIVED -> Metric.MP_PRIO_RX;
            case PRIO_SENT -> Metric.MP_PRIO_TX;
            case FASTCLOSE_RECEIVED -> Metric.MP_FASTCLOSE_RX;
            case FASTCLOSE_SENT -> Metric.MP_FASTCLOSE_TX;
            case FAIL_RECEIVED -> Metric.MP_FAIL_RX;
            case FAIL_SENT -> Metric.MP_FAIL_TX;
            case CONTRADICTORY_MAPPINGS -> Metric.MPTCP_DSS_ERRORS;
            case CHECKSUM_FAILURES -> Metric.MPTCP_CHECKSUM_ERRORS;
            case DUPLICATE_BYTES -> Metric.MPTCP_DUPLICATE_BYTES;
            case REINJECTED_SEGMENTS -> Metric.MPTCP_REINJECTIONS;
            case REINJECTED_BYTES -> Metric.MPTCP_REINJECTED_BYTES;
            case DATA_TIMEOUTS -> Metric.MPTCP_DATA_RETRANSMISSIONS;
            case OUT_OF_ORDER_SEGMENTS -> Metric.MPTCP_OUT_OF_ORDER_SEGMENTS;
            case INFINITE_MAPPINGS -> Metric.MPTCP_INFINITE_MAPPINGS;
            case ADD_ADDR_REPEATED -> Metric.ADD_ADDR_RETRANSMITTED;
            case DATA_FINS_RECEIVED -> Metric.DATA_FIN_RX;
            case DATA_FINS_SENT -> Metric.DATA_FIN_TX;
            case MALFORMED_OPTIONS -> Metric.MPTCP_OPTIONS_MALFORMED;
            default -> null;
        };
    }
}
