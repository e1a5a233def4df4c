package io.mptcplb.controlplane.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.contract.MetricUnit;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataplaneCollectorTest {
    private static final String READABLE = "mptcplb_figures_file_readable";
    private static final String RX_BYTES = "mptcplb_port_rx_bytes_total{port=\"isp-b\"}";

    @TempDir Path directory;
    private Path counters;
    private final AtomicLong nowNanos = new AtomicLong(-5_000_000_000L);
    private DataplaneCollector collector;
    private CollectorRegistry registry;

    @BeforeEach
    void begin() {
        counters = directory.resolve("counters");
        registry = new CollectorRegistry(true);
    }

    private void watch() {
        collector = new DataplaneCollector(counters, directory.resolve("carried"), nowNanos::get);
        collector.register(registry);
    }

    @AfterEach
    void end() {
        collector.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyMetricOfTheCatalogue_scraped_hasNameHelpKindUnitAndLabels(Metric metric)
            throws IOException {
        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1)) {
            int index = ScriptedFigures.NAMES.getOrDefault(metric.scope(), List.of("")).size() - 1;
            long value = metric.unit() == MetricUnit.NANOS ? 2_500_000_000L : 7;
            box.set(metric, index, 0, value);
            watch();
            String labels = labels(metric.scope(), index);
            String text = scrape(TextFormat.CONTENT_TYPE_004);
            String name = metric.exportName();

            assertTrue(text.contains("# TYPE " + name + " " + metric.kind().text() + "\n"), name);
            assertTrue(text.contains("# HELP " + name + " " + metric.help() + "\n"), name);
            assertTrue(
                    text.contains(
                            name
                                    + labels
                                    + (metric.unit() == MetricUnit.NANOS ? " 2.5\n" : " 7.0\n")),
                    name + labels);
            String unit =
                    switch (metric.unit()) {
                        case NONE -> null;
                        case BYTES -> "bytes";
                        case NANOS -> "seconds";
                    };
            String base = metric.kind() == MetricKind.COUNTER ? name.replace("_total", "") : name;
            assertEquals(
                    unit != null,
                    scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100)
                            .contains("# UNIT " + base + " " + unit + "\n"),
                    base);
        }
    }

    private static String labels(MetricScope scope, int index) {
        if (scope == MetricScope.WORKER) {
            return "";
        }
        if (scope == MetricScope.BACKEND) {
            return "{pool=\"servers\",backend=\"server-2\",}";
        }
        return "{" + scope.text() + "=\"" + ScriptedFigures.NAMES.get(scope).get(index) + "\",}";
    }

    @Test
    void severalWorkers_scraped_areOneSeries() throws IOException {
        try (ScriptedFigures box = ScriptedFigures.start(counters, 2, 1)) {
            box.set(Metric.PORT_RX_BYTES, 1, 0, 40).set(Metric.PORT_RX_BYTES, 1, 1, 2);
            watch();

            assertEquals(42, value(RX_BYTES));
            assertEquals(2, value("mptcplb_dataplane_workers"));
        }
    }

    @Test
    void dataplaneReplaced_afterMoreWasCounted_counterGoesOnFromItsLastFigure() throws IOException {
        ScriptedFigures first = ScriptedFigures.start(counters, 1, 1);
        first.set(Metric.PORT_RX_BYTES, 1, 0, 100).set(Metric.SESSIONS, 9);
        watch();
        assertEquals(100, value(RX_BYTES));
        first.set(Metric.PORT_RX_BYTES, 1, 0, 130);
        first.close();

        try (ScriptedFigures second = ScriptedFigures.start(counters, 1, 2)) {
            second.set(Metric.PORT_RX_BYTES, 1, 0, 5).set(Metric.SESSIONS, 1);

            assertEquals(135, value(RX_BYTES), "what the first counted after the last scrape, too");
            assertEquals(1, value("mptcplb_sessions"), "a gauge is of the present");
            assertEquals(1, value("mptcplb_dataplane_restarts_total"));
        }
        try (ScriptedFigures third = ScriptedFigures.start(counters, 1, 3)) {
            assertEquals(135, value(RX_BYTES));
            third.set(Metric.PORT_RX_BYTES, 1, 0, 1);
            assertEquals(136, value(RX_BYTES));
            assertEquals(2, value("mptcplb_dataplane_restarts_total"));
        }
    }

    /** As when the configuration gives a running dataplane other ports, and takes them back. */
    @Test
    void sameRunWithOtherNames_namesThatStayCarryOnByThemselves() throws IOException {
        ScriptedFigures.start(counters, 1, 1)
                .set(Metric.PORT_RX_BYTES, 0, 0, 7)
                .set(Metric.PORT_RX_BYTES, 1, 0, 100)
                .close();
        watch();
        Map<MetricScope, List<String>> one = new EnumMap<>(ScriptedFigures.NAMES);
        one.put(MetricScope.PORT, List.of("isp-a"));
        ScriptedFigures.start(counters, 1, 1, one).set(Metric.PORT_RX_BYTES, 0, 0, 8).close();
        assertEquals(8, value("mptcplb_port_rx_bytes_total{port=\"isp-a\"}"));
        assertFalse(values().containsKey(RX_BYTES));
        ScriptedFigures.start(counters, 1, 1)
                .set(Metric.PORT_RX_BYTES, 0, 0, 9)
                .set(Metric.PORT_RX_BYTES, 1, 0, 1)
                .close();

        assertEquals(9, value("mptcplb_port_rx_bytes_total{port=\"isp-a\"}"));
        assertEquals(101, value(RX_BYTES), "a name that comes back goes on from where it was");
        assertEquals(0, value("mptcplb_dataplane_restarts_total"));
    }

    @Test
    void agentReplaced_sameDataplane_counterGoesOn() throws IOException {
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();
        try (ScriptedFigures second = ScriptedFigures.start(counters, 1, 2)) {
            second.set(Metric.PORT_RX_BYTES, 1, 0, 5);
            assertEquals(105, value(RX_BYTES));
            collector = new DataplaneCollector(counters, directory.resolve("carried"));

            assertEquals(105, value(RX_BYTES));
            assertEquals(1, value("mptcplb_dataplane_restarts_total"));
            second.set(Metric.PORT_RX_BYTES, 1, 0, 6);
            assertEquals(106, value(RX_BYTES));
        }
    }

    @Test
    void agentReplaced_andDataplaneToo_counterGoesOnFromTheLastLook() throws IOException {
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();
        collector.close();
        ScriptedFigures.start(counters, 1, 2).set(Metric.PORT_RX_BYTES, 1, 0, 5).close();
        collector = new DataplaneCollector(counters, directory.resolve("carried"));

        assertEquals(105, value(RX_BYTES));
        assertEquals(1, value("mptcplb_dataplane_restarts_total"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "mptcplb-carried-1\t1",
                "mptcplb-carried-1\t1\tx\n",
                "mptcplb-carried-1\t1\t1\nbefore\tmptcplb_port_rx_bytes_total\tisp-b",
                "mptcplb-carried-1\t1\t1\nbefore\tmptcplb_port_rx_bytes_total\tisp-b\tmany"
            })
    void keptByNoAgent_isLeftAloneAndCounted(String text) throws IOException {
        Files.writeString(directory.resolve("carried"), text);
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();

        assertEquals(100, value(RX_BYTES));
        assertEquals(1, value("mptcplb_carried_file_errors_total"));
    }

    @Test
    void placeToKeepIsGone_scrapesGoOnAndItIsCounted() throws IOException {
        Files.createDirectories(directory.resolve("carried/in/the/way"));
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();

        assertEquals(100, value(RX_BYTES));
        assertTrue(value("mptcplb_carried_file_errors_total") >= 1);
    }

    @Test
    void portLeftOutAndBack_counterGoesOn() throws IOException {
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();
        Map<MetricScope, List<String>> one = new EnumMap<>(ScriptedFigures.NAMES);
        one.put(MetricScope.PORT, List.of("isp-c"));
        ScriptedFigures.start(counters, 1, 2, one).set(Metric.PORT_RX_BYTES, 0, 0, 3).close();
        assertEquals(3, value("mptcplb_port_rx_bytes_total{port=\"isp-c\"}"));
        assertFalse(values().containsKey(RX_BYTES));

        ScriptedFigures.start(counters, 1, 3).set(Metric.PORT_RX_BYTES, 1, 0, 1).close();

        assertEquals(101, value(RX_BYTES));
    }

    @Test
    void noFileYet_scraped_saysSoAndFindsItLater() throws IOException {
        watch();
        assertEquals(0, value(READABLE));
        assertEquals(0, value("mptcplb_dataplane_up"));
        assertTrue(value("mptcplb_figures_file_errors_total{cause=\"missing\"}") >= 1);

        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1)) {
            box.set(Metric.PORT_RX_BYTES, 1, 0, 8);
            assertEquals(8, value(RX_BYTES));
            assertEquals(1, value(READABLE));
            assertEquals(0, value("mptcplb_dataplane_restarts_total"));
        }
    }

    @Test
    void fileDeleted_dataplaneStillWrites_figuresGoOn() throws IOException {
        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1)) {
            watch();
            Files.delete(counters);
            box.set(Metric.PORT_RX_BYTES, 1, 0, 8);

            assertEquals(8, value(RX_BYTES));
            assertEquals(0, value(READABLE));
        }
    }

    @Test
    void fileReplacedByGarbage_scraped_countersStayAndItIsCounted() throws IOException {
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();
        Path garbage = Files.write(directory.resolve("garbage"), new byte[4096]);
        Files.move(garbage, counters, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertEquals(100, value(RX_BYTES));
        assertEquals(0, value(READABLE));
        assertEquals(
                3, value("mptcplb_figures_file_errors_total{cause=\"damaged\"}"), "three scrapes");
        ScriptedFigures.start(counters, 1, 2).set(Metric.PORT_RX_BYTES, 1, 0, 1).close();
        assertEquals(101, value(RX_BYTES));
        assertEquals(1, value(READABLE));
    }

    /**
     * Memory of a mapped file that is cut short is gone: the JVM turns the SIGBUS into an error.
     */
    @Test
    void fileCutShortUnderTheMapping_scraped_countersStay() throws IOException {
        ScriptedFigures.start(counters, 1, 1).set(Metric.PORT_RX_BYTES, 1, 0, 100).close();
        watch();
        try (FileChannel channel = FileChannel.open(counters, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }

        assertEquals(100, value(RX_BYTES));
        assertEquals(100, value(RX_BYTES));
        assertEquals(0, value(READABLE));
        ScriptedFigures.start(counters, 1, 2).set(Metric.PORT_RX_BYTES, 1, 0, 1).close();
        assertEquals(101, value(RX_BYTES));
    }

    /** Whatever the file system, and whoever asks. */
    @Test
    void pathLeadsInACircle_scraped_isUnreadable() throws IOException {
        Files.createSymbolicLink(counters, counters.getFileName());
        watch();

        assertTrue(value("mptcplb_figures_file_errors_total{cause=\"unreadable\"}") >= 1);
    }

    @Test
    void clockStandsStill_dataplaneIsDownAndGaugesAreGone() throws IOException {
        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1)) {
            box.set(Metric.WORKER_CLOCK_NANOS, 1).set(Metric.SESSIONS, 3);
            watch();
            assertEquals(1, value("mptcplb_dataplane_up"), "has the benefit of the doubt");
            nowNanos.addAndGet(Liveness.SILENT_NANOS);

            Map<String, Double> silent = values();
            assertEquals(0, silent.get("mptcplb_dataplane_up"));
            assertFalse(silent.containsKey("mptcplb_sessions"));
            assertTrue(silent.containsKey(RX_BYTES));

            box.set(Metric.WORKER_CLOCK_NANOS, 2);
            assertEquals(1, value("mptcplb_dataplane_up"));
            assertEquals(3, value("mptcplb_sessions"));
        }
    }

    @Test
    void moreSeriesThanAnyConfigurationHas_areLeftOutAndCounted() throws IOException {
        Map<MetricScope, List<String>> many = new EnumMap<>(ScriptedFigures.NAMES);
        many.put(
                MetricScope.BACKEND,
                java.util.stream.IntStream.range(0, 12_000)
                        .mapToObj(i -> "pool/backend-" + i)
                        .toList());
        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1, many)) {
            box.set(Metric.PORT_RX_BYTES, 1, 0, 8);
            watch();
            Map<String, Double> values = values();

            assertEquals(48_000, values.get("mptcplb_series_suppressed"));
            assertTrue(values.size() < DataplaneCollector.SERIES_MAX + 20);
            assertEquals(8, values.get(RX_BYTES), "the others stay");
        }
    }

    @Test
    void otherCollectorOfACatalogueName_registered_isRefused() {
        watch();

        assertThrows(
                IllegalArgumentException.class,
                () ->
                        io.prometheus.client.Gauge.build(Metric.SESSIONS.exportName(), "again")
                                .register(registry));
    }

    private double value(String series) {
        Double value = values().get(series);
        assertTrue(value != null, series);
        return value;
    }

    /** By name and labels, of one scrape. */
    private Map<String, Double> values() {
        Map<String, Double> values = new HashMap<>();
        for (MetricFamilySamples family : collector.collect()) {
            for (MetricFamilySamples.Sample sample : family.samples) {
                StringBuilder key = new StringBuilder(sample.name);
                for (int i = 0; i < sample.labelNames.size(); i++) {
                    key.append(i == 0 ? "{" : ",")
                            .append(sample.labelNames.get(i))
                            .append("=\"")
                            .append(sample.labelValues.get(i))
                            .append(i == sample.labelNames.size() - 1 ? "\"}" : "\"");
                }
                values.put(key.toString(), sample.value);
            }
        }
        return values;
    }

    private String scrape(String format) throws IOException {
        StringWriter text = new StringWriter();
        TextFormat.writeFormat(format, text, registry.metricFamilySamples());
        return text.toString();
    }
}
