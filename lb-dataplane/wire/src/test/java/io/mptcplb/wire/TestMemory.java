package io.mptcplb.wire;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * Memory in which exactly the bytes under test may be touched: one byte before or behind them is an
 * exception in checked mode, which {@link #TestMemory} insists on.
 */
final class TestMemory implements AutoCloseable {
    static final int ROOM_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment room = arena.allocate(ROOM_BYTES, 64);
    private long registered;

    TestMemory() {
        if (!Mem.CHECKED) {
            throw new IllegalStateException("run with -Dmptcplb.checked=true");
        }
    }

    /** The bytes, at an address that is odd by {@code skew}; what was placed before is gone. */
    long place(byte[] bytes, int count, int skew) {
        long at = expose(count, skew);
        Mem.copyIn(bytes, 0, at, count);
        return at;
    }

    long place(String hex) {
        byte[] bytes = bytes(hex);
        return place(bytes, bytes.length, 0);
    }

    /** Room for exactly {@code count} bytes to be written; nothing of earlier contents is left. */
    long expose(int count, int skew) {
        Mem.unregister(registered);
        room.asSlice(skew, count).fill((byte) 0xa5);
        registered = room.address() + skew;
        Mem.register(registered, count);
        return registered;
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(long from, int count) {
        byte[] bytes = new byte[count];
        Mem.copyOut(from, bytes, 0, count);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        Mem.unregister(registered);
        arena.close();
    }
}
