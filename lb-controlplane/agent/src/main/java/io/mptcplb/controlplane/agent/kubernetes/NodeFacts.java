package io.mptcplb.controlplane.agent.kubernetes;

import java.util.Optional;

/**
 * All that a node's status is made of.
 *
 * @param generation of the DataplaneNode that was looked at
 * @param wanted the revision that it names; empty before the operator has named one
 * @param applied what the dataplane has acknowledged last, as far as that is known
 * @param problem why the wanted one is not in force, and as what it is reported
 * @param live the agent is in step with the dataplane
 * @param leaving the pod is to end
 * @param epoch the dataplane's life; 0 before the first
 */
record NodeFacts(
        long generation,
        String wanted,
        Optional<Desired> applied,
        Optional<Problem> problem,
        boolean live,
        boolean leaving,
        long epoch,
        Figures figures) {
    /** A condition's reason and message. */
    record Problem(String reason, String message) {}

    /** Since the dataplane started. */
    record Figures(long established, long refused, long connections) {
        static final Figures NONE = new Figures(0, 0, 0);
    }
}
