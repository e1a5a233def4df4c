package io.mptcplb.policy.path;

import io.mptcplb.contract.control.Command.SetPathPriority;
import java.util.List;

/**
 * What follows from an event or from the time.
 *
 * @param commands for the dataplane, in this order; none when nothing changes
 * @param decisions what was decided, for the log and the event feed
 */
public record PathOutcome(List<SetPathPriority> commands, List<PathDecision> decisions) {
    public PathOutcome {
        commands = List.copyOf(commands);
        decisions = List.copyOf(decisions);
    }
}
