package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import java.util.ArrayList;
import java.util.List;

/** Links, and the loads that are measured over them. */
enum Setting {
    /** Devices as users have them. */
    MTU_1500_OFFLOADS_ON(1500, LabOffloads.ON, 0, 0, true),
    /** What a plain wire costs. */
    MTU_1500_OFFLOADS_OFF(1500, LabOffloads.OFF, 0, 0, true),
    MTU_9000_OFFLOADS_ON(9000, LabOffloads.ON, 0, 0, false),
    MTU_9000_OFFLOADS_OFF(9000, LabOffloads.OFF, 0, 0, false),
    /** Ours as nobody with NET_RAW, and hardly any room for frames that wait. */
    LEAST_RIGHTS(1500, LabOffloads.ON, 0, 0, false),
    /** Both paths together are what a connection can have. */
    PATHS_50_AND_200_MBIT(1500, LabOffloads.OFF, 50, 200, false),
    /** One of two equal paths goes dark. */
    PATHS_100_AND_100_MBIT(1500, LabOffloads.OFF, 100, 100, false);

    private static final int[] CONNECTIONS = {1, 8, 64};

    private final int mtu;
    private final LabOffloads offloads;
    private final double path1Mbit;
    private final double path2Mbit;
    private final boolean exchanges;

    Setting(int mtu, LabOffloads offloads, double path1Mbit, double path2Mbit, boolean exchanges) {
        this.mtu = mtu;
        this.offloads = offloads;
        this.path1Mbit = path1Mbit;
        this.path2Mbit = path2Mbit;
        this.exchanges = exchanges;
    }

    /** One word. */
    String text() {
        return switch (this) {
            case LEAST_RIGHTS -> "least-rights";
            case PATHS_50_AND_200_MBIT -> "paths50+200";
            case PATHS_100_AND_100_MBIT -> "paths100+100";
            default -> "mtu" + mtu + (offloads == LabOffloads.ON ? "-on" : "-off");
        };
    }

    /** A sentence's worth. */
    String title() {
        return switch (this) {
            case LEAST_RIGHTS ->
                    "Ours as nobody with NET_RAW alone and queues of 256 KiB, MTU 1500, offloads"
                            + " on";
            case PATHS_50_AND_200_MBIT -> "Two paths of 50 and 200 Mb/s, MTU 1500, offloads off";
            case PATHS_100_AND_100_MBIT ->
                    "Two paths of 100 Mb/s, MTU 1500, offloads off; the first goes dark";
            default ->
                    "No limits, MTU "
                            + mtu
                            + (offloads == LabOffloads.ON
                                    ? ", offloads on, as devices are"
                                    : ", offloads off, as on a plain wire");
        };
    }

    LabOptions lab(String prefix) {
        LabOptions options = LabOptions.named(prefix).mtu(mtu).offloads(offloads);
        return path1Mbit > 0
                ? options.pathMbit(path1Mbit, path2Mbit)
                : options.wire(WireKind.DIRECT);
    }

    /** A row is named by its setting and its load. */
    String nameOf(Case load) {
        return text() + "/" + load.name();
    }

    /** Those whose rows' names contain {@code part}. */
    List<Case> cases(String part) {
        return cases().stream().filter(load -> nameOf(load).contains(part)).toList();
    }

    List<Case> cases() {
        return switch (this) {
            case LEAST_RIGHTS ->
                    List.of(
                            Case.bulk(Case.Kind.DOWNLOAD, 8, true),
                            Case.bulk(Case.Kind.UPLOAD, 8, true),
                            Case.bulk(Case.Kind.DOWNLOAD, 8, false),
                            Case.bulk(Case.Kind.UPLOAD, 8, false));
            case PATHS_50_AND_200_MBIT ->
                    List.of(
                            Case.bulk(Case.Kind.DOWNLOAD, 1, true),
                            Case.bulk(Case.Kind.UPLOAD, 1, true));
            case PATHS_100_AND_100_MBIT ->
                    List.of(
                            new Case("failover-down", Case.Kind.FAILOVER_DOWN, 1, true),
                            new Case("failover-up", Case.Kind.FAILOVER_UP, 1, true));
            default -> unlimited();
        };
    }

    private List<Case> unlimited() {
        List<Case> cases = new ArrayList<>();
        for (boolean mptcp : new boolean[] {true, false}) {
            for (Case.Kind kind : List.of(Case.Kind.DOWNLOAD, Case.Kind.UPLOAD)) {
                for (int connections : CONNECTIONS) {
                    cases.add(Case.bulk(kind, connections, mptcp));
                }
            }
        }
        if (exchanges) {
            cases.add(new Case("rate-mptcp", Case.Kind.RATE, 16, true));
            cases.add(new Case("rate-tcp", Case.Kind.RATE, 16, false));
            cases.add(new Case("requests-mptcp", Case.Kind.REQUESTS, 8, true));
            cases.add(new Case("requests-tcp", Case.Kind.REQUESTS, 8, false));
            cases.add(new Case("latency-mptcp", Case.Kind.LATENCY, 8, true));
            cases.add(new Case("latency-tcp", Case.Kind.LATENCY, 8, false));
        }
        return List.copyOf(cases);
    }
}
