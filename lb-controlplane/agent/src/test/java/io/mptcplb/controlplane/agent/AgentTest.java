package io.mptcplb.controlplane.agent;

import static io.mptcplb.controlplane.agent.SampleEvents.opened;
import static io.mptcplb.controlplane.agent.SampleEvents.subflow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent against a dataplane that a test scripts. */
class AgentTest {
    private static final long GENERATION = 7;

    @TempDir Path state;

    private ScriptedDataplane dataplane(long epoch, Event... snapshot) throws Exception {
        LbConfig has = compiled(RunningAgent.CONFIG, GENERATION);
        ConfigFile.write(state.resolve("config.last"), has);
        return new ScriptedDataplane(RunningAgent.socket(state), epoch)
                .snapshot(GENERATION, snapshot);
    }

    private static LbConfig compiled(String text, long generation) {
        return ((Compilation.Compiled) LbYaml.compile("lb.yaml", text, generation)).config();
    }

    @Test
    void noDataplane_asked_isHealthyAndNotReady() throws Exception {
        try (RunningAgent agent = new RunningAgent(state)) {
            assertEquals(200, agent.status("/healthz"));
            assertEquals(503, agent.status("/readyz"));
            assertEquals(503, agent.status("/api/v1/paths"));
        }
    }

    @Test
    void dataplaneHasTheFile_connected_readyAndNothingApplied() throws Exception {
        try (ScriptedDataplane dataplane =
                        dataplane(
                                1,
                                opened(1),
                                subflow(1, 1, "isp-a", false),
                                subflow(1, 2, "isp-b", true),
                                new Event.PortLink("isp-b", false));
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();

            assertEquals(1, agent.get("/connections").getJsonArray("connections").size());
            assertEquals(
                    "down",
                    agent.get("/paths").getJsonArray("paths").getJsonObject(1).getString("link"));
            assertTrue(
                    dataplane.commands.stream().noneMatch(Command.ApplyConfig.class::isInstance));
            assertEquals(1, agent.metric("mptcplb_agent_control_live"));
            assertTrue(agent.metric("vertx_http_server_requests_total") > 0);
        }
    }

    /** It was on its way for so long that somebody left something else for it. */
    @Test
    void dataplaneHasAnotherThanLiesOnDisk_connected_isOfferedTheFile() throws Exception {
        long late = System.currentTimeMillis() + 1_000_000;
        try (ScriptedDataplane dataplane = dataplane(1).snapshot(late);
                RunningAgent agent = new RunningAgent(state)) {
            LbConfig offered = dataplane.await(Command.ApplyConfig.class).config();

            assertEquals(compiled(RunningAgent.CONFIG, late + 1), offered);
            agent.awaitReady();
        }
    }

    /** What one had that is gone says nothing of the next one. */
    @Test
    void dataplaneIsGone_oldTextOffered_waitsForTheNextOne() throws Exception {
        ScriptedDataplane first = dataplane(1);
        try (RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            first.close();
            agent.awaitSaid("out of reach");
            Files.writeString(agent.file, "# the same\n" + RunningAgent.CONFIG);

            agent.awaitSaid("waits for a dataplane");
            try (ScriptedDataplane second = dataplane(2)) {
                agent.awaitReady();
                assertTrue(
                        second.commands.stream().noneMatch(Command.ApplyConfig.class::isInstance));
            }
        }
    }

