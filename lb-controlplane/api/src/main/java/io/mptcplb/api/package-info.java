/**
 * The resources of group {@code mptcplb.io}, v1alpha1, as Java sees them. Their schemas are written
 * by hand in {@code helm/mptcp-lb/crds-src}, every field explained there; here are the same fields
 * in the same order.
 *
 * <p>What a field left out means: a list is empty, everything else is null. Defaults are filled in
 * by the API server. Owner thread: none, everything but the fabric8 shells is immutable. Does not:
 * judge what fits together, talk to a server.
 */
@NullMarked
package io.mptcplb.api;

import org.jspecify.annotations.NullMarked;
