package io.mptcplb.dpdk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Keeps what DPDK writes to its log while something is set up, so that an error can carry DPDK's
 * own reason. Used from one thread at a time, for one operation; afterwards DPDK logs to stderr and
 * syslog again.
 */
final class NativeLog {
    private static final int LINES_KEPT = 8;

    private final Arena arena = Arena.ofConfined();
    private final Posix posix = new Posix(arena);
    private final MemorySegment out = arena.allocate(16, 8);
    private final long file;

    private NativeLog(boolean capture) {
        file = capture ? posix.openMemstream(out.address(), out.address() + 8) : 0;
        if (file != 0) {
            Natives.openlogStream(file);
        }
    }

    /**
     * Starts to keep the log; with {@code capture} false it goes to stderr as usual, and {@link
     * #end} returns nothing.
     */
    static NativeLog begin(boolean capture) {
        return new NativeLog(capture);
    }

    /** Stops, and returns the last lines that were written, joined by "; ". */
    String end() {
        String text = "";
        if (file != 0) {
            Natives.openlogStream(0);
            posix.fclose(file);
            long address = out.get(ValueLayout.JAVA_LONG, 0);
            long bytes = out.get(ValueLayout.JAVA_LONG, 8);
            byte[] copy =
                    MemorySegment.ofAddress(address)
                            .reinterpret(bytes)
                            .toArray(ValueLayout.JAVA_BYTE);
            text = new String(copy, StandardCharsets.UTF_8);
            posix.free(address);
        }
        arena.close();
        return lastLines(text);
    }

    private static String lastLines(String text) {
        String[] lines = text.strip().split("\\R", -1);
        StringBuilder joined = new StringBuilder();
        for (int i = Math.max(0, lines.length - LINES_KEPT); i < lines.length; i++) {
            joined.append(joined.isEmpty() ? "" : "; ").append(lines[i].strip());
        }
        return joined.isEmpty() ? "" : " [DPDK: " + joined + "]";
    }
}
