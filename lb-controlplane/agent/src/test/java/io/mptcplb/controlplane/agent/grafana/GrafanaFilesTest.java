package io.mptcplb.controlplane.agent.grafana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dashboards and alert rules ask only for what the exporter has. */
class GrafanaFilesTest {
    @TempDir Path copy;

    @Test
    void filesAsTheyAre_haveNoFinding() throws IOException {
        assertEquals(List.of(), GrafanaFiles.findings(GrafanaFiles.FOLDER));
    }

    /** {@code -Dmptcplb.golden.refresh=true} writes them anew. */
    @ParameterizedTest
    @MethodSource
    void dashboards_written_areAsTheyStand(Dashboard dashboard) throws IOException {
        Path file = GrafanaFiles.FOLDER.resolve(dashboard.file());
        String written = DashboardJson.text(dashboard);
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.writeString(file, written);
        }
        assertEquals(Files.readString(file), written);
    }

    static List<Dashboard> dashboards_written_areAsTheyStand() {
        return Dashboard.all();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    overview.json|mptcplb_connections{|mptcplb_conections{|unknown metric mptcplb_conections
                    overview.json|sum by (reason)|sum by (because)|no metric of the expression has a label because
                    overview.json|mptcplb_connections{instance|mptcplb_connections{port=~\\"a\\", instance|mptcplb_connections has no label port
                    overview.json|mptcplb_connections{instance=~|mptcplb_connections{job=~|mptcplb_connections is asked of every instance
                    overview.json|sum(rate(mptcplb_tcp_timeouts_total|sum((mptcplb_tcp_timeouts_total|mptcplb_tcp_timeouts_total only grows
                    overview.json|sum(mptcplb_connections|rate(mptcplb_connections|mptcplb_connections is a gauge
                    overview.json|max by (instance) (mptcplb_pressure|0 or vector(0) + max by (instance) (mptcplb_pressure|healthy zero
                    overview.json|mptcplb-overview|mptcplb-paths|uid "mptcplb-paths" is taken
                    overview.json|"schemaVersion" : 39|"schemaVersion" : 12|schemaVersion
                    overview.json|"type" : "datasource"|"type" : "custom"|no variable for the data source
                    overview.json|"title" : "Restarts"|"title" : "Uptime of the dataplane"|title is taken
                    overview.json|"description" : "Connections of clients that are open. Moves|"description" : "Connections. They|which load or fault
                    paths.json|"${datasource}"|"prometheus-1"|its data source is not the variable
                    paths.json|label_values(mptcplb_dataplane_up|label_values(mptcplb_dataplane_gone|unknown metric mptcplb_dataplane_gone
                    paths.json|changes(mptcplb_dataplane_start_time|changes(mptcplb_dataplane_begin|unknown metric mptcplb_dataplane_begin
                    alerts.yaml|expr: mptcplb_port_link_up ==|expr: mptcplb_port_link ==|alert MptcpLbPortDown: unknown metric mptcplb_port_link
                    alerts.yaml|alert: MptcpLbPortDown|alert: MptcpLbPortGone|no unit test makes it fire
                    alerts.yaml|severity: page|severity: loud|severity is not one of
                    alerts.yaml|summary: The agent|title: The agent|has no summary
                    """)
    void plantedViolation_isFound(String file, String text, String planted, String finding)
            throws IOException {
        try (Stream<Path> files = Files.list(GrafanaFiles.FOLDER)) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName().toString()));
            }
        }
        Path target = copy.resolve(file);
        String before = Files.readString(target);
        String after = before.replace(text, planted);
        assertNotEquals(before, after, text);
        Files.writeString(target, after);

        List<String> findings = GrafanaFiles.findings(copy);
        assertTrue(
                findings.stream().anyMatch(each -> each.contains(finding)),
                () -> finding + " in " + findings);
    }

    @Test
    void expressions_read_giveMetricsLabelsAndFunctions() {
        PromQl query =
                PromQl.of(
                        "sum by (a, b) (rate(x_total{c=~\"d{e}\", f!=\"g\"}[5m])) / on (h)"
                            + " group_left () max without (i) (y) and (z offset 5m > bool 1e3) or"
                            + " time() - w");

        assertEquals(
                List.of(
                        new PromQl.Selector("x_total", java.util.Set.of("c", "f"), "rate"),
                        new PromQl.Selector("y", java.util.Set.of(), ""),
                        new PromQl.Selector("z", java.util.Set.of(), ""),
                        new PromQl.Selector("w", java.util.Set.of(), "")),
                query.selectors());
        assertEquals(java.util.Set.of("a", "b", "h", "i"), query.groupings());
    }
}
