package io.mptcplb.dpdk;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/** Frames with known bytes, and the bytes of frames, for tests. */
public final class Frames {
    private Frames() {}

    /** A buffer with {@code bytes} bytes of a pattern that depends on {@code seed}. */
    public static long of(BufferPool pool, int bytes, int seed) {
        long m = pool.alloc();
        if (m == 0) {
            throw new IllegalStateException("pool is empty");
        }
        for (int i = 0; i < bytes; i++) {
            Mem.setU8(Mbuf.data(m) + i, pattern(seed, i));
        }
        Mbuf.setLength(m, bytes);
        return m;
    }

    public static int pattern(int seed, int index) {
        return (seed * 131 + index * 7 + (index >>> 8)) & 0xff;
    }

    /** The bytes of a whole chain. */
    public static byte[] bytes(long m) {
        byte[] all = new byte[Mbuf.pktLen(m)];
        int at = 0;
        for (long segment = m; segment != 0; segment = Mbuf.next(segment)) {
            Mem.copyOut(Mbuf.data(segment), all, at, Mbuf.dataLen(segment));
            at += Mbuf.dataLen(segment);
        }
        return all;
    }
}
