/**
 * A small network of our own: client with two paths, the wire between, the box, a backend, each in
 * a network namespace, with real kernels at both ends and faults in the middle; by IPv4, or by both
 * versions.
 *
 * <p>{@link io.mptcplb.bench.lab.Lab} builds it and takes it down, also after Ctrl-C and after a
 * killed run. Needs root, iproute2, nftables, ethtool. Owner thread: whoever built the lab; closing
 * is safe from any. Does not: touch an interface or a setting outside its own namespaces.
 */
@NullMarked
package io.mptcplb.bench.lab;

import org.jspecify.annotations.NullMarked;
