package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/metrics.txt");

    /** Dashboards and alerts name these: a change here is a change for users. */
    @Test
    void exportedNames_areTheGoldenOnes() throws IOException {
        String catalogue =
                Arrays.stream(Metric.values())
                        .map(MetricTest::line)
                        .collect(Collectors.joining("\n", "", "\n"));
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.writeString(GOLDEN, catalogue);
        }
        assertEquals(Files.readString(GOLDEN), catalogue, "-Dmptcplb.golden.refresh=true rewrites");
    }

    private static String line(Metric metric) {
        return metric.code()
                + " "
                + metric.exportName()
                + "{"
                + metric.scope().text()
                + "} "
                + metric.kind().text()
                + " "
                + metric.aggregate().text()
                + " "
                + metric.unit().text();
    }

    @Test
    void codesAndNames_areDistinctAndWellFormed() {
        Set<Object> seen = new HashSet<>();
        for (Metric metric : Metric.values()) {
            assertTrue(seen.add(metric.code()), metric + " repeats a code");
            assertTrue(seen.add(metric.exportName()), metric + " repeats a name");
            assertTrue(metric.exportName().matches("[a-z][a-z0-9_]*"), metric.exportName());
            assertTrue(metric.help().matches("[A-Z0-9].*\\."), metric + " wants one sentence");
            assertTrue(metric.code() > 0 && metric.code() < 65_536, metric + " code");
            boolean counter = metric.kind() == MetricKind.COUNTER;
            assertTrue(!counter || metric.aggregate() == MetricAggregate.SUM, metric + " counter");
        }
    }
}
