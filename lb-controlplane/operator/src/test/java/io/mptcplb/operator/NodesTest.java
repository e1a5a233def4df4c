package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.DataplaneNodeStatus;
import io.mptcplb.api.LoadBalancerSpec;
import io.mptcplb.policy.fleet.PortPlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Lives, announcers and addresses of nodes. */
class NodesTest {
    private static final long PATIENCE = 1500;

    /** What is granted to a node that is to be heard again. */
    private static final long RETURN = 5 * PATIENCE;

    private final NodeLives lives = new NodeLives();

    private void renew(String node, long now) {
        lives.onLease(node, "renewed at " + now, PATIENCE, true, now);
    }

    /** Found, and heard of since. */
    private void heard(long now, String... nodes) {
        for (String node : nodes) {
            renew(node, now - 1);
            renew(node, now);
        }
    }

    private void renewAllAlong(String node, long from, long to) {
        for (long now = from; now <= to; now += PATIENCE / 3) {
            renew(node, now);
        }
    }

    @Test
    void node_isSilent_isLost_andLivesAgain() {
        heard(0, "a", "b");
        renew("a", 1000);
        assertEquals(Set.of("a", "b"), lives.alive(1500));
        assertEquals(Set.of("a"), lives.alive(1501));
        renew("b", 1600);
        assertEquals(Set.of("a", "b"), lives.alive(1600));
    }

    @Test
    void sameRenewalSeenAgain_isNoLife() {
        heard(0, "a", "b");
        lives.onLease("b", "renewed at 0", PATIENCE, true, 1400);
        renew("a", 1400);
        assertEquals(Set.of("a"), lives.alive(1600));
    }

    @Test
    void allAreSilent_nobodyIsLost_untilSomebodySpeaksAndAnotherStaysAway() {
        heard(0, "a", "b");
        assertEquals(Set.of("a", "b"), lives.alive(60_000));
        renew("a", 60_000);
        assertEquals(0, lives.silentNanos("b", 60_000));
        renewAllAlong("a", 60_000, 60_000 + RETURN);
        assertEquals(Set.of("a", "b"), lives.alive(60_000 + RETURN), "b may be later");
        assertEquals(Set.of("a"), lives.alive(60_001 + RETURN));
    }

    @Test
    void allWereSilent_whoIsHeardAgain_isAsAllOthers() {
        heard(0, "a", "b");
        renew("a", 60_000);
        renew("b", 60_100);
        renew("a", 61_000);
        assertEquals(Set.of("a", "b"), lives.alive(60_100 + PATIENCE));
        assertEquals(Set.of("a"), lives.alive(60_101 + PATIENCE));
    }

    /** What an operator finds when it starts, it has not heard. */
    @Test
    void leases_foundAtTheStart_mayBeOld_andAreGivenTime() {
        renew("a", 0);
        renew("b", 0);
        renewAllAlong("a", 0, RETURN);
        assertEquals(Set.of("a", "b"), lives.alive(RETURN));
        assertEquals(Set.of("a"), lives.alive(RETURN + 1));
    }

    @Test
    void node_leaves_isLostAtOnce() {
        renew("a", 0);
        renew("b", 0);
        lives.onLease("b", "left", PATIENCE, false, 10);
        assertEquals(Set.of("a"), lives.alive(10));
        lives.onGone("a");
        assertEquals(Set.of(), lives.alive(10));
    }

    @Test
    void leader_isLost_onlyTogetherWithItsNode() {
        LeaderLife leader = new LeaderLife(lives, 0);
        renew("a", 0);
        renew("b", 0);
        leader.onLease(LeaderLife.holder("one", "a"), at(0), 0);
        renew("b", 1000);
        renew("b", 2000);
        assertEquals(Optional.of("one_a"), leader.lost(2000), "both are silent");
        leader.onLease("one_a", at(2000), 2000);
        assertEquals(Optional.empty(), leader.lost(2000), "its dataplane alone is lost");
        renew("a", 3000);
        assertEquals(Optional.empty(), leader.lost(3000), "it is slow");
        leader.onLease(LeaderLife.holder("one", ""), at(0), 0);
        assertEquals(Optional.empty(), leader.lost(9000), "nobody knows its node");
        leader.onLease("", null, 0);
        assertEquals(Optional.empty(), leader.lost(9000), "nobody leads");
    }

