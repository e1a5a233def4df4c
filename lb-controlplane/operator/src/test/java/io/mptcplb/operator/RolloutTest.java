package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.api.LoadBalancerStatus.RolloutStatus;
import io.mptcplb.api.LoadBalancerStatus.Step;
import io.mptcplb.operator.Rollout.Decision;
import io.mptcplb.operator.Rollout.Node;
import io.mptcplb.operator.Rollout.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RolloutTest {
    private static final RolloutPlan PLAN =
            new RolloutPlan(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(20),
                    new RolloutPlan.Share(1, false),
                    10);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private State state = new State(null, null, null, null);
    private final Map<String, Node> nodes = new TreeMap<>();

    private void node(String name, @Nullable String revision, @Nullable String applied) {
        nodes.put(
                name,
                new Node(name, true, false, true, 0, revision, applied, "1", Optional.empty()));
    }

    /** A fleet of three that runs a good revision. */
    private void steady(String revision) {
        state = new State(revision, null, null, null);
        List.of("a", "b", "c").forEach(name -> node(name, revision, revision));
    }

    /** Decides, remembers, and tells the nodes. */
    private Decision decide(String desired) {
        Decision decision =
                Rollout.decide(desired, state, new ArrayList<>(nodes.values()), PLAN, now);
        state = decision.state();
        nodes.replaceAll((name, node) ->
                new Node(
                        name,
                        node.isAlive(),
                        node.isLeaving(),
                        node.isReady(),
                        node.announced(),
                        decision.revisions().get(name),
                        node.applied(),
                        node.epoch(),
                        Optional.empty()));
        return decision;
    }

    /** Nodes acknowledge what they were told. */
    private void acknowledge(String... names) {
        for (String name : names) {
            Node node = nodes.get(name);
            node(name, node.revision(), node.revision());
        }
    }

    private void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    private String told() {
        StringBuilder told = new StringBuilder();
        nodes.values().forEach(node -> told.append(node.revision()).append(' '));
        return told.toString().strip();
    }

    private RolloutStatus rollout() {
        RolloutStatus rollout = state.rollout();
        assertNotNull(rollout);
        return rollout;
    }

    @Test
    void newRevision_reachesOneNode_thenAllOneByOne() {
        steady("r1");
        assertEquals("rollout of r2 begins at node a", decide("r2").notes().getFirst());
        assertEquals("r2 r1 r1", told());
        decide("r2");
        assertEquals("r2 r1 r1", told(), "not acknowledged");
        acknowledge("a");
        Decision baking = decide("r2");
        assertEquals(Step.BAKE, rollout().step());
        assertEquals(Optional.of(Duration.ofSeconds(60)), baking.wakeAfter());
        pass(59);
        decide("r2");
        assertEquals("r2 r1 r1", told(), "not baked");
        pass(1);
        decide("r2");
        assertEquals("r2 r2 r1", told());
        decide("r2");
        assertEquals("r2 r2 r1", told(), "one at a time");
        acknowledge("b");
        decide("r2");
        assertEquals("r2 r2 r2", told());
        acknowledge("c");
        decide("r2");
        assertEquals(new State("r2", null, null, null), state);
    }

    @Test
    void firstRevision_isToldToAll_andGoodOnceOneRunsIt() {
        List.of("a", "b").forEach(name -> node(name, null, null));
        assertEquals(Optional.empty(), decide("r1").wakeAfter());
        assertEquals("r1 r1", told());
        pass(600);
        decide("r1");
        assertEquals("r1 r1", told(), "dataplanes that start together take their time");
        node("c", null, null);
        decide("r1");
        assertEquals("r1 r1 r1", told());
        acknowledge("b");
        decide("r1");
        assertEquals(new State("r1", null, null, null), state);
        assertEquals("r1 r1 r1", told());
    }

    @Test
    void firstRevision_isRefused_nothingIsInForceUntilTheResourcesChange() {
        List.of("a", "b").forEach(name -> node(name, null, null));
        decide("r1");
        nodes.put(
                "b",
                new Node("b", true, false, true, 0, "r1", null, "1", Optional.of("Invalid: x")));
        Decision back = decide("r1");
        assertEquals(new State(null, "r1", "node b refuses: Invalid: x", null), state);
        assertTrue(back.notes().getFirst().startsWith("back from r1 to nothing"), back::toString);
        decide("r2");
        assertEquals("r2 r2", told());
    }

    @Test
    void canaryRefuses_backWithItsReason_andNotTriedAgain() {
        steady("r1");
        decide("r2");
        nodes.put(
                "a",
                new Node(
                        "a",
                        true,
                        false,
                        true,
                        0,
                        "r2",
                        "r1",
                        "1",
                        Optional.of("Refused: no room")));
        Decision back = decide("r2");
        assertEquals("r1 r1 r1", told());
        assertEquals(new State("r1", "r2", "node a refuses: Refused: no room", null), state);
        assertTrue(back.notes().getFirst().startsWith("back from r2 to r1"), back::toString);
        pass(600);
        decide("r2");
        assertEquals("r1 r1 r1", told(), "frozen");
        decide("r3");
        assertEquals("r3 r1 r1", told(), "another one is tried");
    }

    /** A dataplane that ended over it is away, and its node is not heard meanwhile. */
    @Test
    void canaryRefuses_andIsNotHeardAnyMore_backAtOnce() {
        steady("r1");
        decide("r2");
        Optional<String> why = Optional.of("DataplaneRefuses: x");
        nodes.put("a", new Node("a", false, false, false, 0, "r2", "r1", "1", why));
        decide("r2");
        assertEquals("node a refuses: DataplaneRefuses: x", state.refusedReason());
    }

    @Test
    void canaryIsSilent_backAtTheDeadline() {
        steady("r1");
        assertEquals(Optional.of(Duration.ofSeconds(20)), decide("r2").wakeAfter());
        pass(19);
        decide("r2");
        assertEquals("r2 r1 r1", told());
        pass(1);
        decide("r2");
        assertEquals("node a did not acknowledge within 20 s", state.refusedReason());
        assertEquals("r1 r1 r1", told());
    }

    /** It begins anew with a revision that says so: its Lease and its readiness come after it. */
    @Test
    void canaryRunsIt_beforeItsNodeIsHeardAgainAndReady_nothingIsAcknowledgedYet() {
        steady("r1");
        decide("r2");
        for (boolean isHeard : new boolean[] {false, true}) {
            nodes.put(
                    "a",
                    new Node("a", isHeard, false, !isHeard, 0, "r2", "r2", "2", Optional.empty()));
            decide("r2");
            decide("r2");
            assertEquals(Step.CANARY, rollout().step(), "heard: " + isHeard);
        }
        acknowledge("a");
        decide("r2");
        assertEquals(Step.BAKE, rollout().step());
    }

    @Test
    void canaryRunsIt_andIsNeverReady_backAtTheDeadline() {
        steady("r1");
        decide("r2");
        nodes.put("a", new Node("a", true, false, false, 0, "r2", "r2", "2", Optional.empty()));
        decide("r2");
        pass(20);
        decide("r2");
        assertEquals("r2", state.refused());
        assertEquals("node a did not acknowledge within 20 s", state.refusedReason());
    }

    @Test
    void canaryCrashes_whileItBakes_back() {
        steady("r1");
        decide("r2");
        acknowledge("a");
        decide("r2");
        nodes.put("a", new Node("a", true, false, true, 0, "r2", "r2", "2", Optional.empty()));
        decide("r2");
        assertEquals(
                "node a crashed after it had acknowledged: its dataplane started again",
                state.refusedReason());
        assertEquals("r1 r1 r1", told());
    }

    @Test
    void canaryIsLostOrNotReady_whileItBakes_back() {
        for (Node broken :
                List.of(
                        new Node("a", false, false, true, 0, "r2", "r2", "1", Optional.empty()),
                        new Node("a", true, false, false, 0, "r2", "r2", "1", Optional.empty()))) {
            steady("r1");
            decide("r2");
            acknowledge("a");
            decide("r2");
            nodes.put("a", broken);
            decide("r2");
            assertEquals("r2", state.refused(), broken::toString);
        }
    }

    @Test
    void canary_isWhereTheFewestClientsAre() {
        steady("r1");
        nodes.put("a", new Node("a", true, false, true, 2, "r1", "r1", "1", Optional.empty()));
        nodes.put("b", new Node("b", true, false, true, 1, "r1", "r1", "1", Optional.empty()));
        decide("r2");
        assertEquals("r1 r1 r2", told());
    }

    /** Its pod is replaced: that says nothing of the revision, and another node goes first. */
    @Test
    void canaryLeaves_byItsOwnWill_anotherIsTheCanary() {
        steady("r1");
        decide("r2");
        acknowledge("a");
        decide("r2");
        nodes.put("a", new Node("a", false, true, false, 0, "r2", "r2", "1", Optional.empty()));
        decide("r2");
        assertNull(state.refused());
        nodes.put("a", new Node("a", true, false, true, 0, "r2", null, "2", Optional.empty()));
        pass(60);
        decide("r2");
        assertNull(state.refused(), "its next life is none of a crash");
        for (int i = 0; i < 6; i++) {
            List.of("a", "b", "c")
                    .forEach(name -> {
                        if (nodes.get(name).revision() != null) {
                            acknowledge(name);
                        }
                    });
            decide("r2");
            pass(60);
        }
        assertEquals("r2", state.current());
    }

    @Test
    void nodeIsLost_duringWaves_othersGoOn() {
        steady("r1");
        decide("r2");
        acknowledge("a");
        decide("r2");
        pass(60);
        decide("r2");
        nodes.put("b", new Node("b", false, false, true, 0, "r2", "r1", "1", Optional.empty()));
        decide("r2");
        assertEquals("r2 r1 r2", told(), "b is told again when it returns");
        acknowledge("c");
        decide("r2");
        assertEquals("r2", state.current());
        assertEquals("r2 r2 r2", told());
    }

    @Test
    void secondNodeRefuses_allGoBack() {
        steady("r1");
        decide("r2");
        acknowledge("a");
        decide("r2");
        pass(60);
        decide("r2");
        nodes.put(
                "b",
                new Node("b", true, false, true, 0, "r2", "r1", "1", Optional.of("Refused: x")));
        decide("r2");
        assertEquals("r1 r1 r1", told());
        assertEquals("node b refuses: Refused: x", state.refusedReason());
    }

    @Test
    void resourcesChangeMeanwhile_theTouchedNodeIsTheNextCanary_othersGoBack() {
        steady("r1");
        decide("r2");
        acknowledge("a");
        decide("r2");
        pass(60);
        decide("r2");
        decide("r3");
        assertEquals("r3 r1 r1", told());
        assertEquals(Step.CANARY, rollout().step());
    }

    @Test
    void resourcesComeBack_rolloutEnds() {
        steady("r1");
        decide("r2");
        decide("r1");
        assertEquals("r1 r1 r1", told());
        assertNull(state.rollout());
    }

    @Test
    void newNode_getsTheGoodRevisionAtOnce() {
        steady("r1");
        node("d", null, null);
        decide("r1");
        assertEquals("r1 r1 r1 r1", told());
    }

    @Test
    void decidedAgain_fromWhatIsRemembered_theSame() {
        steady("r1");
        decide("r2");
        State remembered = state;
        // Killed after it remembered, before it told the node: the next one tells it.
        steady("r1");
        state = remembered;
        decide("r2");
        assertEquals("r2 r1 r1", told());
        assertEquals(remembered, state);
    }

    @Test
    void nobodyLives_nothingBegins() {
        nodes.put("a", new Node("a", false, false, false, 0, null, null, null, Optional.empty()));
        decide("r1");
        assertNull(state.rollout());
        assertEquals("null", told());
    }
}
