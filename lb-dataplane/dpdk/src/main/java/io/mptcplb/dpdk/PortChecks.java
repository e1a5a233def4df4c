package io.mptcplb.dpdk;

import java.lang.foreign.Arena;

/**
 * What the kernel would refuse, asked before DPDK tries: DPDK itself says little more than
 * "failed". Not for the packet path.
 */
final class PortChecks {
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;

    private PortChecks() {}

    static void requireRoom(int neededBytes, int roomBytes, int mtuBytes) {
        if (roomBytes < neededBytes) {
            throw new DpdkException(
                    DpdkError.ROOM_TOO_SMALL,
                    "buffers of " + roomBytes + " bytes cannot take frames of MTU " + mtuBytes,
                    neededBytes);
        }
    }

    static void requirePacketSocket(String interfaceName) {
        try (Arena arena = Arena.ofConfined()) {
            Posix posix = new Posix(arena);
            int socket = posix.socket(Descriptors.AF_PACKET, SOCK_RAW_CLOEXEC, 0);
            if (socket == -Posix.EPERM) {
                throw new DpdkException(
                        DpdkError.NO_NET_RAW, "no AF_PACKET socket on " + interfaceName);
            }
            if (socket < 0) {
                throw new DpdkException(
                        DpdkError.SYSTEM_CALL_FAILED,
                        "AF_PACKET socket: " + Natives.errorText(socket));
            }
            posix.close(socket);
        }
    }

    static void requireNetAdmin(String interfaceName) {
        if (!ProcessRights.has(ProcessRights.NET_ADMIN)) {
            throw new DpdkException(
                    DpdkError.NO_NET_ADMIN, "the driver sets flags of interface " + interfaceName);
        }
    }

    static void requireLockable(long bytes, String interfaceName) {
        if (!ProcessRights.has(ProcessRights.IPC_LOCK) && bytes > ProcessRights.lockedBytesMax()) {
            throw new DpdkException(
                    DpdkError.MEMLOCK_LIMIT,
                    "the rings of "
                            + interfaceName
                            + " lock "
                            + bytes
                            + " bytes, "
                            + ProcessRights.lockedBytesMax()
                            + " are allowed");
        }
    }

    static void requireDriver(String driver) {
        int soVersion = Natives.require().soVersion();
        String library = Libraries.soname(driver, soVersion);
        if (Libraries.dlopen(library).isEmpty()) {
            throw new DpdkException(
                    DpdkError.DRIVER_MISSING,
                    "cannot load " + library,
                    "librte-" + driver.replace('_', '-') + soVersion);
        }
    }

    static void requireXdpRights(String interfaceName) {
        if (!ProcessRights.has(ProcessRights.SYS_ADMIN)
                || !ProcessRights.has(ProcessRights.IPC_LOCK)) {
            throw new DpdkException(
                    DpdkError.NO_XDP_RIGHTS, "no XDP program on interface " + interfaceName);
        }
    }
}
