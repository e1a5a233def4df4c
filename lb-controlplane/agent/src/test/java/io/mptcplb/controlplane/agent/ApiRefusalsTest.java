package io.mptcplb.controlplane.agent;

import static io.mptcplb.controlplane.agent.SampleEvents.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.control.Command;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a request is named, counted, and changes nothing. */
class ApiRefusalsTest {
    private static final String ORDER = "{\"priority\": \"backup\"}";

    @TempDir static Path state;
    private static ScriptedDataplane dataplane;
    private static RunningAgent agent;

    @BeforeAll
    static void start() throws Exception {
        Compilation.Compiled has =
                (Compilation.Compiled) LbYaml.compile("lb.yaml", RunningAgent.CONFIG, 7);
        ConfigFile.write(state.resolve("config.last"), has.config());
        dataplane = new ScriptedDataplane(RunningAgent.socket(state), 1).snapshot(7, opened(1));
        agent = new RunningAgent(state);
        agent.awaitReady();
        dataplane.await(Command.Resync.class);
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        dataplane.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /nothing                      | 404 | path       | there is no /api/v1/nothing
                    /paths?limit=3                | 400 | limit      | is not known here
                    /connections?limit=0          | 400 | limit      | 0 is not in 1 to 1000
                    /connections?limit=many       | 400 | limit      | 'many' is not a number
                    /connections?limit=1&limit=2  | 400 | limit      | given twice
                    /connections?after=x          | 400 | after      | 'x' is not the number of a connection
                    /connections?clients=all      | 400 | clients    | prefix: 'all' is not ADDRESS/BITS
                    /connections?clients=192.0.2.1/24 | 400 | clients | 192.0.2.1/24 has host bits, did you mean 192.0.2.0/24?
                    /connections?colour=red       | 400 | colour     | is not known here, known: limit, after, virtualServer, path, clients
                    /connections/one              | 400 | id         | 'one' is not the number of a connection
                    /connections/99               | 404 | id         | there is no connection 99
                    /connections/99/explanation   | 404 | id         | there is no connection 99
                    /events?kind=weather          | 400 | kind       | 'weather' is none of connection, subflow, priority, address, refusal, link, policy, config, agent
                    /events?after=-5              | 400 | after      | -5 is not in 0 to 9223372036854775807
                    /events?limit=1001            | 400 | limit      | 1001 is not in 1 to 1000
                    /paths/isp-a/priority         | 405 | method     | GET, must be POST
                    /leave                        | 415 | Content-Type | must be application/json
                    """)
    void question_wrong_fieldAndRuleNamed(String path, int status, String field, String rule)
            throws Exception {
        double before = agent.metric("mptcplb_agent_api_refusals_total");

        assertRefused(agent.send(agent.request("/api/v1" + path)), status, field, rule);

        assertEquals(before + 1, agent.metric("mptcplb_agent_api_refusals_total"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    /paths/isp-z/priority          | {"priority": "backup"} | 404 | path | there is no path isp-z
                    /paths/lan/priority            | {"priority": "backup"} | 404 | path | there is no path lan
                    /paths/isp-a/priority          | {}                     | 400 | priority | is missing: configured, regular, backup
                    /paths/isp-a/priority          | {"priority": "best"}   | 400 | priority | 'best' is none of configured, regular, backup
                    /paths/isp-a/priority          | {"priority": 3}        | 400 | priority | must be text
                    /paths/isp-a/priority          | {"priority": "backup", "virtualServer": "mail"} | 404 | virtualServer | there is no virtual server mail
                    /paths/isp-a/priority          | {"priority": "backup", "clients": "0.0.0.0/33"} | 400 | clients | prefix length: 33 is not in 0 to 32
                    /paths/isp-a/priority          | {"priority": "backup", "client": "::/0"} | 400 | client | is not known here, known: priority, virtualServer, clients
                    /paths/isp-a/priority          | [1]                    | 400 | body | is not a JSON object
                    /paths/isp-a/priority          | {"priority             | 400 | body | is not a JSON object
                    /virtual-servers/web/drain     | {}                     | 400 | draining | is missing
                    /virtual-servers/web/drain     | {"draining": "yes"}    | 400 | draining | must be true or false
                    /virtual-servers/mail/drain    | {"draining": true}     | 404 | virtualServer | there is no virtual server mail
                    """)
    void order_wrong_fieldAndRuleNamedAndNothingChanged(
            String path, String body, int status, String field, String rule) throws Exception {
        double before = agent.metric("mptcplb_agent_api_refusals_total");

        assertRefused(agent.postJson(path, body), status, field, rule);

        assertEquals(before + 1, agent.metric("mptcplb_agent_api_refusals_total"));
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /leave?seconds=0    | 400 | seconds | 0 is not in 1 to 3600
                    /leave?seconds=3601 | 400 | seconds | 3601 is not in 1 to 3600
                    /leave?within=5s    | 400 | within  | is not known here, known: seconds
                    /leave              | 409 | leave   | there is no other node: this is not Kubernetes
                    """)
    void leave_wrongOrNowhereToGo_isRefused(String path, int status, String field, String rule)
            throws Exception {
        HttpResponse<String> answer =
                agent.send(
                        agent.request("/api/v1" + path).header("Content-Type", "application/json"));
        assertRefused(answer, status, field, rule);
        assertNothingChanged();
    }

    @Test
    void order_asFormOfAWebPage_isRefused() throws Exception {
        assertRefused(
                agent.post("/paths/isp-a/priority", "text/plain", ORDER),
                415,
                "Content-Type",
                "must be application/json");
        assertNothingChanged();
    }

    @Test
    void configuration_withMistakes_isRefusedWithLines() throws Exception {
        String bad = RunningAgent.CONFIG.replace("pool: web", "pool: none");

        JsonObject answer =
                new JsonObject(
                        agent.post("/config/apply?file=a.yaml", "application/yaml", bad).body());

        assertEquals("refused", answer.getString("outcome"));
        JsonObject problem = answer.getJsonArray("problems").getJsonObject(0);
        assertEquals("virtualServers[0].pool", problem.getString("field"));
        assertEquals(18, problem.getInteger("line"));
        assertNothingChanged();
    }

    @Test
    void configuration_empty_isRefused() throws Exception {
        assertRefused(
                agent.post("/config/check", "application/yaml", ""),
                400,
                "body",
                "is empty, must be a configuration");
    }

    @Test
    void configuration_tooLong_isRefused() throws Exception {
        assertRefused(
                agent.post("/config/check", "application/yaml", "#".repeat((1 << 20) + 1)),
                413,
                "body",
                "is longer than 1048576 bytes");
    }

    @Test
    void method_unknown_isRefused() throws Exception {
        assertRefused(
                agent.send(
                        agent.request("/api/v1/paths").method("DELETE", BodyPublishers.noBody())),
                405,
                "method",
                "DELETE, must be GET");
    }

    private static void assertNothingChanged() throws Exception {
        assertTrue(dataplane.commands.isEmpty(), () -> "told: " + dataplane.commands);
        assertEquals(0, agent.get("/policy").getJsonArray("orders").size());
    }

    private static void assertRefused(
            HttpResponse<String> answer, int status, String field, String rule) {
        JsonObject error = new JsonObject(answer.body()).getJsonObject("error");
        assertEquals(
                status + " " + field + ": " + rule,
                answer.statusCode()
                        + " "
                        + error.getString("field")
                        + ": "
                        + error.getString("rule"));
    }
}
