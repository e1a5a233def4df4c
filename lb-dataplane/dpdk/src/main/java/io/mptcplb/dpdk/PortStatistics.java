package io.mptcplb.dpdk;

/**
 * What a port's driver or the kernel counted since the port opened. One instance per port, read
 * anew by {@link DevicePort#statistics} without allocating. Owner: the port's thread.
 */
public interface PortStatistics {
    long rxFrames();

    long txFrames();

    /** Bytes of Ethernet frames, without what the wire adds. */
    long rxBytes();

    /** Bytes of Ethernet frames, without what the wire adds. */
    long txBytes();

    /** Frames that were lost because the device's ring or the socket's queue was full. */
    long rxMissed();

    /** Frames that were found broken: they, or what came with them, do not hold together. */
    long rxErrors();

    /** Frames that the device did not send. */
    long txErrors();

    /** Receive attempts for which the pool had no buffer. */
    long rxNoBuffer();

    /** Bytes of memory that the kernel lets the port's socket queue; 0 where there is no socket. */
    default long rxQueueBytes() {
        return 0;
    }
}
