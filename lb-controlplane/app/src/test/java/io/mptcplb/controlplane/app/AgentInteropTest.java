package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The agent, a real box and the kernel's client: policy edited live, and processes that die. */
@Tag("interop")
class AgentInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-agent").pathMbit(60, 40);

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern IN_STEP =
            Pattern.compile("in step with the dataplane after (\\d+) ms");

    /** A subflow as ss shows it whose peer has declared it backup. */
    private static final Pattern BACKUP_BY_BOX = Pattern.compile("tcp-ulp-mptcp flags:\\w*B");

    private static void assertVerified(AgentLab lab, LoadReport report) {
        assertTrue(
                report.verified(), () -> report.summary() + report.bulk() + "\n" + lab.agentSaid());
    }

    private static long moved(AgentLab lab, String counter) throws IOException {
        return lab.lab.client().counters().get(counter);
    }

    private static void awaitSubflows(AgentLab lab, int subflows) throws IOException {
        LabEvents.await(
                subflows + " subflows",
                LIMIT,
                () -> {
                    JsonArray connections = connections(lab);
                    return !connections.isEmpty()
                            && connections.getJsonObject(0).getInteger("subflows") == subflows;
                });
    }

    private static JsonArray connections(AgentLab lab) {
        AgentLab.Said said = lab.lbctl("get", "connections", "-o", "json");
        return said.status() == 0
                ? new JsonObject(said.out()).getJsonArray("connections")
                : new JsonArray();
    }

    @Test
    void policy_editedAndOrderedLive_clientSeesBackupAndNoByteIsLost() throws Exception {
        try (AgentLab lab = AgentLab.open(SHAPED)) {
            var transfer = lab.aside(AgentLab.download(60_000_000));
            awaitSubflows(lab, 2);
            String before = lab.lab.client().run("ss", "-ti");
            assertTrue(!BACKUP_BY_BOX.matcher(before).find(), before);

            Files.writeString(lab.file, lab.text("backupPorts: [p2]"));
            LabEvents.await(
                    "the client shows path 2 as backup",
                    LIMIT,
                    () -> BACKUP_BY_BOX.matcher(lab.lab.client().run("ss", "-ti")).find());
            lab.awaitSaid("backupPorts");
            lab.awaitSaid("in force as generation");
            assertTrue(moved(lab, "MPTcpExtMPPrioRx") > 0);

            assertEquals(0, lab.lbctl("set", "path", "p2", "--priority", "regular").status());
            LabEvents.await(
                    "the client shows path 2 as regular",
                    LIMIT,
                    () -> !BACKUP_BY_BOX.matcher(lab.lab.client().run("ss", "-ti")).find());

            String id = connections(lab).getJsonObject(0).getString("id");
            String story = lab.lbctl("explain", "connection", id).out();
            assertTrue(story.contains("the client offered MPTCP version 1"), story);
            assertTrue(story.contains("backup by us"), story);
            assertTrue(story.contains("operator: "), story);

            Files.writeString(lab.file, lab.text("maxSubflows: 99"));
            lab.awaitSaid("refused whole");
            assertVerified(lab, transfer.get());
        }
    }

    @Test
    void dataplane_killed_agentFindsTheNextOne() throws Exception {
        try (AgentLab lab = AgentLab.open(SHAPED)) {
            assertVerified(lab, lab.aside(AgentLab.download(1_000_000)).get());
            LabEvents.await("figures", LIMIT, () -> figure(lab) >= 1_000_000);
            double before = figure(lab);
            assertEquals(0, lab.lbctl("drain", "service", "on").status());
            lab.box.process().kill();
            LabEvents.await("the agent misses the box", LIMIT, () -> !lab.isLive());
            lab.startBoxAgain();
            lab.awaitLive();

            assertTrue(inStep(lab).getLast() < 1_000);
            LabEvents.await("figures", LIMIT, () -> figure(lab) > 0);
            assertTrue(figure(lab) >= before, "a counter fell");
            assertTrue(lab.lbctl("get", "vservers").out().contains("yes"), "draining is shown");
            LoadReport refused = lab.aside(AgentLab.download(1_000)).get();
            assertTrue(!refused.verified(), "draining is ordered again");
            assertEquals(0, lab.lbctl("drain", "service", "off").status());
            assertVerified(lab, lab.aside(AgentLab.download(1_000_000)).get());
        }
    }

    private static double figure(AgentLab lab) {
        return lab.metric("mptcplb_virtual_server_tx_bytes_total").orElse(0);
    }

    /** How long each way into step took, in milliseconds. */
    private static List<Long> inStep(AgentLab lab) {
        return lab.agentSaid().stream()
                .map(IN_STEP::matcher)
                .filter(Matcher::find)
                .map(matcher -> Long.parseLong(matcher.group(1)))
                .toList();
    }
}
