package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent that dies or stands still, whenever it is, under load; and what clients see of it. */
@Tag("interop")
class AgentDeathInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-death").pathMbit(60, 40);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long SEED = Long.getLong("mptcplb.seed", 1);
    private static final int KILLS = Integer.getInteger("mptcplb.agent.kills", 2);
    private static final int FREEZE_SECONDS = Integer.getInteger("mptcplb.agent.freeze.seconds", 4);
    private static final int MANY = 100;

    /** A second is what is promised; printed, and judged with room for a machine of two CPUs. */
    private static final long IN_STEP_MILLIS_MAX = 3_000;

    private static final Pattern IN_STEP =
            Pattern.compile("in step with the dataplane after (\\d+) ms");

    private static final String POLICY =
            """
            policies:
              - name: main
                mode: active-standby
                backup: [p2]
                limits: {maxSubflows: %d}
                advertise: [{port: p2}]
            """;

    /** A hundred connections at once lose much at a narrow link: no matter here. */
    private static final String WHATEVER_IS_LOST =
            "    failover: {stalledShare: off, retransmittedShare: off}\n";

    /** Figures that only grow, of clients, of the wire and of the agent. */
    private static final List<String> COUNTERS =
            List.of(
                    "mptcplb_virtual_server_connections_opened_total",
                    "mptcplb_port_tx_bytes_total",
                    "mptcplb_add_addr_tx_total");

    private static List<Long> inStep(AgentLab lab) {
        return lab.agentSaid().stream()
                .map(IN_STEP::matcher)
                .filter(Matcher::find)
                .map(matcher -> Long.parseLong(matcher.group(1)))
                .toList();
    }

    /** Connections that come and go, two groups of them beside each other. */
    private static CompletableFuture<List<LoadReport>> load(AgentLab lab, AtomicBoolean enough) {
        return round(lab, enough)
                .thenCombine(
                        round(lab, enough),
                        (one, other) -> {
                            List<LoadReport> all = new ArrayList<>(one);
                            all.addAll(other);
                            return all;
                        });
    }

    private static CompletableFuture<List<LoadReport>> round(AgentLab lab, AtomicBoolean enough) {
        return lab.repeated(
                LoadPlan.download(LabAddresses.service(), 1_000_000).connections(4), enough);
    }

    private static void assertVerified(List<LoadReport> reports, AgentLab lab) {
        for (LoadReport report : reports) {
            assertTrue(report.verified(), () -> report.summary() + lab.agentSaid());
        }
        System.out.println(reports.size() + " rounds of 4 connections, none lost");
    }

    private static Map<String, Double> counters(AgentLab lab) {
        Map<String, Double> values = new TreeMap<>();
        for (String name : COUNTERS) {
            lab.metric(name).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    private static void assertNoneFell(Map<String, Double> before, Map<String, Double> after) {
        assertEquals(COUNTERS.size(), after.size(), after::toString);
        before.forEach((name, value) ->
                assertTrue(value > 0 && after.get(name) >= value, name + before + after));
    }

    /** What the next dataplane would serve by, but for the number of its generation. */
    private static LbConfig kept(AgentLab lab) throws IOException {
        LbConfig config;
        try {
            config = ConfigFile.read(lab.state.resolve("config.last"));
        } catch (CodecException e) {
            throw new AssertionError("half a configuration", e);
        }
        return new LbConfig(
                1,
                config.workers(),
                config.buffers(),
                config.sizes(),
                config.ports(),
                config.virtualServers(),
                config.pools());
    }

    /**
     * At random moments: some while it applies a configuration, which the box has whole or not at
     * all, and in the end has.
     */
    @Test
    void agent_killedAtRandomMoments_noConnectionIsLostAndNothingIsHalf() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        AtomicBoolean enough = new AtomicBoolean();
        try (AgentLab lab = AgentLab.open(SHAPED.mptcp(MptcpMode.SIGNAL), POLICY.formatted(1))) {
            var transfers = load(lab, enough);
            LabEvents.await(
                    "clients are counted",
                    LIMIT,
                    () ->
                            counters(lab).values().stream().filter(value -> value > 0).count()
                                    == COUNTERS.size());
            List<Long> gaps = new ArrayList<>();
            for (int i = 1; i <= KILLS; i++) {
                Map<String, Double> before = counters(lab);
                LbConfig has = kept(lab);
                String text = lab.withPolicies(POLICY.formatted(1 + i % 2));
                LbConfig wanted = AgentLab.compiled(text, 1);
                if (i % 2 == 0) {
                    LabEvents.pause(Duration.ofMillis(random.nextInt(2_000)));
                } else {
                    // Seen after 100 to 200 ms, applied some 10 ms later.
                    Files.writeString(lab.file, text);
                    LabEvents.pause(Duration.ofMillis(50 + random.nextInt(300)));
                }
                int times = inStep(lab).size() + 1;
                long killedNanos = System.nanoTime();
                assertTrue(ProcessHandle.of(lab.agentProcess()).orElseThrow().destroyForcibly());
                LbConfig then = kept(lab);
                assertTrue(then.equals(has) || then.equals(wanted), () -> "half: " + then);
                LabEvents.await("in step again", LIMIT, () -> inStep(lab).size() >= times);
                gaps.add((System.nanoTime() - killedNanos) / 1_000_000);
                assertTrue(inStep(lab).getLast() < IN_STEP_MILLIS_MAX, inStep(lab)::toString);
                if (i % 2 != 0) {
                    LabEvents.await(
                            "the box has what the file says",
                            LIMIT,
                            () -> kept(lab).equals(wanted));
                }
                lab.awaitLive();
                LabEvents.await("figures", LIMIT, () -> counters(lab).size() == COUNTERS.size());
                assertNoneFell(before, counters(lab));
            }
            System.out.println(
                    "in step again after "
                            + gaps
                            + " ms, each way into step "
                            + inStep(lab)
                            + " ms");
            enough.set(true);
            assertVerified(transfers.get(), lab);
        }
    }

    /** A minute with {@code -Dmptcplb.agent.freeze.seconds=60}. */
    @Test
    void agent_frozenUnderLoad_nobodyWaitsForIt_inStepOnceItGoesOn() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (AgentLab lab = AgentLab.open(SHAPED.mptcp(MptcpMode.SIGNAL), POLICY.formatted(1));
                BoxPaths paths = new BoxPaths(lab)) {
            var transfers = load(lab, enough);
            LabEvents.await("load", LIMIT, () -> paths.sent(1) > 2_000_000);
            Map<String, Double> before = counters(lab);
            lab.freeze(true);
            long sent = paths.sent(1);
            LabEvents.pause(Duration.ofSeconds(FREEZE_SECONDS));
            long meanwhile = paths.sent(1) - sent;
            lab.freeze(false);
            long thawedNanos = System.nanoTime();
            lab.awaitLive();
            System.out.println(
                    "frozen for "
                            + FREEZE_SECONDS
                            + " s: "
                            + meanwhile / 1_000_000
                            + " MB went over path 1 meanwhile; live "
                            + (System.nanoTime() - thawedNanos) / 1_000_000
                            + " ms after");
            assertTrue(meanwhile > FREEZE_SECONDS * 1_000_000L, "the box waited: " + meanwhile);
            assertNoneFell(before, counters(lab));
            LabEvents.await(
                    "the agent sees new connections",
                    LIMIT,
                    () -> lab.lbctl("get", "connections", "--limit", "1").out().contains(":"));
            enough.set(true);
            assertVerified(transfers.get(), lab);
        }
    }

    /**
     * What the kernel's clients were told and may do, connection by connection: how many had it.
     */
    private static Map<String, Long> terms(AgentLab lab) throws Exception {
        var before = lab.lab.client().counters();
        var held =
                lab.aside(
                        LoadPlan.download(LabAddresses.service(), 1)
                                .time(Duration.ofSeconds(10))
                                .connections(MANY)
                                .withoutSha());
        Map<String, List<KernelSubflow>> connections = new TreeMap<>();
        LabEvents.await(
                "all have joined",
                LIMIT,
                () -> {
                    connections.clear();
                    for (KernelSubflow each : KernelSubflow.of(lab.lab.client())) {
                        connections.computeIfAbsent(each.token(), t -> new ArrayList<>()).add(each);
                    }
                    return connections.size() == MANY
                            && connections.values().stream().allMatch(each -> each.size() >= 2);
                });
        assertTrue(held.get().verified(), held.get().summary());
        var moved = lab.lab.client().counters().since(before);
        assertTrue(moved.get("MPTcpExtAddAddr") >= MANY, "announcements heard");
        assertEquals(MANY, moved.get("MPTcpExtMPJoinSynAckRx"), "joins that the limit allows");
        Map<String, Long> terms = new TreeMap<>();
        for (List<KernelSubflow> connection : connections.values()) {
            long backups = connection.stream().filter(KernelSubflow::backupByPeer).count();
            terms.merge(connection.size() + " subflows, " + backups + " backup", 1L, Long::sum);
        }
        return terms;
    }

    /**
     * An address is announced; the client would join it, and from another address of its own, and
     * may join once, as a backup.
     */
    @Test
    void agent_killedForGood_newConnectionsGetTheSameTerms() throws Exception {
        try (AgentLab lab =
                AgentLab.open(
                        SHAPED.mptcp(MptcpMode.SIGNAL), POLICY.formatted(1) + WHATEVER_IS_LOST)) {
            lab.lab
                    .client()
                    .script(
                            "ip mptcp limits set subflow 2 add_addr_accepted 2\n"
                                    + "ip mptcp endpoint add 198.51.100.10 dev c2 subflow");
            Map<String, Long> before = terms(lab);
            lab.killForGood();
            LabEvents.await("the agent is gone", LIMIT, () -> !lab.isLive());
            assertTrue(lab.metric(COUNTERS.getFirst()).isEmpty(), "an agent answers");
            Map<String, Long> after = terms(lab);
            System.out.println("with an agent " + before + ", without " + after);
            assertEquals(Map.of("2 subflows, 1 backup", (long) MANY), before);
            assertEquals(before, after, () -> lab.agentSaid().toString());
        }
    }
}
