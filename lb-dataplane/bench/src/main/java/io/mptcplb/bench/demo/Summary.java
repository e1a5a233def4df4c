package io.mptcplb.bench.demo;

import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.Verdict;
import java.util.List;
import java.util.Locale;

/** Judges one finished transfer, and says what it was. */
final class Summary {
    private static final double SHARE_MIN = 0.20;
    private static final double RETURN_SHARE_MIN = 0.05;
    private static final long STALL_NANOS_MAX = 1_000_000_000L;

    private Summary() {}

    /**
     * @param ownCounters the paths' bytes are the box's own word, to be held against the wire's
     */
    static void judge(
            Transfer transfer, LoadReport report, boolean ownCounters, Verdicts verdicts) {
        String who = transfer.direction().text;
        ConnectionResult connection = Transfer.connection(report);
        Verdict seen = seen(transfer, connection);
        verdicts.check(
                connection.error() == null, who + " completes", String.valueOf(connection.error()));
        verdicts.check(
                connection.error() == null, who + " completes", String.valueOf(connection.error()));
        verdicts.check(
                seen.complete() && seen.bytes() == transfer.bytes() && seen.corrupt() == 0,
                who + " is byte-exact",
                seen.bytes() + " bytes of " + transfer.bytes() + ", bad blocks " + seen.corrupt());
        verdicts.check(
                !seen.sha256().equals("-") && seen.sha256().equals(seen.senderSha256()),
                who + ": SHA-256 equal at both ends",
                "sent " + seen.senderSha256() + ", received " + seen.sha256());
        verdicts.check(
                connection.mptcp().mptcp() && connection.mptcp().subflows() == 2,
                who + " ends on two MPTCP subflows",
                connection.mptcp().toString());
        judgePaths(transfer, verdicts);
        verdicts.check(
                seen.stallNanos() <= STALL_NANOS_MAX,
                who + ": longest stall <= 1 s",
                seconds(seen.stallNanos()) + ", " + seconds(seen.stallAtNanos()) + " into it");
        if (ownCounters) {
            judgeCounters(transfer, verdicts);
        }
    }

    private static void judgePaths(Transfer transfer, Verdicts verdicts) {
        String who = transfer.direction().text;
        verdicts.check(
                transfer.pathBytes(2) >= SHARE_MIN * transfer.bytes(),
                who + ": path 2 carries >= 20 % of the bytes",
                percent(transfer.pathBytes(2), transfer.bytes()));
        verdicts.check(
                transfer.darkNanos() >= Transfer.DARK_NANOS_MIN,
                who + ": path 2 is dark for >= 3 s",
                seconds(transfer.darkNanos()));
        verdicts.check(
                transfer.darkFrames() > 0,
                who + ": path 2 goes dark with data in flight",
                "no frame was lost");
        verdicts.check(
                transfer.bytesSinceHeal() >= RETURN_SHARE_MIN * transfer.bytes(),
                who + ": path 2 carries >= 5 % after its return",
                percent(transfer.bytesSinceHeal(), transfer.bytes()));
    }

    /**
     * The wire's count has headers, acknowledgements and repetitions on top of the payload, and
     * never less than it.
     */
    private static void judgeCounters(Transfer transfer, Verdicts verdicts) {
        for (int path = 1; path <= 2; path++) {
            long payload = transfer.pathBytes(path);
            long wire = transfer.wireBytes(path);
            verdicts.check(
                    payload <= wire && payload >= wire * 0.8,
                    transfer.direction().text + ": counters agree with the wire",
                    "path " + path + ": the box " + payload + " of payload, the wire " + wire);
        }
    }

    static List<String> lines(Transfer transfer, LoadReport report) {
        Verdict seen = seen(transfer, Transfer.connection(report));
        return List.of(
                String.format(
                        Locale.ROOT,
                        "  %-9s %.1f MB in %.1f s: %.1f Mb/s; longest stall %.0f ms",
                        transfer.direction().text,
                        seen.bytes() / 1e6,
                        seen.nanos() / 1e9,
                        seen.goodputMbps(),
                        seen.stallNanos() / 1e6),
                String.format(
                        Locale.ROOT,
                        "            path 1 %.1f MB, path 2 %.1f MB (%.0f %%): dark for %.1f s,"
                                + " then %.1f MB",
                        transfer.pathBytes(1) / 1e6,
                        transfer.pathBytes(2) / 1e6,
                        transfer.pathBytes(2) * 100.0 / transfer.bytes(),
                        transfer.darkNanos() / 1e9,
                        transfer.bytesSinceHeal() / 1e6),
                "            SHA-256 sent     " + shortened(seen.senderSha256()),
                "                    received " + shortened(seen.sha256()));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %%", part * 100.0 / whole);
    }

    /** Half of a digest is as good to the eye, and fits the line. */
    private static String shortened(String sha256) {
        return sha256.length() > 40 ? sha256.substring(0, 40) + "..." : sha256;
    }

    private static Verdict seen(Transfer transfer, ConnectionResult connection) {
        Verdict verdict = transfer.direction().isUp() ? connection.up() : connection.down();
        return verdict == null ? Verdict.NOTHING : verdict;
    }
}
