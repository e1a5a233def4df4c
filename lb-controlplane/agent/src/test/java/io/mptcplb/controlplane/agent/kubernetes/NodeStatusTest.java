package io.mptcplb.controlplane.agent.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Condition;
import io.mptcplb.api.DataplaneNodeStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeStatusTest {
    private static final String THEN = "2026-01-01T00:00:00Z";
    private static final String NOW = "2026-01-01T00:00:09Z";
    private static final Desired ONE = new Desired("edge-1", 5, "{}");

    private static NodeFacts facts(
            String wanted,
            Optional<Desired> applied,
            NodeFacts.@Nullable Problem problem,
            boolean live) {
        return new NodeFacts(
                3,
                wanted,
                applied,
                Optional.ofNullable(problem),
                live,
                false,
                live ? 77 : 0,
                new NodeFacts.Figures(10, 1, 4));
    }

    private static String text(DataplaneNodeStatus status, String type) {
        for (Condition one : status.conditions()) {
            if (one.getType().equals(type)) {
                return one.getStatus()
                        + " "
                        + one.getReason()
                        + " since "
                        + one.getLastTransitionTime()
                        + ": "
                        + one.getMessage();
            }
        }
        return "";
    }

    @Test
    void inForce_isProgrammedAndReady() {
        NodeFacts facts = facts("edge-1", Optional.of(ONE), null, true);
        DataplaneNodeStatus status = NodeStatus.of(facts, "pod-1", null, THEN);
        assertEquals(
                "True Programmed since " + THEN + ": revision edge-1 is in force",
                text(status, "Programmed"));
        assertEquals("True Ready since " + THEN + ": the dataplane serves", text(status, "Ready"));
        assertEquals("edge-1", status.appliedRevision());
        assertEquals(5, status.appliedEndpoints());
        assertEquals("77", status.dataplaneEpoch());
        assertEquals(3, status.observedGeneration());
    }

    @Test
    void refused_saysWhy_andTheOldOneIsStillApplied() {
        DataplaneNodeStatus old =
                NodeStatus.of(facts("edge-1", Optional.of(ONE), null, true), "pod-1", null, THEN);
        NodeFacts.Problem problem = new NodeFacts.Problem("Invalid", "ports[0].mtu: no");
        NodeFacts facts = facts("edge-2", Optional.of(ONE), problem, true);
        DataplaneNodeStatus status = NodeStatus.of(facts, "pod-1", old, NOW);
        assertEquals(
                "False Invalid since " + NOW + ": ports[0].mtu: no", text(status, "Programmed"));
        assertEquals("True Ready since " + THEN + ": the dataplane serves", text(status, "Ready"));
        assertEquals("edge-1", status.appliedRevision());
    }

    @Test
    void anAgentThatStarts_keepsWhatOnlyTheStatusKnows() {
        DataplaneNodeStatus old =
                NodeStatus.of(facts("edge-1", Optional.of(ONE), null, true), "pod-1", null, THEN);
        NodeFacts facts = facts("edge-2", Optional.empty(), null, false);
        DataplaneNodeStatus status = NodeStatus.of(facts, "pod-1", old, NOW);
        assertEquals("edge-1", status.appliedRevision());
        assertEquals("77", status.dataplaneEpoch());
        assertTrue(text(status, "Programmed").startsWith("False Reconciling since " + NOW));
        assertTrue(text(status, "Ready").startsWith("False Waiting"));
    }

    @Test
    void leaving_isNotReady_whateverItServes_andThatIsNews() {
        DataplaneNodeStatus serves =
                NodeStatus.of(facts("edge-1", Optional.of(ONE), null, true), "", null, THEN);
        NodeFacts facts =
                new NodeFacts(
                        3,
                        "edge-1",
                        Optional.of(ONE),
                        Optional.empty(),
                        true,
                        true,
                        77,
                        new NodeFacts.Figures(10, 1, 4));
        DataplaneNodeStatus leaves = NodeStatus.of(facts, "", serves, NOW);
        assertTrue(text(leaves, "Ready").startsWith("False Leaving since " + NOW));
        assertTrue(text(leaves, "Programmed").startsWith("True"));
        assertTrue(NodeStatus.isNews(leaves, serves));
    }

    @Test
    void figuresAlone_areNoNews() {
        NodeFacts facts = facts("edge-1", Optional.of(ONE), null, true);
        DataplaneNodeStatus status = NodeStatus.of(facts, "pod-1", null, THEN);
        NodeFacts more =
                new NodeFacts(
                        3,
                        "edge-1",
                        Optional.of(ONE),
                        Optional.empty(),
                        true,
                        false,
                        77,
                        new NodeFacts.Figures(11, 1, 4));
        assertFalse(NodeStatus.isNews(NodeStatus.of(more, "pod-1", status, NOW), status));
        assertTrue(
                NodeStatus.isNews(
                        NodeStatus.of(
                                facts("edge-2", Optional.of(ONE), null, true), "", status, NOW),
                        status));
    }
}
