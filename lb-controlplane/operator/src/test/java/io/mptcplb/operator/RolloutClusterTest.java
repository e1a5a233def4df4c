package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.LoadBalancerStatus;
import io.mptcplb.cluster.ClusterUnderTest;
import io.mptcplb.operator.ScriptedNode.Mind;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rollouts on a real API server, with nodes that do as the test wants. */
@Tag("cluster")
class RolloutClusterTest {
    private ClusterUnderTest cluster;
    private Site site;
    private List<ScriptedNode> nodes;

    @BeforeEach
    void open() {
        cluster = ClusterUnderTest.open("rollout");
        site = new Site(cluster, "1s", "3s");
        nodes = List.of(site.node("node-a"), site.node("node-b"), site.node("node-c"));
        site.service("web", "");
    }

    @AfterEach
    void close() {
        site.close();
        cluster.close();
    }

    private void policy(String name, String clients) {
        site.policy(name, "web", "mode: load-balancing\n  clients: [" + clients + "]");
    }

    /** The first by name of those that announce nothing, once somebody announces. */
    private ScriptedNode awaitCanary() {
        return ClusterUnderTest.await(
                Site.SOON,
                "an announcer",
                () ->
                        nodes.stream()
                                .filter(node -> announcesNothing(node))
                                .findFirst()
                                .filter(canary ->
                                        !nodes.stream().allMatch(node -> announcesNothing(node))));
    }

    private static boolean announcesNothing(ScriptedNode node) {
        return node.resource().getSpec().announces().isEmpty();
    }

    private String awaitRolledBack(String good) {
        LoadBalancerStatus status =
                ClusterUnderTest.await(
                        Site.SOON,
                        "rolled back",
                        () ->
                                Optional.of(site.status())
                                        .filter(now ->
                                                now.updateRevision() != null
                                                        && now.updateRevision()
                                                                .equals(now.refusedRevision())));
        assertEquals(good, status.currentRevision());
        assertNull(status.rollout());
        Condition told = site.awaitCondition("Programmed", "False", Site.SOON);
        assertEquals("RolledBack", told.getReason());
        ClusterUnderTest.await(
                Site.SOON,
                "all nodes are told the good one",
                () ->
                        nodes.stream()
                                        .allMatch(node ->
                                                good.equals(node.resource().getSpec().revision()))
                                ? Optional.of(true)
                                : Optional.empty());
        return told.getMessage();
    }

    @Test
    void goodRevision_reachesAll_canaryFirst_andOldOnesAreForgotten() {
        site.operator("one");
        String last = site.awaitProgrammed();
        for (int i = 0; i < 4; i++) {
            String before = last;
            policy("clients-" + i, "192.0.2." + i + "/32");
            last =
                    ClusterUnderTest.await(
                            Site.SOON,
                            "a new revision",
                            () ->
                                    Optional.of(site.awaitProgrammed())
                                            .filter(revision -> !revision.equals(before)));
        }
        site.awaitCondition("Programmed", "True", Site.SOON);
        assertEquals(last, nodes.getFirst().told().getLast());
        int kept =
                site.client()
                        .resources(DataplaneConfig.class)
                        .inNamespace(site.namespace())
                        .list()
                        .getItems()
                        .size();
        assertTrue(kept <= 3 + 1, kept + " revisions kept, the limit is 2 beside those in use");
        Condition programmed =
                Conditions.find(site.getPolicy("clients-3").getStatus().conditions(), "Programmed")
                        .orElseThrow();
        assertEquals("True", programmed.getStatus());
    }

    @Test
    void badRevisions_refusedSilentCrashing_goBack_andTheReasonIsTold() {
        site.operator("one");
        String good = site.awaitProgrammed();

        ScriptedNode canary = awaitCanary();
        canary.mind(Mind.REFUSES);
        policy("refused", "192.0.2.1/32");
        String message = awaitRolledBack(good);
        assertTrue(message.contains("node " + canary.name() + " refuses"), message);
        assertTrue(message.contains("virtualServers[0].port: out of ports"), message);
        for (ScriptedNode other : nodes) {
            assertEquals(
                    other == canary,
                    other.told().contains(site.status().refusedRevision()),
                    "only the canary");
        }
        String refused = site.status().refusedRevision();

        canary.mind(Mind.IS_SILENT);
        policy("silent", "192.0.2.2/32");
        ClusterUnderTest.await(
                Site.SOON,
                "another one is taken back",
                () ->
                        Optional.ofNullable(site.status().refusedRevision())
                                .filter(now -> !now.equals(refused)));
        message = awaitRolledBack(good);
        assertTrue(message.contains("did not acknowledge within 3 s"), message);
        String silent = site.status().refusedRevision();

        canary.mind(Mind.CRASHES_LATER);
        policy("crashing", "192.0.2.3/32");
        ClusterUnderTest.await(
                Site.SOON,
                "a third one is taken back",
                () ->
                        Optional.ofNullable(site.status().refusedRevision())
                                .filter(now -> !now.equals(silent)));
        message = awaitRolledBack(good);
        assertTrue(message.contains("crashed after it had acknowledged"), message);

        canary.mind(Mind.OBEYS);
        policy("good", "192.0.2.4/32");
        ClusterUnderTest.await(
                Site.SOON,
                "the next one is good",
                () -> Optional.of(site.awaitProgrammed()).filter(now -> !now.equals(good)));
    }

