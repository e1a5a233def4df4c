package io.mptcplb.controlplane.agent.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.controlplane.agent.Agent;
import io.mptcplb.controlplane.agent.AgentOptions;
import io.mptcplb.policy.Compilation.Compiled;
import io.mptcplb.policy.LbYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, served by a real agent; its pictures lie under {@code target}. */
@Tag("interop")
class StatusPageInteropTest {
    /** As the page writes it for a part that it could not get; its script says it otherwise. */
    private static final String LOST = "class=\"lost\">Not available";

    private static final long SECONDS = 60;

    /** Time on the page's own clock, so that it asks some times. */
    private static final int PAGE_MILLIS = 15_000;

    private static final String CONFIG =
            """
            ports:
              - {name: isp-a, device: eth1, role: client, addresses: [198.51.100.10/24]}
              - {name: isp-b, device: eth2, role: client, addresses: [203.0.113.10/24]}
              - {name: lan, device: eth3, role: backend, addresses: [192.0.2.10/24]}
            virtualServers:
              - name: web
                addresses: [198.51.100.10]
                port: 443
                pool: web
                mptcp: {backupPorts: [isp-b]}
            pools:
              - name: web
                backends: [{name: web-1, address: 192.0.2.20, port: 8080}]
            """;

    @TempDir Path state;

    @Test
    void figuresAndConfiguration_shown_everyPartSpeaks() throws Exception {
        Files.writeString(state.resolve("lb.yaml"), CONFIG);
        Compiled compiled = assertInstanceOf(Compiled.class, LbYaml.compile("lb.yaml", CONFIG, 7));
        ConfigFile.write(state.resolve("config.last"), compiled.config());
        try (CounterFile figures = figures()) {
            Browser page = shown("all");

            for (String text :
                    List.of(
                            "isp-a",
                            "isp-b",
                            "web/web-1",
                            "1,234",
                            "18.4 ms",
                            "backup over isp-b")) {
                assertTrue(page.dom.contains(text), () -> text + " in\n" + page.dom);
            }
            assertFalse(page.dom.contains(LOST), page.dom);
            assertTrue(page.dom.contains("<polyline class=\"out\" points=\""));
            assertEquals(List.of(), page.complaints());
            assertTrue(figures.layout().slots() > 0);
        }
    }

    /** An agent that knows nothing yet: each part says so, and the page goes on asking. */
    @Test
    void nothingKnown_shown_saysWhatIsMissing() throws Exception {
        Files.writeString(state.resolve("lb.yaml"), "nonsense: true\n");
        Browser page = shown("nothing");

        assertTrue(page.dom.contains(LOST), page.dom);
        assertTrue(page.dom.contains("nonsense"), "the mistake in the file");
        assertFalse(page.dom.contains("data-refreshed=\"1\""), "asks again");
        assertEquals(List.of(), page.complaints().stream().filter(Browser::isRefusal).toList());
    }

    private CounterFile figures() throws IOException {
        CounterLayout layout =
                new CounterLayout(
                        1,
                        Map.of(
                                MetricScope.PORT,
                                List.of("isp-a", "isp-b", "lan"),
                                MetricScope.VIRTUAL_SERVER,
                                List.of("web"),
                                MetricScope.BACKEND,
                                List.of("web/web-1")));
        CounterFile file = CounterFile.create(state.resolve("counters"), layout, 1, 1);
        file.writer(0).set(layout.slot(Metric.PATH_SUBFLOWS, 0), 1_234);
        file.writer(0).set(layout.slot(Metric.PATH_SRTT_NANOS, 0), 18_400_000);
        file.writer(0).set(layout.slot(Metric.PATH_SUBFLOWS, 1), 900);
        file.writer(0).set(layout.slot(Metric.PATH_BACKUP_SUBFLOWS, 1), 900);
        return file;
    }

    private Browser shown(String name) throws Exception {
        Agent agent =
                Agent.start(
                                new AgentOptions(
                                        state, state.resolve("lb.yaml"), AgentOptions.HTTP_HOST, 0),
                                line -> {})
                        .await(SECONDS, TimeUnit.SECONDS);
        try {
            String url = "http://127.0.0.1:" + agent.httpPort() + "/";
            Path pictures = Files.createDirectories(Path.of("target/status-page"));
            Browser.run(
                    state, url, "--screenshot=" + pictures.resolve(name + ".png").toAbsolutePath());
            return Browser.run(state, url, "--dump-dom");
        } finally {
            agent.close().await(SECONDS, TimeUnit.SECONDS);
        }
    }

    /**
     * What a headless browser made of a page.
     *
     * @param dom the document when it was done
     * @param log what the browser said
     */
    private record Browser(String dom, String log) {
        static Browser run(Path directory, String url, String... what) throws Exception {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "chromium",
                                    "--headless",
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--hide-scrollbars",
                                    "--enable-logging=stderr",
                                    "--user-data-dir=" + directory.resolve("browser"),
                                    "--window-size=1280,1500",
                                    "--virtual-time-budget=" + PAGE_MILLIS));
            command.addAll(List.of(what));
            command.add(url);
            Path log = directory.resolve("browser.log");
            Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
            String dom =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "the browser has ended");
            String said = Files.readString(log);
            assertEquals(0, process.exitValue(), said);
            return new Browser(dom, said);
        }

        /** Errors of scripts, and what the page's own policy forbids. */
        List<String> complaints() {
            return log.lines().filter(line -> line.contains("CONSOLE")).toList();
        }

        static boolean isRefusal(String line) {
            return line.contains("Refused to") || line.contains("Uncaught");
        }
    }
}
