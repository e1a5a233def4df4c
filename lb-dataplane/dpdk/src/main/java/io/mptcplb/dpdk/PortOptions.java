package io.mptcplb.dpdk;

/**
 * How a port is opened.
 *
 * @param device what stands behind it
 * @param mtuBytes largest IP packet, 68 to 61,356; 0 takes the kernel interface's own, or 1,500
 * @param rxFrames receive descriptors, or slots of an AF_PACKET ring
 * @param txFrames transmit descriptors; as many frames again may wait for room
 * @param promiscuous receive every destination address
 * @param offloads use the checksums and segmentation that the device offers
 * @param queue queue index of this worker; one queue so far, so 0
 */
public record PortOptions(
        PortDevice device,
        int mtuBytes,
        int rxFrames,
        int txFrames,
        boolean promiscuous,
        boolean offloads,
        int queue) {
    private static final int AF_PACKET_FRAMES = 4096;
    private static final int DESCRIPTORS = 1024;

    public PortOptions {
        if (queue != 0) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED, "queue " + queue + ": a port has one queue so far");
        }
        if (mtuBytes != 0 && (mtuBytes < 68 || mtuBytes > 0xffff)) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED, "MTU " + mtuBytes + " is not in 68 to 65535");
        }
    }

    /** A kernel interface through AF_PACKET with the interface's MTU. */
    public static PortOptions afPacket(String interfaceName) {
        return of(new PortDevice.AfPacket(interfaceName));
    }

    /** Usual sizes for the kind of device. */
    public static PortOptions of(PortDevice device) {
        int rxFrames = device instanceof PortDevice.AfPacket ? AF_PACKET_FRAMES : DESCRIPTORS;
        return new PortOptions(device, 0, rxFrames, DESCRIPTORS, false, true, 0);
    }

    public PortOptions withMtuBytes(int bytes) {
        return new PortOptions(device, bytes, rxFrames, txFrames, promiscuous, offloads, queue);
    }

    public PortOptions withFrames(int receive, int transmit) {
        return new PortOptions(device, mtuBytes, receive, transmit, promiscuous, offloads, queue);
    }

    public PortOptions withPromiscuous(boolean all) {
        return new PortOptions(device, mtuBytes, rxFrames, txFrames, all, offloads, queue);
    }

    public PortOptions withOffloads(boolean use) {
        return new PortOptions(device, mtuBytes, rxFrames, txFrames, promiscuous, use, queue);
    }
}
