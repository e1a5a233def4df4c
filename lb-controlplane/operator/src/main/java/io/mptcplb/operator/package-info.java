/**
 * The operator: resources to fleets. One leads, by a Lease; all that it must remember stands in the
 * API server, so that another one goes on where it stopped.
 *
 * <p>Two ways, which never wait for each other. {@link io.mptcplb.operator.FleetReconciler}, one at
 * a time: addresses, document, revision, rollout, announcers, conditions; what is decided is
 * decided by pure classes ({@link io.mptcplb.operator.Rollout}, {@link
 * io.mptcplb.operator.Announcers}, {@link io.mptcplb.operator.NodeAddresses}, {@link
 * io.mptcplb.operator.NodeLives}) to which time is an argument. {@link
 * io.mptcplb.operator.EndpointsWriter}: EndpointSlices to DataplaneEndpoints, with a debounce.
 *
 * <p>Owner threads: the framework's for reconciling, one for the clock of lives, one for endpoints,
 * Vert.x' event loop for HTTP. Does not: reach a dataplane other than by its node's resources; hold
 * up traffic when it is gone.
 */
@NullMarked
package io.mptcplb.operator;

import org.jspecify.annotations.NullMarked;
