/**
 * What a worker does before its ports open: the same classes that will serve run short connections,
 * over packet ports joined by sockets ({@link io.mptcplb.app.rehearsal.PacketCabling}) or over
 * ports made of memory, with loss, repeated frames, a path that goes dark, late joins, resets and
 * clean ends, between a box of two workers and its peers, so that the first client and the first
 * failover meet compiled code.
 *
 * <p>{@link io.mptcplb.app.rehearsal.Rehearsal} is the front door. Time inside is made up and runs
 * as fast as the CPU; randomness is seeded, so that every rehearsal is the same.
 *
 * <p>Owner thread: whoever starts the program. Does not: touch devices, or anything of the worker
 * that will serve but its buffers, which are all back at the end.
 */
@NullMarked
package io.mptcplb.app.rehearsal;

import org.jspecify.annotations.NullMarked;
