/**
 * A deterministic world for tests: virtual time, hosts that run the real stack, links that lose,
 * delay, reorder, duplicate and corrupt frames, and peers that know every byte they should see.
 *
 * <p>Everything follows from one seed. A failure names it; the same seed repeats the same run. Not
 * shipped.
 *
 * <p>Owner thread: the test. Does not: read clocks, start threads, know Kubernetes or DPDK.
 */
@NullMarked
package io.mptcplb.sim;

import org.jspecify.annotations.NullMarked;
