package io.mptcplb.policy.path;

import io.mptcplb.contract.control.PathPriority;

/**
 * One path of one policy as it stands, for tables and pages.
 *
 * @param up false while the port is known to have no carrier
 * @param configured what the policy says: regular or backup
 * @param effective what holds; CONFIGURED when orders of an operator differ among the policy's
 *     clients
 * @param decidedBy who says so
 * @param reason why, in words
 */
public record PathState(
        String policy,
        String port,
        boolean up,
        PathPriority configured,
        PathPriority effective,
        Decider decidedBy,
        String reason) {
    /** Whose word holds. */
    public enum Decider {
        CONFIGURATION,
        PATH_MANAGER,
        OPERATOR
    }
}
