package io.mptcplb.dpdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel lets this process do: capabilities, locked memory, CPUs. Read at start, never on
 * the packet path.
 */
final class ProcessRights {
    static final int NET_ADMIN = 12;
    static final int NET_RAW = 13;
    static final int IPC_LOCK = 14;
    static final int SYS_ADMIN = 21;

    private ProcessRights() {}

    /** True when the calling process holds the capability in its effective set. */
    static boolean has(int capability) {
        String bits = field("/proc/thread-self/status", "CapEff:");
        return !bits.isEmpty() && (Long.parseUnsignedLong(bits, 16) >>> capability & 1) == 1;
    }

    /** Bytes that may be locked in memory, {@code Long.MAX_VALUE} when unlimited. */
    static long lockedBytesMax() {
        String limits = field("/proc/self/limits", "Max locked memory");
        String soft = limits.split("\\s+", -1)[0];
        return soft.matches("[0-9]{1,18}") ? Long.parseLong(soft) : Long.MAX_VALUE;
    }

    /** CPUs that this process may use, as the kernel writes them: "0-3,8". */
    static String allowedCpus() {
        return field("/proc/self/status", "Cpus_allowed_list:");
    }

    /** The lowest CPU that this process may use. */
    static int firstAllowedCpu() {
        String first = allowedCpus().split("[-,]", -1)[0];
        return first.isEmpty() ? 0 : Integer.parseInt(first);
    }

    private static String field(String file, String name) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(name)) {
                    return line.substring(name.length()).strip();
                }
            }
        } catch (IOException noProc) {
            return "";
        }
        return "";
    }
}
