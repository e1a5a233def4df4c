package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.Reassembly;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.tcp.SegmentExtension;
import io.mptcplb.wire.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a connection: data of all subflows put in order, the shared window, and
 * what is acknowledged (RFC 8684 s3.3.2, s3.3.5). Stream offset 0 is the byte after the peer's
 * initial data sequence number.
 */
final class DataReceiver {
    /** No DATA_FIN has come. */
    private static final long NO_FIN = -1;

    private final MptcpStack stack;
    private final HeldBuffers buffers;
    private final Reassembly reassembly;
    private @Nullable StreamQueue received;
    private int budget;
    private long firstDsn;
    private long edgeOffset;

    /**
     * The largest window offered. A peer's TCP takes no smaller window from a subflow that stands
     * still (RFC 9293 s3.10.7.4 lets it, Linux does), and adds the old one to the newer DATA_ACK:
     * it sends so much beyond our edge in good faith. What it sends is DATA_ACKed or memory refuses
     * it; dropping it here would cost the peer a timeout.
     */
    private long windowBytesMax;

    private long finOffset;
    private boolean finDelivered;
    private boolean plain;

    DataReceiver(MptcpStack stack, HeldBuffers buffers, int runsMax) {
        this.stack = stack;
        this.buffers = buffers;
        reassembly = new Reassembly(buffers, runsMax);
    }

    void reset() {
        reassembly.reset(0);
        received = null;
        budget = SegmentExtension.NO_BUDGET;
        firstDsn = 0;
        edgeOffset = 0;
        windowBytesMax = 0;
        finOffset = NO_FIN;
        finDelivered = false;
        plain = false;
    }

    /** The peer's key is known, and with it where its numbers begin. */
    void start(long peersInitialDsn) {
        firstDsn = peersInitialDsn + 1;
    }

    void attach(StreamQueue queue, int newBudget) {
        received = queue;
        budget = newBudget;
    }

    // ---- getters

    int budget() {
        return budget;
    }

    /** The first DSN that stands for a byte. */
    long firstDsn() {
        return firstDsn;
    }

    /** Offset of the next byte in order. */
    long nextOffset() {
        return reassembly.nextOffset();
    }

    /** The DATA_ACK to send: DATA_FIN takes one number. */
    long dataAck() {
        return firstDsn + reassembly.nextOffset() + (finDelivered ? 1 : 0);
    }

    /** The peer's DATA_FIN has come, with everything before it. */
    boolean finished() {
        return finDelivered;
    }

    /** Data is missing before some that is there. */
    boolean hasHole() {
        return reassembly.runCount() > 0;
    }

    /**
     * Stream offset of a DSN; 4 octets are taken as near to what is expected as possible (s3.3.1).
     */
    long offsetOf(long dsn, boolean octets8) {
        if (octets8) {
            return dsn - firstDsn;
        }
        long next = reassembly.nextOffset();
        return next + ((int) dsn - (int) (firstDsn + next));
    }

    // ---- handle

    /**
     * One buffer, its stream offset set, its hold now ours. True when bytes were appended to the
     * received queue, or will be never.
     *
     * @param port where it arrived: what is refused is counted there
     */
    boolean take(long m, NetPort port) {
        long end = Payload.end(m);
        int bytes = Mbuf.dataLen(m);
        boolean beyond = !plain && end > edgeOffset + windowBytesMax;
        if (beyond || finOffset != NO_FIN && end > finOffset) {
            stack.count(MptcpCounter.OUT_OF_DATA_WINDOW);
            port.countDrop(DropReason.OUT_OF_DATA_WINDOW);
            buffers.release(m);
            return false;
        }
        if (reassembly.inOrder(Payload.offset(m))) {
            reassembly.advance(bytes);
            append(m);
        } else {
            Reassembly.Result result = reassembly.insert(m);
            if (result == Reassembly.Result.DUPLICATE) {
                stack.count(MptcpCounter.DUPLICATE_BYTES, bytes);
                return false;
            }
            if (result == Reassembly.Result.REFUSED) {
                port.countDrop(DropReason.TOO_MANY_HOLES); // not DATA_ACKed: it comes again
                return false;
            }
            if (!drain()) {
                stack.count(MptcpCounter.OUT_OF_ORDER_SEGMENTS);
                return false;
            }
        }
        deliverFin();
        return true;
    }

    private boolean drain() {
        boolean any = false;
        for (long m = reassembly.poll(); m != 0; m = reassembly.poll()) {
            append(m);
            any = true;
        }
        return any;
    }

    private void append(long m) {
        if (received == null) {
            throw new IllegalStateException("data before attach");
        }
        received.append(m);
    }

    /**
     * The stream ends at {@code offset}. True when that is news, in order. The first word counts.
     */
    boolean onDataFin(long offset) {
        if (finOffset == NO_FIN && offset >= reassembly.nextOffset()) {
            finOffset = offset;
        }
        return deliverFin();
    }

    private boolean deliverFin() {
        if (finDelivered || finOffset != reassembly.nextOffset()) {
            return false;
        }
        finDelivered = true;
        if (!plain) {
            stack.count(MptcpCounter.DATA_FINS_RECEIVED);
        }
        if (received != null) {
            received.finish();
        }
        return true;
    }

    /**
     * Plain TCP from here on: bytes that follow are in order. What waits behind a hole is dropped.
     */
    void onFallback() {
        reassembly.dropAll();
        finOffset = NO_FIN;
        plain = true;
    }

    /** A buffer after fallback: it follows what came before. */
    boolean takePlain(long m, NetPort port) {
        Payload.setOffset(m, reassembly.nextOffset());
        return take(m, port);
    }

    /** The peer's TCP FIN after fallback. True when that is news. */
    boolean onPlainFin() {
        return onDataFin(reassembly.nextOffset());
    }

    /** Bytes beyond what is in order that memory allows to invite now. */
    long windowBytes(int initialWindowBytes) {
        return budget < 0 ? initialWindowBytes : buffers.invitableBytes(budget);
    }

    /** Bytes beyond what is in order that the peer was invited to send (s3.3.5). */
    long offeredBytes() {
        return Math.max(0, edgeOffset - reassembly.nextOffset());
    }

    /** Some subflow's segment invites so many bytes: the right edge never moves left. */
    void onWindowOffered(long bytes) {
        edgeOffset = Math.max(edgeOffset, reassembly.nextOffset() + bytes);
        windowBytesMax = Math.max(windowBytesMax, bytes);
    }

    /** Lets go of everything; nothing is charged to the budget by this half afterwards. */
    void clear() {
        reassembly.dropAll();
        received = null;
        budget = SegmentExtension.NO_BUDGET;
    }
}
