/**
 * A load generator and its backend that believe nothing: every byte received is compared with what
 * must have been sent, and both ends tell each other what they saw.
 *
 * <p>A connection starts with a {@link io.mptcplb.bench.load.Request}. Bulk content follows as
 * numbered blocks of seeded pseudo-random bytes ({@link io.mptcplb.bench.load.BlockWriter}, {@link
 * io.mptcplb.bench.load.BlockReader}), a trailer with length and SHA-256, and the receiver's {@link
 * io.mptcplb.bench.load.Verdict}. Owner thread: one per connection and direction. Does not: build
 * networks, or retry anything.
 */
@NullMarked
package io.mptcplb.bench.load;

import org.jspecify.annotations.NullMarked;
