package io.mptcplb.bench.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns the state of a transfer into lines of at most 79 characters. */
final class Table {
    private static final int BAR_CHARACTERS = 40;
    private static final String[] WIRE_MBIT = {"60 Mb/s", "40 Mb/s"};

    private Table() {}

    static List<String> lines(String box, Transfer transfer) {
        List<String> lines = new ArrayList<>();
        lines.add("mptcp-lb demo: kernel MPTCP client -> " + box + " -> plain TCP backend");
        lines.add("");
        lines.add(progress(transfer));
        lines.add("");
        lines.add("  path  wire       box sees      MB   share     Mb/s   RTT ms   sent again");
        lines.add(row(transfer, 1));
        lines.add(row(transfer, 2));
        lines.add("");
        transfer.events().forEach(event -> lines.add("  " + event));
        return lines;
    }

    private static String progress(Transfer transfer) {
        long carried = transfer.pathBytes(1) + transfer.pathBytes(2);
        double share = Math.min(1, (double) carried / transfer.bytes());
        int filled = (int) Math.round(share * BAR_CHARACTERS);
        return String.format(
                Locale.ROOT,
                "  %-9s [%s%s] %3.0f %% of %.0f MB %5.1f s",
                transfer.direction().text,
                "#".repeat(filled),
                ".".repeat(BAR_CHARACTERS - filled),
                share * 100,
                transfer.bytes() / 1e6,
                transfer.elapsedNanos() / 1e9);
    }

    private static String row(Transfer transfer, int path) {
        PathSample sample = transfer.sample(path);
        boolean dark = path == 2 && transfer.phase() == Transfer.Phase.DARK;
        long carried = Math.max(1, transfer.pathBytes(1) + transfer.pathBytes(2));
        return String.format(
                Locale.ROOT,
                "  %-4d  %-8s   %-8s  %7.1f   %3.0f %%  %7.1f  %7s  %11s",
                path,
                dark ? "DARK" : WIRE_MBIT[path - 1],
                transfer.state(path),
                transfer.pathBytes(path) / 1e6,
                transfer.pathBytes(path) * 100.0 / carried,
                transfer.mbps(path),
                sample.rttNanos() <= 0
                        ? "-"
                        : String.format(Locale.ROOT, "%.1f", sample.rttNanos() / 1e6),
                sample.retransmissions() < 0 ? "-" : Long.toString(transfer.retransmissions(path)));
    }
}
