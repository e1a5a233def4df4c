package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.CounterWriter;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.controlplane.agent.model.CounterSample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TopTest {
    private static final long SECOND_NANOS = 1_000_000_000L;

    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("counters");
    }

    private CounterFile create(List<String> ports) throws IOException {
        CounterLayout layout =
                new CounterLayout(
                        2,
                        Map.of(
                                MetricScope.PORT, ports,
                                MetricScope.VIRTUAL_SERVER,
                                        List.of("web", "a-virtual-server-with-a-long-name"),
                                MetricScope.BACKEND, List.of("web/one", "web/two"),
                                MetricScope.DROP_REASON, List.of("none", "bad")));
        return CounterFile.create(file(), layout, 1, 2);
    }

    @Test
    void table_showsStateBytesRateRoundTripAndRetransmissions() throws IOException {
        try (CounterFile counters = create(List.of("isp-a", "isp-b", "lan"));
                CounterReader reader = CounterReader.open(counters.path())) {
            CounterLayout layout = counters.layout();
            CounterWriter first = counters.writer(0);
            CounterWriter second = counters.writer(1);
            for (int port = 0; port < 3; port++) {
                first.set(layout.slot(Metric.PORT_LINK_UP, port), port == 1 ? 0 : 1);
            }
            first.set(layout.slot(Metric.PATH_SUBFLOWS, 0), 1);
            second.set(layout.slot(Metric.PATH_SUBFLOWS, 0), 2);
            first.set(layout.slot(Metric.PATH_SRTT_NANOS, 0), 12_340_000);
            second.set(layout.slot(Metric.PATH_RETRANSMITTED_SEGMENTS, 0), 17);
            first.set(layout.slot(Metric.WORKER_CLOCK_NANOS), 83 * SECOND_NANOS);
            first.set(layout.slot(Metric.BUFFERS), 4096);
            first.set(layout.slot(Metric.DROPS, 1), 5);
            CounterSample before = CounterSample.take(reader, 0);
            first.add(layout.slot(Metric.PORT_RX_BYTES, 0), 10_000_000);
            second.add(layout.slot(Metric.PORT_RX_BYTES, 0), 5_000_000);
            first.add(layout.slot(Metric.PORT_TX_BYTES, 2), 1_500);
            first.add(layout.slot(Metric.VIRTUAL_SERVER_RX_BYTES, 0), 14_000_000);
            first.add(layout.slot(Metric.VIRTUAL_SERVER_CONNECTIONS, 0), 3);
            first.add(layout.slot(Metric.BACKEND_CONNECTIONS_OPENED, 1), 3);
            CounterSample now = CounterSample.take(reader, 2 * SECOND_NANOS);
            List<String> table = new TopTable(80, 24).lines(before, now);
            assertEquals(
                    """
                    mptcp-lb  up 1m23s  sessions 0  mptcp 0  half-open 0  config 0
                    buffers 0/4096  dropped 5  refused 0  fallbacks 0  reinjected 0B  copied 0B

                    PORT         STATE   SUBFL    IN b/s   OUT b/s       IN      OUT      RTT   RETR
                    isp-a        active      3     60.0M         0  14.3MiB       0B   12.3ms     17
                    isp-b        down        0         0         0       0B       0B        -      0
                    lan          up          0         0      6.0k       0B   1.5KiB        -      0

                    VIRTUAL SERVER        CONNS  MPTCP    OPENED  REFUSED    IN b/s   OUT b/s
                    web                       3      0         0        0     56.0M         0
                    a-virtual-server-wi~      0      0         0        0         0         0

                    BACKEND               CONNS FAILED    OPENED   RESETS    IN b/s   OUT b/s
                    web/one                   0      0         0        0         0         0
                    web/two                   0      0         3        0         0         0
                    """
                            .strip(),
                    String.join("\n", table).strip());
        }
    }

    @Test
    void states_showTheWorstThatIsTrue() throws IOException {
        try (CounterFile counters = create(List.of("isp-a"));
                CounterReader reader = CounterReader.open(counters.path())) {
            CounterLayout layout = counters.layout();
            CounterWriter writer = counters.writer(0);
            assertEquals("down", TopTable.state(CounterSample.take(reader, 0), 0));
            writer.set(layout.slot(Metric.PORT_LINK_UP, 0), 1);
            assertEquals("up", TopTable.state(CounterSample.take(reader, 0), 0));
            writer.set(layout.slot(Metric.PATH_SUBFLOWS, 0), 2);
            writer.set(layout.slot(Metric.PATH_BACKUP_SUBFLOWS, 0), 1);
            assertEquals("active", TopTable.state(CounterSample.take(reader, 0), 0));
            writer.set(layout.slot(Metric.PATH_BACKUP_SUBFLOWS, 0), 2);
            assertEquals("backup", TopTable.state(CounterSample.take(reader, 0), 0));
            writer.set(layout.slot(Metric.PATH_STALLED_SUBFLOWS, 0), 2);
            assertEquals("stalled", TopTable.state(CounterSample.take(reader, 0), 0));
        }
    }

    @Test
    void manyPorts_stayInTheWindow() throws IOException {
        try (CounterFile counters =
                        create(IntStream.range(0, 32).mapToObj(i -> "port-" + i).toList());
                CounterReader reader = CounterReader.open(counters.path())) {
            CounterSample sample = CounterSample.take(reader, 0);
            List<String> table = new TopTable(80, 24).lines(sample, sample);
            assertEquals(24, table.size());
            assertEquals("(more than fits: a higher window shows all)", table.getLast());
            assertTrue(table.stream().allMatch(line -> line.length() <= 80), table.toString());
        }
    }

    @Test
    void anotherRun_hasNoRates() throws IOException {
        try (CounterFile counters = create(List.of("isp-a"));
                CounterReader reader = CounterReader.open(counters.path())) {
            CounterSample now = CounterSample.take(reader, SECOND_NANOS);
            CounterSample other =
                    new CounterSample(now.epoch() + 1, 0, true, now.names(), now.values());
            String row = new TopTable(80, 24).lines(other, now).get(4);
            assertEquals(
                    "isp-a        down        0         -         -       0B       0B        -     "
                            + " 0",
                    row);
        }
    }

    @Test
    void once_printsOneTableWithoutControlCharacters() throws IOException {
        try (CounterFile counters = create(List.of("isp-a"))) {
            StringWriter out = new StringWriter();
            CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true));
            assertEquals(
                    0,
                    line.execute(
                            "top",
                            "--once",
                            "--interval",
                            "0.1",
                            "--state",
                            String.valueOf(counters.path().getParent())));
            assertTrue(out.toString().startsWith("mptcp-lb  up 0s"), out.toString());
            assertTrue(out.toString().indexOf('\u001b') < 0, "no escape sequences");
        }
    }

    @Test
    void withoutAFile_theLatestRunIsShown() throws IOException {
        assertTrue(TopCommand.latest(directory.resolve("absent")).isEmpty());
        Path old = Files.createDirectories(directory.resolve("old")).resolve("counters");
        Path latest = Files.createDirectories(directory.resolve("new")).resolve("counters");
        Files.writeString(old, "x");
        Files.writeString(latest, "x");
        assertTrue(old.toFile().setLastModified(1_000_000));
        assertEquals(latest, TopCommand.latest(directory).orElseThrow());
    }

    @Test
    void figures_areShort() {
        assertEquals("1023B", TopTable.bytes(1023));
        assertEquals("1.0KiB", TopTable.bytes(1024));
        assertEquals("512MiB", TopTable.bytes(512L << 20));
        assertEquals("850us", TopTable.roundTrip(850_400));
        assertEquals("250ms", TopTable.roundTrip(250_000_000));
        assertEquals("2h5m", TopTable.duration(7_500));
    }
}
