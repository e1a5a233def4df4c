package io.mptcplb.controlplane.app;

import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.controlplane.agent.model.CounterSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two samples as a table of at most so many columns and lines. Pure: the same samples give the same
 * table.
 */
final class TopTable {
    private static final String UNKNOWN = "-";

    private final int columns;
    private final int lines;

    TopTable(int columns, int lines) {
        this.columns = columns;
        this.lines = lines;
    }

    /** Rates are over the time between the samples; those of another run of the box have none. */
    List<String> lines(CounterSample before, CounterSample now) {
        Rates rates = new Rates(before, now);
        List<String> table = new ArrayList<>(header(now));
        table.add("");
        table.addAll(ports(now, rates));
        table.add("");
        table.addAll(servers(now, rates));
        table.add("");
        table.addAll(backends(now, rates));
        if (table.size() > lines) {
            table = new ArrayList<>(table.subList(0, Math.max(0, lines - 1)));
            table.add("(more than fits: a higher window shows all)");
        }
        return table.stream()
                .map(line -> line.substring(0, Math.min(line.length(), columns)).stripTrailing())
                .toList();
    }

    private static List<String> header(CounterSample now) {
        long seconds = now.value(Metric.WORKER_CLOCK_NANOS, 0) / 1_000_000_000L;
        String state = now.writerAlive() ? "up " + duration(seconds) : "ended";
        String first =
                String.format(
                        Locale.ROOT,
                        "mptcp-lb  %s  sessions %d  mptcp %d  half-open %d  config %d",
                        state,
                        now.sum(Metric.SESSIONS),
                        now.sum(Metric.MPTCP_CONNECTIONS),
                        now.sum(Metric.TCP_HALF_OPEN),
                        now.value(Metric.CONFIG_GENERATION, 0));
        String second =
                String.format(
                        Locale.ROOT,
                        "buffers %d/%d  dropped %d  refused %d  fallbacks %d  reinjected %s"
                                + "  copied %s",
                        now.sum(Metric.BUFFERS_HELD),
                        now.sum(Metric.BUFFERS),
                        now.sum(Metric.DROPS),
                        now.sum(Metric.SESSIONS_REFUSED),
                        now.sum(Metric.MPTCP_FALLBACKS),
                        bytes(now.sum(Metric.MPTCP_REINJECTED_BYTES)),
                        bytes(
                                now.sum(Metric.PAYLOAD_COPIED_BYTES)
                                        + now.sum(Metric.PORT_COPIED_PAYLOAD_BYTES)));
        return List.of(first, second);
    }

    private static List<String> ports(CounterSample now, Rates rates) {
        List<String> rows = new ArrayList<>();
        rows.add(
                String.format(
                        "%-12s %-7s %5s %9s %9s %8s %8s %8s %6s",
                        "PORT", "STATE", "SUBFL", "IN b/s", "OUT b/s", "IN", "OUT", "RTT", "RETR"));
        List<String> names = now.names(MetricScope.PORT);
        for (int i = 0; i < names.size(); i++) {
            rows.add(
                    String.format(
                            Locale.ROOT,
                            "%-12s %-7s %5d %9s %9s %8s %8s %8s %6d",
                            cut(names.get(i), 12),
                            state(now, i),
                            now.value(Metric.PATH_SUBFLOWS, i),
                            rates.bits(Metric.PORT_RX_BYTES, i),
                            rates.bits(Metric.PORT_TX_BYTES, i),
                            bytes(now.value(Metric.PORT_RX_BYTES, i)),
                            bytes(now.value(Metric.PORT_TX_BYTES, i)),
                            roundTrip(now.value(Metric.PATH_SRTT_NANOS, i)),
                            now.value(Metric.PATH_RETRANSMITTED_SEGMENTS, i)));
        }
        return rows;
    }

    /** The worst that is true of a port first. */
    static String state(CounterSample now, int port) {
        long subflows = now.value(Metric.PATH_SUBFLOWS, port);
        if (now.value(Metric.PORT_LINK_UP, port) == 0) {
            return "down";
        }
        if (subflows > 0 && now.value(Metric.PATH_STALLED_SUBFLOWS, port) >= subflows) {
            return "stalled";
        }
        if (subflows > 0 && now.value(Metric.PATH_BACKUP_SUBFLOWS, port) >= subflows) {
            return "backup";
        }
        return subflows > 0 ? "active" : "up";
    }

