package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.dpdk.Posix;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * Frames on their way to the kernel: {@value #SLOTS} rows of pieces, each an offload header, the
 * frame's header buffer and its slices where they lie. The kernel has copied what it takes when the
 * call returns, so every buffer is let go then. Owner: the worker thread.
 */
final class SendBatch implements AutoCloseable {
    /** Frames per system call. */
    static final int SLOTS = 16;

    private static final int PIECES_MAX = 2 + GatherFrame.SLICES_MAX;
    private static final int ROW_BYTES = PIECES_MAX * Message.PIECE_BYTES;
    private static final int VNET_STRIDE_BYTES = 16;
    private static final int EAGAIN = 11;
    private static final int ENXIO = 6;
    private static final int ENODEV = 19;
    private static final int EMSGSIZE = 90;
    private static final int ENETDOWN = 100;
    private static final int ENOBUFS = 105;

    private final BufferPool pool;
    private final VlanTag tag;
    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long messages = zeroed(SLOTS * Message.BYTES);
    private final long pieces = zeroed(SLOTS * ROW_BYTES);
    private final long vnetHeaders = zeroed(SLOTS * VNET_STRIDE_BYTES);
    private final long[] buffers = new long[SLOTS * PIECES_MAX];
    private int held;
    private int count;
    private int bytes;
    private long sentFrames;
    private long sentBytes;
    private final int[] frameBytes = new int[SLOTS];

    SendBatch(BufferPool pool, VlanTag tag) {
        this.pool = pool;
        this.tag = tag;
    }

    private long zeroed(int size) {
        long address = arena.allocate(size, 64).address();
        Mem.register(address, size);
        return address;
    }

    boolean full() {
        return count == SLOTS;
    }

    int waiting() {
        return count;
    }

    /** Bytes of the frames that wait. */
    int waitingBytes() {
        return bytes;
    }

    long sentFrames() {
        return sentFrames;
    }

    long sentBytes() {
        return sentBytes;
    }

    /** Adds a frame, whose header buffer it takes and whose slices it retains; not when full. */
    void add(GatherFrame frame, int mtuBytes) {
        long header = frame.header();
        tag.push(header);
        long vnet = vnetHeaders + (long) count * VNET_STRIDE_BYTES;
        VnetHeader.write(vnet, frame, tag.linkBytes(), mtuBytes);
        long row = pieces + (long) count * ROW_BYTES;
        Message.setPiece(row, vnet, VnetHeader.BYTES);
        Message.setPiece(row + Message.PIECE_BYTES, Mbuf.data(header), Mbuf.dataLen(header));
        buffers[held++] = header;
        long at = row + 2 * Message.PIECE_BYTES;
        for (int i = 0; i < frame.sliceCount(); i++) {
            long m = frame.buffer(i);
            Message.setPiece(at, Mbuf.bufAddr(m) + frame.offset(i), frame.length(i));
            Mbuf.retain(m);
            buffers[held++] = m;
            at += Message.PIECE_BYTES;
        }
        Message.setPieces(message(count), row, 2 + frame.sliceCount());
        frameBytes[count] = Mbuf.dataLen(header) + frame.payloadBytes();
        bytes += frameBytes[count];
        count++;
    }

    private long message(int slot) {
        return messages + (long) slot * Message.BYTES;
    }

    /** Hands all frames to the kernel; returns how many it took. The others are counted. */
    int flush(int socket, long[] drops) {
        int next = 0;
        int taken = 0;
        while (next < count) {
            int sent = Posix.sendmmsg(socket, message(next), count - next, Message.DO_NOT_WAIT);
            if (sent > 0) {
                onSent(next, sent);
                next += sent;
                taken += sent;
            } else {
                int left = count - next;
                int gone = refused(socket, next, left, drops);
                if (gone == 0) {
                    onSent(next, 1);
                    taken++;
                }
                next += Math.max(1, gone);
            }
        }
        letGo();
        return taken;
    }

    private void onSent(int first, int frames) {
        sentFrames += frames;
        for (int i = first; i < first + frames; i++) {
            sentBytes += frameBytes[i];
        }
    }

    /**
     * Asks again for the first frame, for the sake of the reason: the quick call does not keep it.
     * Returns how many frames are dropped, 0 when it went through now.
     */
    private int refused(int socket, int slot, int left, long[] drops) {
        int result = posix.sendmsg(socket, message(slot), Message.DO_NOT_WAIT);
        if (result >= 0) {
            return 0;
        }
        PortDrop reason =
                switch (-result) {
                    // TCP sends again; waiting here would only add to what waits.
                    case EAGAIN, ENOBUFS -> PortDrop.TX_BACKLOG_FULL;
                    case ENETDOWN, ENXIO, ENODEV -> PortDrop.TX_LINK_DOWN;
                    case EMSGSIZE -> PortDrop.TX_OVERSIZED;
                    default -> PortDrop.TX_REFUSED;
                };
        boolean alone = reason == PortDrop.TX_OVERSIZED || reason == PortDrop.TX_REFUSED;
        int dropped = alone ? 1 : left;
        drops[reason.code()] += dropped;
        return dropped;
    }

    /** Drops everything that waits; returns how many frames that were. */
    int dropAll() {
        int dropped = count;
        letGo();
        return dropped;
    }

    private void letGo() {
        for (int i = 0; i < held; i++) {
            pool.release(buffers[i]);
        }
        held = 0;
        count = 0;
        bytes = 0;
    }

    @Override
    public void close() {
        Mem.unregister(messages);
        Mem.unregister(pieces);
        Mem.unregister(vnetHeaders);
        arena.close();
    }
}
