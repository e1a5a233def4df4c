/**
 * The walk: from an empty cluster to a Service whose clients come over two networks, a policy
 * edited, a network that goes dark, processes killed, and back to an empty cluster. {@code ./lb
 * demo --kubernetes} shows it.
 *
 * <p>Speaks to the cluster as its users do, by kubectl and helm. Owner thread: whoever runs it; its
 * transfers run aside. Does not: bring up clusters or build images, which {@code ./lb} has done
 * before.
 */
@NullMarked
package io.mptcplb.delivery.walk;

import org.jspecify.annotations.NullMarked;
