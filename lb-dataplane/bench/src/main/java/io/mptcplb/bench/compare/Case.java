package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One load.
 *
 * @param name one word
 * @param kind what it does
 * @param connections at once
 * @param mptcp MPTCP with two subflows, or plain TCP
 */
record Case(String name, Kind kind, int connections, boolean mptcp) {
    /** The shape of a load, and what its figure means. */
    enum Kind {
        DOWNLOAD("Mb/s"),
        UPLOAD("Mb/s"),
        RATE("conn/s"),
        LATENCY("us p99");

        final String unit;

        Kind(String unit) {
            this.unit = unit;
        }
    }

    static final List<Case> ALL =
            List.of(
                    bulk(Kind.DOWNLOAD, 1, true),
                    bulk(Kind.DOWNLOAD, 8, true),
                    bulk(Kind.UPLOAD, 1, true),
                    bulk(Kind.UPLOAD, 8, true),
                    bulk(Kind.DOWNLOAD, 1, false),
                    bulk(Kind.DOWNLOAD, 8, false),
                    bulk(Kind.UPLOAD, 1, false),
                    bulk(Kind.UPLOAD, 8, false),
                    new Case("rate-mptcp", Kind.RATE, 16, true),
                    new Case("rate-tcp", Kind.RATE, 16, false),
                    new Case("latency-mptcp", Kind.LATENCY, 8, true),
                    new Case("latency-tcp", Kind.LATENCY, 8, false));

    private static final double REQUESTS_PER_SECOND = 1000;

    private static Case bulk(Kind kind, int connections, boolean mptcp) {
        String name =
                kind.name().toLowerCase(Locale.ROOT)
                        + "-"
                        + connections
                        + (mptcp ? "-mptcp" : "-tcp");
        return new Case(name, kind, connections, mptcp);
    }

    LoadPlan plan(Duration time) {
        InetSocketAddress service = LabAddresses.service();
        LoadPlan plan =
                switch (kind) {
                    case DOWNLOAD -> LoadPlan.download(service, 0).time(time);
                    case UPLOAD -> LoadPlan.upload(service, 0).time(time);
                    case RATE -> LoadPlan.connectionRate(service, time);
                    case LATENCY ->
                            LoadPlan.requestResponse(service, time)
                                    .requestsPerSecond(REQUESTS_PER_SECOND);
                };
        plan.connections(connections).withoutSha();
        return mptcp ? plan : plan.plainTcp();
    }

    /** Moves bytes as fast as they go. */
    boolean bulk() {
        return kind == Kind.DOWNLOAD || kind == Kind.UPLOAD;
    }

    /** The figure of a run, in the kind's unit. */
    double figure(LoadReport report) {
        return switch (kind) {
            case DOWNLOAD -> report.goodputMbps(false);
            case UPLOAD -> report.goodputMbps(true);
            case RATE -> report.exchanges().count() * 1e9 / report.nanos();
            case LATENCY -> report.exchanges().percentileNanos(99) / 1e3;
        };
    }

    /** Gigabytes of payload moved, to divide CPU time by; 0 where that says nothing. */
    double gigabytes(LoadReport report) {
        return (report.bytes(true) + report.bytes(false)) / 1e9;
    }
}
