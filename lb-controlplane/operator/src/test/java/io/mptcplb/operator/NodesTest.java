package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.LoadBalancerSpec;
import io.mptcplb.policy.fleet.PortPlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lives, announcers and addresses of nodes. */
class NodesTest {
    private static final long PATIENCE = 1500;

    private final NodeLives lives = new NodeLives();

    private void renew(String node, long now) {
        lives.onLease(node, "renewed at " + now, PATIENCE, true, now);
    }

    @Test
    void node_isSilent_isLost_andLivesAgain() {
        renew("a", 0);
        renew("b", 0);
        renew("a", 1000);
        assertEquals(Set.of("a", "b"), lives.alive(1500));
        assertEquals(Set.of("a"), lives.alive(1501));
        renew("b", 1600);
        assertEquals(Set.of("a", "b"), lives.alive(1600));
    }

    @Test
    void sameRenewalSeenAgain_isNoLife() {
        renew("a", 0);
        renew("b", 0);
        lives.onLease("b", "renewed at 0", PATIENCE, true, 1400);
        renew("a", 1400);
        assertEquals(Set.of("a"), lives.alive(1600));
    }

    @Test
    void allAreSilent_nobodyIsLost_untilSomebodySpeaksAndAnotherDoesNot() {
        renew("a", 0);
        renew("b", 0);
        assertEquals(Set.of("a", "b"), lives.alive(60_000));
        renew("a", 60_000);
        assertEquals(Set.of("a", "b"), lives.alive(61_500), "b may be a little later");
        renew("a", 61_000);
        assertEquals(Set.of("a"), lives.alive(61_501));
        assertEquals(0, lives.silentNanos("b", 60_000));
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
