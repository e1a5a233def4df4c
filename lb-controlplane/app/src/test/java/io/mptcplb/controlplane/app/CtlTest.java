package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.ConfigFile;
import io.mptcplb.controlplane.agent.Agent;
import io.mptcplb.controlplane.agent.AgentOptions;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** lbctl against a real agent that knows its configuration and has no dataplane. */
class CtlTest {
    private static final String CONFIG =
            """
            ports:
              - {name: isp-a, device: eth0, role: client, addresses: [198.51.100.10/24]}
              - {name: lan, device: eth1, role: backend, addresses: [192.0.2.10/24]}
            virtualServers:
              - {name: web, addresses: [198.51.100.10], port: 443, pool: web}
            pools:
              - name: web
                backends:
                  - {name: web-1, address: 192.0.2.20, port: 8080}
            """;
    private static final long SECONDS_MAX = 20;

    @TempDir static Path state;
    private static Agent agent;

    @BeforeAll
    static void start() throws Exception {
        Path file = state.resolve("lb.yaml");
        Files.writeString(file, CONFIG);
        Files.writeString(state.resolve("bad.yaml"), CONFIG.replace("port: 443", "port: 0"));
        Files.write(
                state.resolve("latin.yaml"), "# \u00fc\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(
                state.resolve("next.yaml"),
                CONFIG.replace("pool: web}", "pool: web, maxConnections: 9}"));
        ConfigFile.write(
                state.resolve("config.last"),
                ((Compilation.Compiled) LbYaml.compile("lb.yaml", CONFIG, 7)).config());
        agent =
                Agent.start(new AgentOptions(state, file, AgentOptions.HTTP_HOST, 0), line -> {})
                        .await(SECONDS_MAX, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close().await(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private record Said(int status, String out, String err) {}

    private static Said lbctl(String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        if (!all.contains("--agent")) {
            all.addAll(List.of("--agent", "http://127.0.0.1:" + agent.httpPort()));
        }
        return said(all);
    }

    private static Said said(List<String> words) {
        List<String> all = new ArrayList<>(List.of("ctl"));
        all.addAll(words);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int status = commandLine.execute(all.toArray(String[]::new));
        return new Said(status, out.toString(), err.toString());
    }

    /** FILE stands for the directory of the test's files. */
    private static Said lbctlOf(String line) {
        return lbctl(
                Arrays.stream(line.strip().split(" +", -1))
                        .map(word -> word.replace("STATE", state.toString()))
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    get connections --limit 0                    | 65 | lbctl: --limit: 0 is not in 1 to 1000
                    get connections --limit many                 | 65 | lbctl: --limit: 'many' is not a number
                    get connections --after x                    | 65 | lbctl: --after: 'x' is not the number of a connection
                    get connections --clients 192.0.2.1/24       | 65 | lbctl: --clients: 192.0.2.1/24 has host bits
                    get connections --colour red                 | 64 | Unknown options: '--colour', 'red'
                    get events --kind weather                    | 65 | lbctl: --kind: 'weather' is none of connection,
                    get paths -o xml                             | 64 | Invalid value for option '--output': expected one of [json, table]
                    get paths --agent nowhere                    | 64 | lbctl: --agent: 'nowhere' is not http://ADDRESS:PORT
                    get paths --agent http://127.0.0.1:1         | 69 | lbctl: --agent: no agent answers at http://127.0.0.1:1
                    describe connection                          | 64 | Missing required parameter: 'ID'
                    describe connection one                      | 65 | lbctl: ID: 'one' is not the number of a connection
                    explain connection 12                        | 65 | lbctl: ID: there is no connection 12
                    set path isp-a                               | 64 | Missing required option: '--priority=regular|backup|configured'
                    set path isp-a --priority best               | 64 | lbctl: --priority: 'best' is none of configured, regular, backup
                    set path isp-z --priority backup             | 65 | lbctl: NAME: there is no path isp-z
                    set path isp-a --priority backup --virtual-server mail | 65 | lbctl: --virtual-server: there is no virtual server mail
                    set path isp-a --priority backup             | 69 | lbctl: dataplane: it is
                    drain web maybe                              | 64 | lbctl: on|off: 'maybe' is neither on nor off
                    drain mail on                                | 65 | lbctl: VSERVER: there is no virtual server mail
                    config check STATE/none.yaml                 | 66 | lbctl: FILE: there is no STATE/none.yaml
                    config check STATE/latin.yaml                | 66 | is not UTF-8 text
                    config apply STATE/next.yaml                 | 69 | lbctl: dataplane: it is
                    """)
    void mistake_made_namedWithFlagAndRule(String line, int status, String rule) {
        Said said = lbctlOf(line);

        assertTrue(
                said.err().replace(state.toString(), "STATE").contains(rule),
                () -> line + "\n" + said);
        assertEquals(status, said.status(), () -> line + "\n" + said);
    }

    @Test
    void things_notNamed_areUsageErrors() {
        Said nothing = said(List.of("get"));
        Said weather = said(List.of("get", "weather"));

        assertTrue(nothing.err().contains("Missing required subcommand"), nothing::toString);
        assertTrue(weather.err().contains("Unmatched argument at index 2: 'weather'"));
        assertEquals(64, nothing.status());
        assertEquals(64, weather.status());
    }

    @Test
    void things_listed_areTables() {
        assertTrue(lbctl("get", "paths").out().startsWith("PATH   STATE  LINK"));
        assertTrue(lbctl("get", "vservers").out().contains("web             198.51.100.10"));
        assertTrue(lbctl("get", "backends").out().contains("web   web-1    192.0.2.20  8080"));
        assertTrue(lbctl("get", "events").out().startsWith("NUMBER  AT"));
        assertTrue(lbctl("get", "connections").out().startsWith("ID  CLIENT"));
        assertTrue(lbctl("status").out().contains("generation"));
    }

    @Test
    void things_listedAsJson_areParsed() {
        Said said = lbctl("get", "paths", "-o", "json");

        JsonObject path = new JsonObject(said.out()).getJsonArray("paths").getJsonObject(0);
        assertEquals("isp-a", path.getString("name"));
    }

    @Test
    void configuration_checkedAndCompared() {
        Said good = lbctlOf("config check STATE/next.yaml");
        Said bad = lbctlOf("config check STATE/bad.yaml");
        Said diff = lbctlOf("config diff STATE/next.yaml");

        assertEquals(0, good.status(), good::toString);
        assertEquals(65, bad.status(), bad::toString);
        assertTrue(
                bad.out().startsWith("bad.yaml:5: virtualServers[0].port: 0 is not in 1 to 65535"),
                bad::toString);
        assertTrue(diff.out().contains("virtualServers[web].maxConnections"), diff::toString);
    }

    @Test
    void completion_printed_knowsEveryWord() throws Exception {
        Path script = state.resolve("completion");
        Files.writeString(script, said(List.of("completion")).out());
        Process bash =
                new ProcessBuilder(
                                "bash",
                                "-c",
                                "source \"$1\" && COMP_WORDS=(lb ctl s) COMP_CWORD=2 &&"
                                        + " _complete_lb && echo \"${COMPREPLY[@]}\"",
                                "bash",
                                script.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, bash.waitFor(), said);
        assertTrue(said.contains("status") && said.contains("set"), said);
    }
}
