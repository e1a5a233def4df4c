/**
 * The path manager: which NIC ports are regular and which are backup right now, for which clients,
 * and why. A state machine in virtual time: {@link io.mptcplb.policy.path.PathEvent}s in, commands
 * for the dataplane and reasons for people out. {@link io.mptcplb.policy.path.PathManager} says in
 * which order to call it.
 *
 * <p>The dataplane needs none of this to serve: it executes the configuration alone, and uses
 * backup paths by itself as long as no regular one can carry. What the manager adds is memory: a
 * path that failed stays set aside until it has been sound for the hold time, so that a flapping
 * one moves no traffic.
 *
 * <p>Owner thread: a manager belongs to whoever made it; records are immutable. Does not: read
 * clocks, know sockets, keep a fact that a snapshot and the operator's orders do not give back.
 */
@NullMarked
package io.mptcplb.policy.path;

import org.jspecify.annotations.NullMarked;