    @Test
    void operatorIsKilled_betweenTheSteps_anotherGoesOn_andNoAddressIsAnnouncedTwice() {
        Random random = new Random(Long.getLong("mptcplb.seed", 6));
        Process operator = site.killable("life-0", 2);
        String good = site.awaitProgrammed();
        int kills = Integer.getInteger("mptcplb.kills", 3);
        for (int life = 1; life <= kills; life++) {
            policy("clients-" + life, "192.0.2." + life + "/32");
            if (life == kills) {
                awaitCanary().mind(Mind.REFUSES);
            }
            pause(random.nextInt(2_500));
            operator.destroyForcibly();
            assertAnnouncedOnce();
            operator = site.killable("life-" + life, 2);
            if (life < kills) {
                String before = good;
                good =
                        ClusterUnderTest.await(
                                Site.SOON,
                                "rollout goes on",
                                () ->
                                        Optional.of(site.awaitProgrammed())
                                                .filter(now -> !now.equals(before)));
            }
            assertAnnouncedOnce();
        }
        awaitRolledBack(good);
        assertEquals("198.51.100.80", site.address("web").orElseThrow());
    }

    private static void pause(long millis) {
        long endNanos = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        ClusterUnderTest.await(
                Duration.ofSeconds(10),
                "a random moment",
                () -> System.nanoTime() - endNanos > 0 ? Optional.of(true) : Optional.empty());
    }

    private void assertAnnouncedOnce() {
        Set<String> announced = new HashSet<>();
        for (DataplaneNode node :
                site.client()
                        .resources(DataplaneNode.class)
                        .inNamespace(site.namespace())
                        .list()
                        .getItems()) {
            for (String address : node.getSpec().announces()) {
                assertTrue(announced.add(address), address + " is announced twice");
            }
        }
    }

    @Test
    void leader_isKilled_theOtherLeads_andWorkGoesOn() {
        Process one = site.killable("one", 2);
        site.awaitProgrammed();
        site.operator("two");
        assertEquals("one", holder());
        one.destroyForcibly();
        long lostNanos = System.nanoTime();
        ClusterUnderTest.await(
                Site.SOON, "two leads", () -> Optional.of(holder()).filter("two"::equals));
        System.out.println("another leads after ms " + (System.nanoTime() - lostNanos) / 1_000_000);
        site.service("late", "");
        assertNotEquals(site.address("web").orElseThrow(), site.awaitAddress("late"));
    }

    /** A process that ended over it would come back after kubelet's pause, which grows. */
    @Test
    void leadershipIsTaken_theSameProcessLeadsAgain_onceTheOtherIsSilent() {
        Process one = site.killable("one", 2);
        site.awaitProgrammed();
        ClusterUnderTest.await(
                Site.SOON, "the lease is another's", () -> Optional.of(take("thief")));
        ClusterUnderTest.await(
                Site.SOON, "one leads again", () -> Optional.of(holder()).filter("one"::equals));
        site.service("late", "");
        assertNotEquals(site.address("web").orElseThrow(), site.awaitAddress("late"));
        assertTrue(one.isAlive(), "the same process");
    }

    private Lease take(String thief) {
        return site.client()
                .leases()
                .inNamespace(site.namespace())
                .withName(ApiNames.OPERATOR_LEASE)
                .edit(lease -> {
                    lease.getSpec().setHolderIdentity(thief);
                    lease.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC));
                    return lease;
                });
    }

    private String holder() {
        Lease lease =
                site.client()
                        .leases()
                        .inNamespace(site.namespace())
                        .withName(ApiNames.OPERATOR_LEASE)
                        .get();
        return lease == null
                ? ""
                : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
    }
}
