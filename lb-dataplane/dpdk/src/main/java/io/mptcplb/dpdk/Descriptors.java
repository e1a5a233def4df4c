package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the socket that a driver opened: DPDK does not tell the descriptors of its kernel-backed
 * ports, but they appear in {@code /proc/self/fd} while the port is created.
 */
final class Descriptors {
    static final int AF_PACKET = 17;
    static final int AF_XDP = 44;
    private static final int SOL_SOCKET = 1;
    private static final int SO_DOMAIN = 39;
    private static final int LINK_ADDRESS_BYTES = 32;
    private static final int LINK_ADDRESS_INDEX = 4;

    private Descriptors() {}

    /**
     * Sockets that this process has open, by the kernel's name for each ("socket:[4711]"): numbers
     * are used again, and the look into the folder takes one itself.
     */
    static Map<String, Integer> open() {
        Map<String, Integer> found = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries) {
                String target = target(entry);
                if (target.startsWith("socket:")) {
                    found.put(target, Integer.valueOf(entry.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException noProc) {
            return found;
        }
        return found;
    }

    private static String target(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /**
     * The descriptor that is not in {@code before} and is a socket of the family; of AF_PACKET
     * sockets, the one bound to the interface (other threads may open sockets meanwhile). -1 when
     * there is none.
     */
    static int opened(Map<String, Integer> before, int family, int interfaceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            Posix posix = new Posix(arena);
            for (Map.Entry<String, Integer> entry : open().entrySet()) {
                int descriptor = entry.getValue();
                if (!before.containsKey(entry.getKey())
                        && matches(posix, arena, descriptor, family, interfaceIndex)) {
                    return descriptor;
                }
            }
        }
        return -1;
    }

    private static boolean matches(
            Posix posix, Arena arena, int descriptor, int family, int interfaceIndex) {
        long memory = arena.allocate(LINK_ADDRESS_BYTES + 8, 8).address();
        Mem.register(memory, LINK_ADDRESS_BYTES + 8);
        try {
            long length = memory + LINK_ADDRESS_BYTES;
            Mem.setHostU32(length, 4);
            int result = Posix.getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, memory, length);
            if (result < 0 || Mem.hostU32(memory) != family) {
                return false;
            }
            if (family != AF_PACKET) {
                return true;
            }
            Mem.setHostU32(length, LINK_ADDRESS_BYTES);
            return posix.getsockname(descriptor, memory, length) == 0
                    && Mem.hostU32(memory + LINK_ADDRESS_INDEX) == interfaceIndex;
        } finally {
            Mem.unregister(memory);
        }
    }
}
