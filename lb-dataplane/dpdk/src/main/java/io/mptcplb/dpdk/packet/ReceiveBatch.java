package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.dpdk.Posix;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that wait for frames: {@value #SLOTS} rows, each with room for the longest frame, into
 * which the kernel scatters. A frame takes the buffers that it touched; the others of its row wait
 * on, so that a short frame costs one buffer. A row is filled up again right before it is offered:
 * what was released last is taken first, and still in the cache. Owner: the worker thread.
 */
final class ReceiveBatch implements AutoCloseable {
    /** Frames per system call: more only cools the cache. */
    static final int SLOTS = 16;

    /** The longest frame: an IP packet of 65,535 bytes behind Ethernet and one tag inline. */
    static final int FRAME_BYTES_MAX = 65_535 + 14 + 4;

    private static final int VNET_STRIDE_BYTES = 16;

    private final BufferPool pool;
    private final VlanTag tag;
    private final int pieceBytes;
    private final int piecesMax;
    private final Arena arena = Arena.ofShared();
    private final long messages;
    private final long pieces;
    private final long vnetHeaders;
    private final long controls;
    private final long[] buffers;

    /** Buffers at the front of each row that went away with a frame. */
    private final int[] missing = new int[SLOTS];

    /** Rows from the first on that are full. */
    private int ready;

    private long starved;

    ReceiveBatch(BufferPool pool, VlanTag tag) {
        this.pool = pool;
        this.tag = tag;
        pieceBytes = pool.roomBytes() - Mbuf.HEADROOM_BYTES;
        piecesMax = (FRAME_BYTES_MAX + pieceBytes - 1) / pieceBytes;
        messages = zeroed(SLOTS * Message.BYTES);
        pieces = zeroed(SLOTS * rowBytes());
        vnetHeaders = zeroed(SLOTS * VNET_STRIDE_BYTES);
        controls = zeroed(SLOTS * Message.CONTROL_BYTES);
        buffers = new long[SLOTS * piecesMax];
        for (int slot = 0; slot < SLOTS; slot++) {
            missing[slot] = piecesMax;
            Message.setPieces(message(slot), row(slot), 1 + piecesMax);
            Message.setPiece(row(slot), vnetHeader(slot), VnetHeader.BYTES);
            Message.setControl(message(slot), control(slot));
        }
    }

    private long zeroed(int bytes) {
        long address = arena.allocate(bytes, 64).address();
        Mem.register(address, bytes);
        return address;
    }

    private int rowBytes() {
        return (1 + piecesMax) * Message.PIECE_BYTES;
    }

    private long row(int slot) {
        return pieces + (long) slot * rowBytes();
    }

    long message(int slot) {
        return messages + (long) slot * Message.BYTES;
    }

    long vnetHeader(int slot) {
        return vnetHeaders + (long) slot * VNET_STRIDE_BYTES;
    }

    long control(int slot) {
        return controls + (long) slot * Message.CONTROL_BYTES;
    }

    /** Buffers that the batch holds when all rows are full. */
    int buffersHeld() {
        return SLOTS * piecesMax;
    }

    /** Room for data in one buffer. */
    int pieceBytes() {
        return pieceBytes;
    }

    /**
     * Receives up to {@code most} frames, which are then {@link #take taken} by their number from
     * 0; returns how many. While the pool lacks buffers for a whole row, frames wait in the socket.
     */
    int receive(int socket, int most) {
        int rows = Math.min(most, fill());
        if (rows < most) {
            starved++;
            if (rows == 0) {
                return 0;
            }
        }
        // No frame, or the error of a link that went down, which this call has cleared.
        return Math.max(0, Posix.recvmmsg(socket, messages, rows, Message.DO_NOT_WAIT));
    }

    /** Times that the pool had not enough buffers for as many frames as were asked for. */
    long starved() {
        return starved;
    }

    /** Fills up rows; returns how many from the first on are full. */
    int fill() {
        while (ready < SLOTS && fill(ready)) {
            ready++;
        }
        return ready;
    }

    private boolean fill(int slot) {
        int base = slot * piecesMax;
        for (int i = missing[slot] - 1; i >= 0; i--) {
            long m = pool.alloc();
            if (m == 0) {
                missing[slot] = i + 1;
                return false;
            }
            buffers[base + i] = m;
            Message.setPiece(
                    row(slot) + (long) (1 + i) * Message.PIECE_BYTES, Mbuf.data(m), pieceBytes);
        }
        missing[slot] = 0;
        return true;
    }

    /** The frame of this number, or 0 when it was dropped and counted. */
    long take(int slot, long[] drops) {
        ready = Math.min(ready, slot);
        long message = message(slot);
        long header = vnetHeader(slot);
        int frameBytes = Message.received(message) - VnetHeader.BYTES;
        PortDrop refusal = refusal(message, header, frameBytes);
        int tci = Message.vlanTci(control(slot));
        Message.setControl(message, control(slot));
        if (refusal == null && !tag.isOurs(tci)) {
            refusal = PortDrop.RX_OTHER_VLAN;
        }
        if (refusal != null) {
            drops[refusal.code()]++;
            return 0;
        }
        long m = chain(slot, frameBytes);
        VnetHeader.tell(header, m);
        return m;
    }

    private @Nullable PortDrop refusal(long message, long header, int frameBytes) {
        if (Message.truncated(message)) {
            return PortDrop.RX_OVERSIZED;
        }
        if (frameBytes <= 0 || frameBytes > piecesMax * pieceBytes) {
            return PortDrop.RX_MALFORMED;
        }
        return VnetHeader.refusal(header, frameBytes);
    }

    private long chain(int slot, int frameBytes) {
        int base = slot * piecesMax;
        long first = buffers[base];
        int count = 0;
        for (int left = frameBytes; left > 0; left -= pieceBytes) {
            long m = buffers[base + count];
            Mbuf.setDataLen(m, Math.min(left, pieceBytes));
            if (count > 0) {
                Mbuf.setNext(buffers[base + count - 1], m);
            }
            count++;
        }
        Mbuf.setPktLen(first, frameBytes);
        Mbuf.setNbSegs(first, count);
        missing[slot] = count;
        return first;
    }

    @Override
    public void close() {
        for (int slot = 0; slot < SLOTS; slot++) {
            for (int i = missing[slot]; i < piecesMax; i++) {
                pool.release(buffers[slot * piecesMax + i]);
            }
        }
        Mem.unregister(messages);
        Mem.unregister(pieces);
        Mem.unregister(vnetHeaders);
        Mem.unregister(controls);
        arena.close();
    }
}
