package io.mptcplb.app;

import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.proxy.SessionRefusal;
import io.mptcplb.stack.tcp.TcpCounter;
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
    private CounterNames() {}

    /** The layout of the counter file of a dataplane that serves {@code config}. */
    static CounterLayout layout(LbConfig config) {
        Map<MetricScope, List<String>> reasons = new EnumMap<>(MetricScope.class);
        reasons.put(MetricScope.DROP_REASON, names(DropReason.values()));
        reasons.put(MetricScope.SESSION_REFUSAL, names(SessionRefusal.values()));
        reasons.put(MetricScope.SESSION_END, names(SessionEnd.values()));
        reasons.put(MetricScope.RESET_REASON, names(ResetReason.values()));
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
            case RETRANSMITTED_SEGMENTS -> Metric.TCP_RETRANSMITTED_SEGMENTS;
            case RETRANSMIT_TIMEOUTS -> Metric.TCP_TIMEOUTS;
            case FAST_RECOVERIES -> Metric.TCP_FAST_RECOVERIES;
            case SPURIOUS_RECOVERIES -> Metric.TCP_SPURIOUS_RECOVERIES;
            case LOSS_PROBES -> Metric.TCP_TAIL_PROBES_TX;
            case WINDOW_PROBES -> Metric.TCP_WINDOW_PROBES_TX;
            case CHALLENGE_ACKS -> Metric.TCP_CHALLENGE_ACKS_TX;
            case RESUMMED_BYTES -> Metric.SPLIT_SUMMED_BYTES;
            case SPLIT_SEGMENTS -> Metric.SEGMENT_SPLITS;
            default -> null;
        };
    }
}
