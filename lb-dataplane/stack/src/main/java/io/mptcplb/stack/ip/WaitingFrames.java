package io.mptcplb.stack.ip;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.util.Arrays;

/**
 * Frames that wait for their destination MAC: a list per neighbour, of slots that all share. A
 * frame here is one buffer, complete but for that MAC.
 */
final class WaitingFrames {
    private static final int END = -1;

    private final int[] firsts;
    private final int[] counts;
    private final long[] buffers;

    /** What the gather descriptor said: header lengths, IP version, unfinished checksum. */
    private final int[] layers;

    private final int[] nexts;
    private final GatherFrame frame = new GatherFrame();
    private int free;
    private int total;

    WaitingFrames(int neighbours, int slots) {
        firsts = new int[neighbours];
        Arrays.fill(firsts, END);
        counts = new int[neighbours];
        buffers = new long[slots];
        layers = new int[slots];
        nexts = new int[slots];
        for (int i = 0; i < slots; i++) {
            nexts[i] = i + 1 < slots ? i + 1 : END;
        }
        free = slots > 0 ? 0 : END;
    }

    /** Frames that wait for one neighbour. */
    int count(int neighbour) {
        return counts[neighbour];
    }

    /** Frames that wait for any. */
    int total() {
        return total;
    }

    /** Appends a frame without slices. False when no slot is left. */
    boolean add(int neighbour, GatherFrame waiting) {
        if (free == END) {
            return false;
        }
        int slot = free;
        free = nexts[slot];
        buffers[slot] = waiting.header();
        layers[slot] =
                waiting.l3Bytes() << 16
                        | waiting.l4Bytes() << 8
                        | (waiting.ipv6() ? 2 : 0)
                        | (waiting.checksumPartial() ? 1 : 0);
        nexts[slot] = END;
        if (firsts[neighbour] == END) {
            firsts[neighbour] = slot;
        } else {
            int last = firsts[neighbour];
            while (nexts[last] != END) {
                last = nexts[last];
            }
            nexts[last] = slot;
        }
        counts[neighbour]++;
        total++;
        return true;
    }

    /** Takes the oldest frame, of which there is one; its buffer is the caller's. */
    long take(int neighbour) {
        int slot = firsts[neighbour];
        firsts[neighbour] = nexts[slot];
        nexts[slot] = free;
        free = slot;
        counts[neighbour]--;
        total--;
        return buffers[slot];
    }

    /** Takes the oldest frame, ready to be sent to {@code mac}; valid until the next call. */
    GatherFrame takeFor(int neighbour, long mac) {
        int facts = layers[firsts[neighbour]];
        long m = take(neighbour);
        long at = Mbuf.data(m);
        Mem.setU16(at, (int) (mac >>> 32));
        Mem.setU32(at + 2, (int) mac);
        frame.begin(m);
        frame.layers(facts >>> 16, facts >>> 8 & 0xff, (facts & 2) != 0);
        if ((facts & 1) != 0) {
            frame.leaveChecksumToPort();
        }
        return frame;
    }
}
