/**
 * A real Kubernetes for tests tagged {@code cluster}: the one that {@code MPTCP_LB_KUBECONFIG}
 * names. Tests make what they need under names of their own and take it away again.
 *
 * <p>Owner thread: the test's. Does not: bring a cluster up, ship.
 */
@NullMarked
package io.mptcplb.cluster;

import org.jspecify.annotations.NullMarked;
