package io.mptcplb.policy.path;

/**
 * What was decided, and by whom.
 *
 * @param decider a policy by its name, {@link #OPERATOR} or {@link #AGENT}
 * @param text what and why, in one sentence
 */
public record PathDecision(String decider, String text) {
    /** An order of whoever runs the box: it concerns the clients of every policy. */
    public static final String OPERATOR = "operator";

    /** What the agent met when it carried a decision out. */
    public static final String AGENT = "agent";

    @Override
    public String toString() {
        return decider + ": " + text;
    }
}
