package io.mptcplb.bench.lab;

import java.io.IOException;
import java.util.Locale;

/**
 * One of the client's two paths, as the wire sees it: up is from client to box. All faults sit
 * outside the box's namespace, so that they act on a box that bypasses the kernel, too.
 */
public interface LabPath {
    /** Both directions. */
    void rateMbit(double mbit) throws IOException;

    /**
     * Random loss of IP packets in percent, each direction drawn for itself; 0 ends it. ARP and
     * ICMPv6 are spared: one lost request for a neighbour costs a second, and would be what most
     * short runs measure.
     */
    void lossPercent(double up, double down) throws IOException;

    /** Frames vanish, silently, both ways, and so do those that wait in the path's queue. */
    void blackhole() throws IOException;

    /** Frames that vanished in one direction since {@link #blackhole}; 0 when it has ended. */
    long darkFrames(boolean up) throws IOException;

    /** Both ends lose carrier. */
    void carrierDown() throws IOException;

    /** Ends {@link #blackhole} and {@link #carrierDown}. */
    void heal() throws IOException;

    /** nft's statement for a loss: random numbers of the kernel, not reproducible by seed. */
    static String lossStatement(double percent) {
        return String.format(
                Locale.ROOT,
                "meta protocol { ip, ip6 } meta l4proto != ipv6-icmp numgen random mod 1000000 < %d"
                        + " counter drop",
                Math.round(percent * 10_000));
    }
}
