package io.mptcplb.controlplane.agent;

import io.mptcplb.controlplane.agent.kubernetes.NodeIdentity;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the agent finds its box, and where it is found.
 *
 * @param state the state directory of the dataplane: control socket, counter file, configuration
 * @param config the configuration file that the agent watches
 * @param httpHost the address of the admin API; loopback unless there is a reason
 * @param httpPort its TCP port; 0 for any free one
 * @param node where resources of Kubernetes say what the configuration is, who we are there
 */
public record AgentOptions(
        Path state, Path config, String httpHost, int httpPort, Optional<NodeIdentity> node) {
    public static final String HTTP_HOST = "127.0.0.1";
    public static final int HTTP_PORT = 9464;

    /** In the state directory: where the agent that runs can be asked. */
    public static final String URL_FILE = "agent.url";

    /** With a configuration file that its user writes. */
    public AgentOptions(Path state, Path config, String httpHost, int httpPort) {
        this(state, config, httpHost, httpPort, Optional.empty());
    }

    /** On Kubernetes: the file is what our node's objects were made to. */
    public static AgentOptions onKubernetes(
            Path state, String httpHost, int httpPort, NodeIdentity node) {
        return new AgentOptions(
                state, state.resolve("node.json"), httpHost, httpPort, Optional.of(node));
    }

    Path socket() {
        return state.resolve("control.sock");
    }

    /** Orders of operators, kept for the next agent. */
    Path orders() {
        return state.resolve("agent.orders");
    }

    Path counters() {
        return state.resolve("counters");
    }

    /** What counters had reached, kept for the next agent. */
    Path carried() {
        return state.resolve("agent.counters");
    }
}