    @Test
    void leader_wasOutOfReach_actsOnNothing_beforeItHasRenewed() {
        LeaderLife leader = new LeaderLife(lives, 1500);
        assertFalse(leader.leads("one_a", at(0)), "nothing was seen yet");
        leader.onLease("one_a", at(1000), 0);
        assertTrue(leader.leads("one_a", at(2499)));
        assertFalse(leader.leads("two_b", at(2499)), "another one's");
        assertFalse(leader.leads("one_a", at(2500)), "another one may lead from here on");
        leader.onLease("one_a", at(1000), TimeUnit.MILLISECONDS.toNanos(2400));
        assertFalse(leader.leads("one_a", at(2500)), "seen late, and no newer for that");
        leader.onLease("one_a", at(2600), 0);
        assertTrue(leader.leads("one_a", at(2700)));
        leader.onLease("two_b", at(2650), 0);
        assertFalse(leader.leads("one_a", at(2700)));
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    private static Announcers.Candidate candidate(
            String name, boolean can, Set<String> serves, String... announces) {
        return new Announcers.Candidate(name, can, serves, List.of(announces));
    }

    @Test
    void announcer_staysAsLongAsItCan_newAddressesGoToWhoHasFewest() {
        Set<String> all = Set.of("v1", "v2", "v3");
        assertEquals(
                Map.of("a", List.of("v2"), "b", List.of("v1", "v3")),
                Announcers.assign(
                        all,
                        List.of(candidate("a", true, all), candidate("b", true, all, "v1", "v3"))));
    }

    @Test
    void announcer_isLost_addressMoves_toWhoServesIt() {
        assertEquals(
                Map.of("a", List.of(), "b", List.of(), "c", List.of("v1")),
                Announcers.assign(
                        Set.of("v1"),
                        List.of(
                                candidate("a", false, Set.of("v1"), "v1"),
                                candidate("b", true, Set.of()),
                                candidate("c", true, Set.of("v1")))));
    }

    @Test
    void nobodyCan_addressStays_andNobodyHasItTwice() {
        assertEquals(
                Map.of("a", List.of("v1"), "b", List.of()),
                Announcers.assign(
                        Set.of("v1", "v2"),
                        List.of(
                                candidate("a", false, Set.of("v1"), "v1"),
                                candidate("b", false, Set.of("v1"), "v1", "gone"))));
    }

    private static DataplaneNode node(String name, String reason, String... addresses) {
        DataplaneNode node = new DataplaneNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(
                new DataplaneNodeSpec(
                        "edge",
                        "r1",
                        List.of(
                                new DataplaneNodeSpec.Port("isp-a", List.of(addresses), List.of()),
                                new DataplaneNodeSpec.Port(
                                        "core", List.of("192.0.2.9/24"), List.of())),
                        List.of(),
                        List.of()));
        node.setStatus(
                new DataplaneNodeStatus(
                        1L,
                        "r1",
                        null,
                        "1",
                        null,
                        null,
                        List.of(
                                new ConditionBuilder()
                                        .withType("Ready")
                                        .withStatus("False")
                                        .withReason(reason)
                                        .build())));
        return node;
    }

    @Test
    void leavingNodes_areFoundByTheirAddressesOnClientLinks_asLongAsTheyAreThere() {
        LoadBalancerSpec.Port isp = port("isp-a", "client");
        LoadBalancerSpec.Port core = port("core", "backend");
        LoadBalancerSpec spec =
                new LoadBalancerSpec(null, List.of(isp, core), null, null, null, null);
        List<DataplaneNode> nodes =
                List.of(
                        node("a", ApiNames.LEAVING, "198.51.100.10/24", "2001:db8::10/64"),
                        node("b", "Waiting", "198.51.100.11/24"),
                        node("c", ApiNames.LEAVING, "198.51.100.12/24"));
        assertEquals(
                List.of("198.51.100.10", "2001:db8::10"),
                Handover.addressesOfLeaving(spec, nodes, Set.of("a", "b")));
    }

    private static LoadBalancerSpec.Port port(String name, String role) {
        return new LoadBalancerSpec.Port(
                name, name, null, role, null, null, null, null, List.of(), List.of());
    }

    private static List<PortPlan> plans(String... ranges) {
        LoadBalancerSpec.Port port =
                new LoadBalancerSpec.Port(
                        "isp-a",
                        "net1",
                        null,
                        "client",
                        null,
                        null,
                        null,
                        null,
                        List.of(ranges),
                        List.of());
        return PortPlan.of(new LoadBalancerSpec(null, List.of(port), null, null, null, null));
    }

    private static List<DataplaneNodeSpec.Port> has(String... addresses) {
        return List.of(new DataplaneNodeSpec.Port("isp-a", List.of(addresses), List.of()));
    }

    @Test
    void nodes_keepTheirAddresses_andGetTheLowestFree() {
        NodeAddresses addresses =
                NodeAddresses.assign(
                        plans("198.51.100.10-198.51.100.12/24", "2001:db8::1-2001:db8::9/64"),
                        Map.of(
                                "a", List.of(),
                                "b", has("198.51.100.10/24", "2001:db8::1/64"),
                                "c", has("203.0.113.1/24")));
        assertEquals(has("198.51.100.11/24", "2001:db8::2/64"), addresses.of("a").orElseThrow());
        assertEquals(has("198.51.100.10/24", "2001:db8::1/64"), addresses.of("b").orElseThrow());
        assertEquals(has("198.51.100.12/24", "2001:db8::3/64"), addresses.of("c").orElseThrow());
    }

    @Test
    void range_isExhausted_isTold_andTwoNeverHaveTheSame() {
        NodeAddresses addresses =
                NodeAddresses.assign(
                        plans("198.51.100.10/24"),
                        Map.of("a", has("198.51.100.10/24"), "b", has("198.51.100.10/24")));
        assertEquals(has("198.51.100.10/24"), addresses.of("a").orElseThrow());
        assertEquals(true, addresses.of("b").isEmpty());
        assertEquals(
                List.of("port isp-a has no address left for node b: add to its ranges"),
                addresses.problems());
    }
}
