package io.mptcplb.bench.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The outcome of one run.
 *
 * @param bulk one result per bulk connection, in their order; empty for exchanges
 * @param nanos of the whole run
 * @param exchanges latencies of every request, or of every short connection
 * @param connections short or exchanging connections that ended well
 * @param mptcpConnections those of them that spoke MPTCP
 * @param errors how often each error word came, in runs of exchanges
 */
public record LoadReport(
        List<ConnectionResult> bulk,
        long nanos,
        Latencies exchanges,
        int connections,
        int mptcpConnections,
        Map<String, Integer> errors) {
    private static final int FAILURES_SHOWN = 4;

    /** Nothing failed, and every byte was what it should be. */
    public boolean verified() {
        return errors.isEmpty() && (bulk.isEmpty() ? exchanges.count() > 0 : failed() == 0);
    }

    public int failed() {
        return (int) bulk.stream().filter(result -> !result.verified()).count()
                + errors.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** One line of key=value words. */
    public String summary() {
        return bulk.isEmpty() ? exchangeSummary() : bulkSummary();
    }

    /** The summary and, of bulk connections that failed, a line each of the first few. */
    public String failures() {
        return Stream.concat(
                        Stream.of(summary()),
                        bulk.stream()
                                .filter(result -> !result.verified())
                                .limit(FAILURES_SHOWN)
                                .map(ConnectionResult::toString))
                .collect(Collectors.joining("\n  "));
    }

    private String exchangeSummary() {
        return String.format(
                Locale.ROOT,
                "summary ok=%d failed=%d conns=%d mptcp_conns=%d count=%d rate=%.1f %s errors=%s",
                verified() ? 1 : 0,
                failed(),
                connections,
                mptcpConnections,
                exchanges.count(),
                exchanges.count() * 1e9 / nanos,
                exchanges,
                errors.isEmpty() ? "-" : errors.toString().replace(" ", ""));
    }

    private String bulkSummary() {
        return String.format(
                Locale.ROOT,
                "summary ok=%d conns=%d failed=%d mptcp_conns=%d subflows_min=%d seconds=%.3f"
                        + " up_bytes=%d up_mbps=%.2f up_stall_ms=%.1f down_bytes=%d down_mbps=%.2f"
                        + " down_stall_ms=%.1f corrupt=%d",
                verified() ? 1 : 0,
                bulk.size(),
                failed(),
                bulk.stream().filter(result -> result.mptcp().mptcp()).count(),
                bulk.stream().mapToInt(result -> result.mptcp().subflows()).min().orElse(0),
                nanos / 1e9,
                bytes(true),
                goodputMbps(true),
                longestStallNanos(true) / 1e6,
                bytes(false),
                goodputMbps(false),
                longestStallNanos(false) / 1e6,
                verdicts(true).stream().mapToLong(Verdict::corrupt).sum()
                        + verdicts(false).stream().mapToLong(Verdict::corrupt).sum());
    }

    /** Payload received in one direction, over all connections. */
    public long bytes(boolean up) {
        return verdicts(up).stream().mapToLong(Verdict::bytes).sum();
    }

    /** Of all connections together. */
    public double goodputMbps(boolean up) {
        return verdicts(up).stream().mapToDouble(Verdict::goodputMbps).sum();
    }

    public long longestStallNanos(boolean up) {
        return verdicts(up).stream().mapToLong(Verdict::stallNanos).max().orElse(0);
    }

    private List<Verdict> verdicts(boolean up) {
        return bulk.stream()
                .flatMap(result -> Stream.ofNullable(up ? result.up() : result.down()))
                .toList();
    }
}
