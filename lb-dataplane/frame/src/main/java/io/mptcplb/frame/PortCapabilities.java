package io.mptcplb.frame;

/**
 * What one port can do for the stack.
 *
 * @param mtuBytes largest IP packet, 68 to 65,535
 * @param txChecksum the port finishes TCP checksums from the pseudo-header sum
 * @param txSegmentation the port cuts super-segments (TSO, GSO)
 * @param gather the port sends slices by reference; where false it copies them, and counts that
 * @param rxQueueFrames frames its receive rings can hold: its share of the receive reserve
 */
public record PortCapabilities(
        int mtuBytes,
        boolean txChecksum,
        boolean txSegmentation,
        boolean gather,
        int rxQueueFrames) {}
