package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.net.InetSocketAddress;
import java.time.Duration;
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
        /** One after the other on each connection, as fast as they are answered. */
        REQUESTS("req/s"),
        /** Of a request and its response, at a fixed rate. */
        LATENCY("us p99"),
        /** The longest time in which not a byte arrives. */
        FAILOVER_DOWN("ms stall"),
        FAILOVER_UP("ms stall");

        final String unit;

        Kind(String unit) {
            this.unit = unit;
        }

        boolean upwards() {
            return this == UPLOAD || this == FAILOVER_UP;
        }

        boolean lessIsBetter() {
            return this == LATENCY || failover();
        }

        /** The first path goes dark in the middle. */
        boolean failover() {
            return this == FAILOVER_DOWN || this == FAILOVER_UP;
        }
    }

    private static final double REQUESTS_PER_SECOND = 1000;

    static Case bulk(Kind kind, int connections, boolean mptcp) {
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
                    case DOWNLOAD, FAILOVER_DOWN -> LoadPlan.download(service, 0).time(time);
                    case UPLOAD, FAILOVER_UP -> LoadPlan.upload(service, 0).time(time);
                    case RATE -> LoadPlan.connectionRate(service, time);
                    case REQUESTS -> LoadPlan.requestResponse(service, time);
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
            case DOWNLOAD, UPLOAD -> report.goodputMbps(kind.upwards());
            case RATE, REQUESTS -> report.exchanges().count() * 1e9 / report.nanos();
            case LATENCY -> micros(report, 99);
            case FAILOVER_DOWN, FAILOVER_UP -> stallMillis(report);
        };
    }

    /** Percentile of the latencies of exchanges; 0 where there are none. */
    static double micros(LoadReport report, double percent) {
        return report.exchanges().percentileNanos(percent) / 1e3;
    }

    /** The longest time in which nothing arrived; 0 where that says nothing. */
    double stallMillis(LoadReport report) {
        return report.bulk().isEmpty() ? 0 : report.longestStallNanos(kind.upwards()) / 1e6;
    }

    /** Gigabytes of payload moved, to divide CPU time by; 0 where that says nothing. */
    double gigabytes(LoadReport report) {
        return (report.bytes(true) + report.bytes(false)) / 1e9;
    }
}
