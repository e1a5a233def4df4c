package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;

/**
 * How a packet port is opened.
 *
 * @param interfaceName in the calling thread's network namespace
 * @param mtuBytes largest IP packet, 68 to 65,535; 0 takes the interface's own
 * @param receiveBytes memory asked of the kernel for frames that wait; what it grants may be less
 * @param offloads frames to send may leave checksums and segments to the kernel
 * @param vlan the VLAN whose frames are taken and sent, tagged, 1 to 4,094; 0 for frames without
 */
public record PacketOptions(
        String interfaceName, int mtuBytes, int receiveBytes, boolean offloads, int vlan) {
    /** The kernel doubles it: room for 127 super-frames, which count 64 KB and their overhead. */
    public static final int RECEIVE_BYTES_DEFAULT = 4 << 20;

    private static final int VLAN_MAX = 4094;
    private static final int MTU_BYTES_MIN = 68;
    private static final int MTU_BYTES_MAX = 65_535;

    public PacketOptions {
        if (mtuBytes != 0 && (mtuBytes < MTU_BYTES_MIN || mtuBytes > MTU_BYTES_MAX)) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED, "MTU " + mtuBytes + " is not in 68 to 65535");
        }
        if (receiveBytes <= 0) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED, "receive memory of " + receiveBytes + " bytes");
        }
        if (vlan < 0 || vlan > VLAN_MAX) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED, "VLAN " + vlan + " is not in 0 to " + VLAN_MAX);
        }
    }

    /** The interface's own MTU, all offloads. */
    public static PacketOptions of(String interfaceName) {
        return new PacketOptions(interfaceName, 0, RECEIVE_BYTES_DEFAULT, true, 0);
    }

    public PacketOptions withMtuBytes(int bytes) {
        return new PacketOptions(interfaceName, bytes, receiveBytes, offloads, vlan);
    }

    public PacketOptions withReceiveBytes(int bytes) {
        return new PacketOptions(interfaceName, mtuBytes, bytes, offloads, vlan);
    }

    public PacketOptions withOffloads(boolean use) {
        return new PacketOptions(interfaceName, mtuBytes, receiveBytes, use, vlan);
    }

    public PacketOptions withVlan(int id) {
        return new PacketOptions(interfaceName, mtuBytes, receiveBytes, offloads, id);
    }
}
