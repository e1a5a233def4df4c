package io.mptcplb.dpdk.packet;

import io.mptcplb.frame.Mem;

/**
 * {@code struct mmsghdr}, {@code struct iovec} and {@code struct cmsghdr} with a packet's auxiliary
 * data, as the kernel lays them out for 64-bit processes.
 */
final class Message {
    /** {@code struct mmsghdr}: a message header, and the bytes that were received. */
    static final int BYTES = 64;

    static final int PIECE_BYTES = 16;

    /** CMSG_SPACE of {@code struct tpacket_auxdata}. */
    static final int CONTROL_BYTES = 40;

    /** The frame was longer than the pieces. */
    static final int TRUNCATED = 0x20;

    static final int DO_NOT_WAIT = 0x40;

    private static final int PIECES = 16;
    private static final int PIECE_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int RECEIVED = 56;

    private static final int CONTROL_DATA = 16;
    private static final int AUX_STATUS = CONTROL_DATA;
    private static final int AUX_VLAN_TCI = CONTROL_DATA + 16;
    private static final int VLAN_VALID = 1 << 4;

    private Message() {}

    static void setPieces(long message, long pieces, int count) {
        Mem.setHostU64(message + PIECES, pieces);
        Mem.setHostU64(message + PIECE_COUNT, count);
    }

    static void setPiece(long piece, long address, int bytes) {
        Mem.setHostU64(piece, address);
        Mem.setHostU64(piece + 8, bytes);
    }

    /**
     * Room for the auxiliary data, which is empty; the kernel takes it away with each message. No
     * other data is ever asked for.
     */
    static void setControl(long message, long control) {
        Mem.setHostU64(message + CONTROL, control);
        Mem.setHostU64(message + CONTROL_LENGTH, CONTROL_BYTES);
        Mem.setHostU32(control + AUX_STATUS, 0);
    }

    static int received(long message) {
        return Mem.hostU32(message + RECEIVED);
    }

    static boolean truncated(long message) {
        return (Mem.hostU32(message + FLAGS) & TRUNCATED) != 0;
    }

    /**
     * The VLAN tag that the kernel took out of the frame, or -1: it has left the status empty where
     * it wrote nothing.
     */
    static int vlanTci(long control) {
        boolean tagged = (Mem.hostU32(control + AUX_STATUS) & VLAN_VALID) != 0;
        return tagged ? Mem.hostU16(control + AUX_VLAN_TCI) : -1;
    }

    // ---- for tests, what the kernel writes

    static void complete(long message, int bytes, int flags) {
        Mem.setHostU32(message + RECEIVED, bytes);
        Mem.setHostU32(message + FLAGS, flags);
    }

    static void completeControl(long control, int status, int tci) {
        Mem.setHostU32(control + AUX_STATUS, status);
        Mem.setHostU16(control + AUX_VLAN_TCI, tci);
    }
}