    @Test
    void numberMissing_seen_resyncsWithinASecond() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1, opened(1));
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            dataplane.await(Command.Resync.class);
            dataplane.snapshot(GENERATION, opened(1), opened(2), opened(3));

            long beginNanos = System.nanoTime();
            dataplane.skipNumber();
            dataplane.say(opened(3));
            agent.await("/connections", answer -> answer.getInteger("total") == 3);

            assertTrue(System.nanoTime() - beginNanos < 1_000_000_000L);
            assertEquals(1, agent.metric("mptcplb_agent_control_gaps_total"));
        }
    }

    @Test
    void overrun_told_resyncs() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1, opened(1));
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            dataplane.snapshot(GENERATION, opened(2));
            dataplane.say(new Event.Overrun(5));

            agent.await(
                    "/connections",
                    answer -> answer.getJsonArray("connections").encode().contains("\"id\":\"2\""));
            assertEquals(1, agent.metric("mptcplb_agent_control_overruns_total"));
        }
    }

    @Test
    void dataplaneRestarted_newEpoch_isFoundAndAllIsNew() throws Exception {
        ScriptedDataplane first = dataplane(1, opened(1));
        try (RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            first.close();
            agent.await(
                    "/status",
                    answer -> !answer.getJsonObject("dataplane").getString("state").equals("live"));
            // What was last known stays to be seen.
            assertEquals(1, agent.get("/connections").getInteger("total"));
            try (ScriptedDataplane second = dataplane(2)) {
                agent.await("/connections", answer -> answer.getInteger("total") == 0);
                agent.awaitReady();
                second.await(Command.Resync.class);
            }
        }
    }

    @Test
    void garbage_said_connectionLeftAndMadeAnew() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            dataplane.await(Command.Resync.class);
            dataplane.sayBytes("no frame at all, whatever it is".getBytes(StandardCharsets.UTF_8));

            dataplane.await(Command.Resync.class);
            agent.awaitReady();
            assertEquals(1, agent.metric("mptcplb_agent_control_frames_malformed_total"));
        }
    }

    @Test
    void dismissed_byTheDataplane_triesAgain() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            dataplane.await(Command.Resync.class);
            dataplane.say(new Reply(Reply.NO_REQUEST, ReplyCode.FULL, "control.clients"));

            dataplane.await(Command.Resync.class);
            agent.awaitReady();
            agent.awaitSaid("the dataplane hangs up: full control.clients");
        }
    }

    @Test
    void fileReplaced_diffShownAndApplied() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            Path next = state.resolve("next.yaml");
            Files.writeString(
                    next,
                    RunningAgent.CONFIG.replace("port: 443", "port: 443\n    maxConnections: 9"));
            Files.move(next, agent.file, StandardCopyOption.ATOMIC_MOVE);

            Command.ApplyConfig apply = dataplane.await(Command.ApplyConfig.class);

            assertEquals(9, apply.config().virtualServers().getFirst().maxConnections());
            assertTrue(apply.config().generation() > GENERATION);
            agent.awaitSaid("maxConnections");
            agent.awaitSaid("in force as generation");
        }
    }

    @Test
    void onlyMembersChanged_appliedAtOnce_noRevision() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            String more = "\n      - {name: web-2, address: 192.0.2.21, port: 8080}\n";
            Files.writeString(agent.file, RunningAgent.CONFIG.stripTrailing() + more);

            List<PoolConfig> pools = dataplane.await(Command.ApplyEndpoints.class).pools();

            assertEquals(1, pools.size());
            assertEquals(
                    List.of("web-1", "web-2"),
                    pools.getFirst().backends().stream().map(BackendConfig::name).toList());
            agent.awaitSaid("pools[web].backends[web-2]");
            agent.awaitSaid("in force as generation " + GENERATION);
            assertEquals(GENERATION, agent.get("/config").getLong("generation"));
            assertEquals(2, agent.get("/backends").getJsonArray("backends").size());

            // Back, and one thing more: a revision brings both.
            Files.writeString(
                    agent.file,
                    RunningAgent.CONFIG.replace("port: 443", "port: 443\n    maxConnections: 9"));
            LbConfig next = dataplane.await(Command.ApplyConfig.class).config();
            assertEquals(1, next.pools().getFirst().backends().size());
        }
    }

    @Test
    void badFile_written_refusedWholeWithLineAndOldStays() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            Files.writeString(agent.file, RunningAgent.CONFIG.replace("port: 443", "port: 443443"));

            agent.awaitSaid("refused whole");
            agent.awaitSaid("lb.yaml:17: virtualServers[0].port:");

            assertTrue(
                    dataplane.commands.stream().noneMatch(Command.ApplyConfig.class::isInstance));
            assertEquals(GENERATION, agent.get("/config").getLong("generation"));
            assertEquals(1, agent.metric("mptcplb_agent_config_offers_total{outcome=\"refused\""));
            assertEquals(200, agent.status("/readyz"), "the box serves what it had");
        }
    }

    @Test
    void restartNeeded_toldAsSuch() throws Exception {
        try (ScriptedDataplane dataplane =
                        dataplane(1)
                                .answering(command ->
                                        command instanceof Command.ApplyConfig
                                                ? ReplyCode.RESTART_REQUIRED
                                                : ReplyCode.OK);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            Files.writeString(agent.file, "workers: {count: 2}\n" + RunningAgent.CONFIG);

            dataplane.await(Command.ApplyConfig.class);
            agent.awaitSaid("needs a restart of the box");
            assertEquals(GENERATION, agent.get("/config").getLong("generation"));
        }
    }

    @Test
    void appliedOverApi_fileFollows() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            String next =
                    RunningAgent.CONFIG.replace("port: 443", "port: 443\n    maxConnections: 9");

            JsonObject answer =
                    new JsonObject(
                            agent.post("/config/apply?file=new.yaml", "application/yaml", next)
                                    .body());

            assertEquals("applied", answer.getString("outcome"), answer::encode);
            dataplane.await(Command.ApplyConfig.class);
            assertEquals(next, Files.readString(agent.file));
        }
    }

    @Test
    void orders_given_heldByTheNextAgentAndToldTheNextDataplane() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1)) {
            try (RunningAgent agent = new RunningAgent(state)) {
                agent.awaitReady();
                assertEquals(
                        200,
                        agent.postJson("/paths/isp-b/priority", "{\"priority\": \"backup\"}")
                                .statusCode());
                assertEquals(
                        200,
                        agent.postJson("/virtual-servers/web/drain", "{\"draining\": true}")
                                .statusCode());
                Command.SetPathPriority rule = dataplane.await(Command.SetPathPriority.class);
                assertEquals(PathPriority.BACKUP, rule.priority());
                assertEquals("isp-b", rule.paths().port().orElseThrow());
                assertEquals(new Command.Drain("web", true), dataplane.await(Command.Drain.class));
            }
            try (RunningAgent agent = new RunningAgent(state)) {
                agent.awaitReady();
                assertEquals(
                        PathPriority.BACKUP,
                        dataplane.await(Command.SetPathPriority.class).priority());
                assertEquals(new Command.Drain("web", true), dataplane.await(Command.Drain.class));
                JsonObject policy = agent.get("/policy");
                assertEquals(1, policy.getJsonArray("orders").size(), policy::encode);
                agent.await("/virtual-servers", answer -> server(answer).getBoolean("draining"));
            }
        }
    }

    private static JsonObject server(JsonObject answer) {
        return answer.getJsonArray("virtualServers").getJsonObject(0);
    }

    /** What the box does is shown beside what was ordered here. */
    @Test
    void draining_byWhomever_isSeen() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1, new Event.Draining("web", true));
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            JsonObject server = server(agent.get("/virtual-servers"));
            assertTrue(server.getBoolean("draining"));
            assertFalse(server.getBoolean("drainOrdered"));

            dataplane.say(new Event.Draining("web", false));
            agent.await("/virtual-servers", answer -> !server(answer).getBoolean("draining"));
            agent.await(
                    "/events?kind=policy",
                    answer -> answer.encode().contains("web takes new clients again"));
        }
    }

    @Test
    void drainOrdered_nameIsGone_orderEndsWithIt() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1)) {
            try (RunningAgent agent = new RunningAgent(state)) {
                agent.awaitReady();
                agent.postJson("/virtual-servers/web/drain", "{\"draining\": true}");
                Files.writeString(
                        agent.file,
                        RunningAgent.CONFIG.replace(
                                "- name: web\n    addr", "- name: www\n    addr"));
                agent.awaitSaid("the order to drain web ends with its name");
                dataplane.await(Command.ApplyConfig.class);
            }
            assertFalse(Files.readString(state.resolve("agent.orders")).contains("web"));
        }
    }

    @Test
    void dataplaneSilent_asked_leftAndFoundAnew() throws Exception {
        try (ScriptedDataplane dataplane = dataplane(1).silent();
                RunningAgent agent = new RunningAgent(state)) {
            dataplane.await(Command.Hello.class);
            dataplane.await(Command.Hello.class);
            assertEquals(503, agent.status("/readyz"));
        }
    }

    @Test
    void connections_paged_eachSeenOnce() throws Exception {
        Event[] many = new Event[25];
        for (int i = 0; i < many.length; i++) {
            many[i] = opened(i + 1);
        }
        try (ScriptedDataplane dataplane = dataplane(1, many);
                RunningAgent agent = new RunningAgent(state)) {
            agent.awaitReady();
            dataplane.await(Command.Resync.class);
            JsonObject first = agent.get("/connections?limit=10");
            JsonObject second = agent.get("/connections?limit=10&after=" + first.getString("next"));
            JsonObject third = agent.get("/connections?limit=10&after=" + second.getString("next"));

            assertEquals("11", second.getJsonArray("connections").getJsonObject(0).getString("id"));
            assertEquals(5, third.getJsonArray("connections").size());
            assertNull(third.getString("next"));
        }
    }
}
