/**
 * The agent on Kubernetes: what its node's objects say becomes the box's document, and what became
 * of it the node's status.
 *
 * <p>{@link io.mptcplb.controlplane.agent.kubernetes.NodeKeeper} is the front door. It composes the
 * fleet's revision, the node's own part and the backends of the pools to one document, offers it to
 * the {@link io.mptcplb.controlplane.agent.config.ConfigKeeper} as a watched file would, and tells
 * the API server. The document stands in the state directory: without an API server the box, and an
 * agent that starts anew, go on with the last one; {@link
 * io.mptcplb.controlplane.agent.kubernetes.ClusterLink} looks for it with new connections.
 *
 * <p>Owner thread: the event loop; informers and {@link
 * io.mptcplb.controlplane.agent.kubernetes.NodeWriter} have threads of their own, and hand over
 * what they saw. Does not: decide what a document means, write anything but its own node, that
 * node's status and its Lease.
 */
@NullMarked
package io.mptcplb.controlplane.agent.kubernetes;

import org.jspecify.annotations.NullMarked;
