/**
 * Randomness as an argument: {@link io.mptcplb.stack.random.KeySource} for secrets (keys, nonces,
 * initial sequence numbers, hash keys), {@link io.mptcplb.stack.random.Prng} for everything that
 * must be replayable from a seed (jitter, simulation), and the keyed hash both worlds share.
 *
 * <p>Owner thread: each instance belongs to one worker. Does not: allocate after construction, read
 * entropy on the packet path, lock. JDK only.
 */
@NullMarked
package io.mptcplb.stack.random;

import org.jspecify.annotations.NullMarked;
