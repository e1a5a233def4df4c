package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.controlplane.agent.config.ConfigKeeper;
import io.mptcplb.controlplane.agent.control.ControlState;
import io.mptcplb.controlplane.agent.model.BoxModel;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.controlplane.agent.model.EventHistory;
import io.mptcplb.policy.path.PathState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that the API shows and does, as the agent has it. */
public interface Box {
    BoxModel model();

    EventHistory history();

    ConfigKeeper keeper();

    /** What the dataplane has; absent as long as that is not known. */
    Optional<LbConfig> config();

    /** The dataplane's figures; absent as long as they cannot be read. */
    Optional<CounterSample> figures();

    /** The figures of the look before. */
    Optional<CounterSample> figuresBefore();

    ControlState control();

    /** How long the last way to a whole picture took. */
    long lastResyncNanos();

    /** Every path of every policy, and why it is as it is. */
    List<PathState> paths();

    /** The policy that a client follows at a virtual server; empty when there is none. */
    Optional<String> policyOf(String virtualServer, IpAddress client);

    /** Path rules that operators ordered. */
    List<SetPathPriority> orders();

    /** Virtual servers that operators ordered to take no new clients. */
    Set<String> drainOrders();

    /** Done when the dataplane has obeyed, and the order is kept. */
    Future<Void> order(SetPathPriority order);

    /** Done when the dataplane has obeyed, and the order is kept. */
    Future<Void> drain(String virtualServer, boolean draining);

    /**
     * Hands over to other nodes; done, with the reason, when the dataplane may be ended. Empty
     * where there are no other nodes.
     *
     * @param limitMillis the most that it may take
     */
    Optional<Future<String>> leave(long limitMillis);
}