    private static List<String> servers(CounterSample now, Rates rates) {
        List<String> rows = new ArrayList<>();
        rows.add(
                String.format(
                        "%-20s %6s %6s %9s %8s %9s %9s",
                        "VIRTUAL SERVER",
                        "CONNS",
                        "MPTCP",
                        "OPENED",
                        "REFUSED",
                        "IN b/s",
                        "OUT b/s"));
        List<String> names = now.names(MetricScope.VIRTUAL_SERVER);
        for (int i = 0; i < names.size(); i++) {
            rows.add(
                    String.format(
                            Locale.ROOT,
                            "%-20s %6d %6d %9d %8d %9s %9s",
                            cut(names.get(i), 20),
                            now.value(Metric.VIRTUAL_SERVER_CONNECTIONS, i),
                            now.value(Metric.VIRTUAL_SERVER_MPTCP_CONNECTIONS, i),
                            now.value(Metric.VIRTUAL_SERVER_CONNECTIONS_OPENED, i),
                            now.value(Metric.VIRTUAL_SERVER_REFUSED, i),
                            rates.bits(Metric.VIRTUAL_SERVER_RX_BYTES, i),
                            rates.bits(Metric.VIRTUAL_SERVER_TX_BYTES, i)));
        }
        return rows;
    }

    private static List<String> backends(CounterSample now, Rates rates) {
        List<String> rows = new ArrayList<>();
        rows.add(
                String.format(
                        "%-20s %6s %6s %9s %8s %9s %9s",
                        "BACKEND", "CONNS", "FAILED", "OPENED", "RESETS", "IN b/s", "OUT b/s"));
        List<String> names = now.names(MetricScope.BACKEND);
        for (int i = 0; i < names.size(); i++) {
            rows.add(
                    String.format(
                            Locale.ROOT,
                            "%-20s %6d %6d %9d %8d %9s %9s",
                            cut(names.get(i), 20),
                            now.value(Metric.BACKEND_CONNECTIONS, i),
                            now.value(Metric.BACKEND_REFUSED, i)
                                    + now.value(Metric.BACKEND_TIMEOUTS, i),
                            now.value(Metric.BACKEND_CONNECTIONS_OPENED, i),
                            now.value(Metric.BACKEND_RESETS, i),
                            rates.bits(Metric.BACKEND_RX_BYTES, i),
                            rates.bits(Metric.BACKEND_TX_BYTES, i)));
        }
        return rows;
    }

    /** Growth per second between two samples. */
    private record Rates(CounterSample before, CounterSample now) {
        String bits(Metric metric, int index) {
            long nanos = now.takenNanos() - before.takenNanos();
            if (nanos <= 0 || before.epoch() != now.epoch()) {
                return UNKNOWN;
            }
            double perSecond =
                    (now.value(metric, index) - before.value(metric, index)) * 8e9 / nanos;
            return scaled(perSecond, 1000, "", "k", "M", "G", "T");
        }
    }

    private static String cut(String name, int width) {
        return name.length() <= width ? name : name.substring(0, width - 1) + "~";
    }

    static String roundTrip(long nanos) {
        if (nanos == 0) {
            return UNKNOWN;
        }
        return nanos < 1_000_000
                ? nanos / 1000 + "us"
                : String.format(
                        Locale.ROOT, nanos < 100_000_000 ? "%.1fms" : "%.0fms", nanos / 1e6);
    }

    static String bytes(long bytes) {
        return scaled((double) bytes, 1024, "B", "KiB", "MiB", "GiB", "TiB");
    }

    private static String scaled(double value, int base, String... units) {
        int unit = 0;
        double scaled = value;
        while (scaled >= base && unit < units.length - 1) {
            scaled /= base;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || scaled >= 100 ? "%.0f" : "%.1f", scaled)
                + units[unit];
    }

    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600
                ? seconds / 60 + "m" + seconds % 60 + "s"
                : seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
    }
}
