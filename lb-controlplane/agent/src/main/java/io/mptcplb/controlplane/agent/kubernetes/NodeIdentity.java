package io.mptcplb.controlplane.agent.kubernetes;

/**
 * Who the agent is in the cluster.
 *
 * @param namespace where the operator's own objects are
 * @param node the Kubernetes node, which names our DataplaneNode
 * @param loadBalancer the fleet that the dataplane belongs to
 * @param pod that agent and dataplane run in
 */
public record NodeIdentity(String namespace, String node, String loadBalancer, String pod) {}
