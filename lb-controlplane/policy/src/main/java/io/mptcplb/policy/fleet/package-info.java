/**
 * Kubernetes resources, made into what a fleet of dataplanes is told: pure functions.
 *
 * <p>{@link io.mptcplb.policy.fleet.AddressBook} gives Services their virtual addresses, {@link
 * io.mptcplb.policy.fleet.FleetTranslation} makes Services and SubflowPolicies the fleet's document
 * in the vocabulary of {@code lb.yaml}, {@link io.mptcplb.policy.fleet.EndpointsTranslation} makes
 * EndpointSlices its pools. What each object is to be told about itself comes out as {@link
 * io.mptcplb.policy.fleet.Statement}s.
 *
 * <p>One object that is wrong never keeps another one out: it is left out, and told so. Owner
 * thread: none. Does not: talk to a server, know the time.
 */
@NullMarked
package io.mptcplb.policy.fleet;

import org.jspecify.annotations.NullMarked;
