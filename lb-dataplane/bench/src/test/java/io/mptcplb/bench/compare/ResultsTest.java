package io.mptcplb.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Setting SETTING = Setting.MTU_1500_OFFLOADS_ON;
    private static final Case BULK = Case.bulk(Case.Kind.DOWNLOAD, 8, true);
    private static final Case LATENCY = new Case("latency-tcp", Case.Kind.LATENCY, 8, false);

    private final Results results = new Results();

    private void add(Case load, Contender contender, double figure, double cpu, int failed) {
        results.add(SETTING, load, contender, new Run(figure, cpu, 3 * cpu, 12, 5, 9, 34, failed));
    }

    private Results.Row row(Case load) {
        return new Results.Row(SETTING, load);
    }

    @Test
    void runs_even_medianLiesBetweenTheMiddleTwo() {
        Runs runs = new Runs();
        for (double figure : new double[] {9, 1, 4, 2}) {
            runs.add(new Run(figure, 0, 0, 0, 0, 0, 0, 1));
        }
        assertEquals(3, runs.median(Run::figure));
        assertEquals(1, runs.least(Run::figure));
        assertEquals(9, runs.most(Run::figure));
        assertEquals(4, runs.failed());
    }

    @Test
    void ratio_moreIsBetter_isOursToTheMostOfTheOthers() {
        add(BULK, Contender.HAPROXY, 4000, 2, 0);
        add(BULK, Contender.NGINX, 5000, 4, 0);
        add(BULK, Contender.MPTCPLB, 7500, 1, 0);
        assertEquals(1.5, results.ratio(row(BULK)));
        assertEquals(0.5, results.costRatio(row(BULK), Run::cpuSecondsPerGigabyte));
    }

    @Test
    void ratio_lessIsBetter_isTheLeastOfTheOthersToOurs() {
        add(LATENCY, Contender.HAPROXY, 100, 0, 0);
        add(LATENCY, Contender.NGINX, 80, 0, 0);
        add(LATENCY, Contender.MPTCPLB, 160, 0, 0);
        assertEquals(0.5, results.ratio(row(LATENCY)));
        assertEquals(0, results.costRatio(row(LATENCY), Run::cpuSecondsPerGigabyte));
    }

    @Test
    void ratio_nobodyToCompareWith_isNone() {
        add(BULK, Contender.MPTCPLB, 7500, 1, 2);
        assertEquals(0, results.ratio(row(BULK)));
        assertEquals(2, results.failed());
    }

    @Test
    void document_hasARowForEachLoadAndPlotsThatAreXml(@TempDir Path directory) throws Exception {
        add(BULK, Contender.HAPROXY, 4000, 2, 0);
        add(BULK, Contender.MPTCPLB, 6000, 1, 0);
        add(BULK, Contender.MPTCPLB, 8000, 1, 0);
        add(LATENCY, Contender.HAPROXY, 100, 0, 0);
        List<Contender> contenders = List.of(Contender.HAPROXY, Contender.MPTCPLB);
        new ResultsFile(results, contenders, List.of("2 CPUs"), "./lb bench").write(directory);
        String text = Files.readString(directory.resolve("RESULTS.md"));
        assertTrue(
                text.contains(
                        "| download-8-mptcp | Mb/s | 4000 | 7000 (6000-8000) | 1.75 | 2.00 / 1.00 |"
                                + " 0.50 | 6.00 / 3.00 | 0.50 | 12.00 / 12.00 | 5.00 / 5.00 |"
                                + " 9.00 / 9.00 | 34.00 / 34.00 | 0 / 0 |"),
                text);
        assertTrue(text.contains("| latency-tcp | us p99 | 100 | - | - |"), text);
        assertFalse(text.contains("MTU 9000"), text);
        assertFalse(text.contains("fresh"), text);
        for (String what : new String[] {"goodput", "cpu"}) {
            String name = "results/mtu1500-on-" + what + ".svg";
            assertTrue(text.contains("](" + name + ")"), text);
            String svg = Files.readString(directory.resolve(name));
            var document =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
            // The ground, two of the legend, two bars: the latency is no bar of a bulk plot.
            assertEquals(5, document.getElementsByTagName("rect").getLength(), svg);
        }
    }

    @Test
    void document_hasPhasesPerFrameAndGigabyte_andLivesByMedians(@TempDir Path directory)
            throws Exception {
        List<Double> nanos = List.of(1e6, 2e6, 3e6, 4e6, 5e6, 6e6, 7e6);
        PhaseCost cost = new PhaseCost(row(BULK), 8000, 1000, 0.01, nanos, 0, 96, true);
        List<Fresh.Life> lives =
                List.of(
                        life(Contender.MPTCPLB, 300, 200),
                        life(Contender.MPTCPLB, 500, 100),
                        life(Contender.MPTCPLB, 400, 400));
        new ResultsFile(results, List.of(Contender.MPTCPLB), List.of("2 CPUs"), "./lb bench")
                .phases(List.of(cost))
                .fresh(lives)
                .write(directory);
        String text = Files.readString(directory.resolve("RESULTS.md"));
        assertTrue(text.contains("goes: " + SETTING.title()), text);
        assertTrue(
                text.contains(
                        "| download-8-mptcp | 8000 | 100 | 1000 (100) | 2000 (200) | 3000 (300) |"
                                + " 4000 (400) | 5000 (500) | 6000 (600) | 7000 (700) |"
                                + " 28000 (2800) | 0 | 96 |"),
                text);
        assertTrue(text.contains("| mptcplb | 400 | 200 | 2.00 | 800 | 400 | 2.00 |"), text);
        assertFalse(text.contains("| nginx |"), text);
    }

    private static Fresh.Life life(Contender contender, double fresh, double warm) {
        return new Fresh.Life(
                contender, new Fresh.Pair(fresh, warm), new Fresh.Pair(2 * fresh, 2 * warm));
    }

    @Test
    void settings_namesOfRows_areUnique() {
        long rows = 0;
        java.util.Set<String> names = new java.util.HashSet<>();
        for (Setting setting : Setting.values()) {
            for (Case load : setting.cases()) {
                rows++;
                names.add(setting.nameOf(load));
            }
        }
        assertEquals(rows, names.size());
        assertTrue(rows >= 4 * 12, names::toString);
    }
}
