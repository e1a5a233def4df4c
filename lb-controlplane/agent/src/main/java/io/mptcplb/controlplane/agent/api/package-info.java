/**
 * The admin API: JSON over HTTP, for {@code lbctl}, the status page and whoever else asks.
 *
 * <p>{@link io.mptcplb.controlplane.agent.api.AdminApi} has the routes; it asks a {@link
 * io.mptcplb.controlplane.agent.api.Box} for everything. Input that is wrong is answered with a
 * status of 400 to 499 and {@code {"error": {"field": ..., "rule": ...}}}; nothing has changed
 * then, and it is counted.
 *
 * <p>Owner thread: the event loop. Does not: keep anything.
 */
@NullMarked
package io.mptcplb.controlplane.agent.api;

import org.jspecify.annotations.NullMarked;
