package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.stack.tcp.TcpSender;
import io.mptcplb.stack.tcp.TransmitRecords;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection: what was sent and DATA_ACKed, the peer's shared window, and
 * what goes again on another subflow (RFC 8684 s3.3.2, s3.3.5, s3.3.6). The source queue holds
 * everything that is not DATA_ACKed, so that any range of it can be sent again on any subflow at
 * any time.
 */
final class DataSender {
    private static final long NO_FIN = -1;
    private static final int AGAIN_RANGES_MAX = 32;
    private static final long RTO_MIN_NANOS = 200_000_000L;
    private static final long RTO_MAX_NANOS = 60_000_000_000L;

    /** Timeouts in a row without any DATA_ACK before the peer is given up. */
    private static final int TIMEOUTS_MAX = 10;

    private final MptcpStack stack;
    private final MptcpConnection connection;
    private final TransmitRecords records;
    private final RangeSet again = new RangeSet(AGAIN_RANGES_MAX);
    private @Nullable StreamQueue source;
    private long firstDsn;
    private long unaOffset;
    private long nxtOffset;
    private long edgeOffset;

    /** The edge comes from DATA_ACKs, no longer from the handshake. */
    private boolean edgeTold;

    private long finOffset;
    private boolean finAcked;
    private boolean everReinjected;
    private int timeouts;
    private long progressNanos;
    private boolean plain;
    private long plainFromOffset;
    private long plainDelta;

    DataSender(MptcpStack stack, MptcpConnection connection, TransmitRecords records) {
        this.stack = stack;
        this.connection = connection;
        this.records = records;
    }

    void reset(long ownInitialDsn) {
        again.clear();
        source = null;
        firstDsn = ownInitialDsn + 1;
        unaOffset = 0;
        nxtOffset = 0;
        edgeOffset = 0;
        edgeTold = false;
        finOffset = NO_FIN;
        finAcked = false;
        everReinjected = false;
        timeouts = 0;
        progressNanos = 0;
        plain = false;
    }

    void attach(StreamQueue queue) {
        source = queue;
    }

    // ---- getters

    /** DSN of a stream offset. */
    long dsnOf(long offset) {
        return firstDsn + offset;
    }

    /** First offset that is not DATA_ACKed. */
    long unaOffset() {
        return unaOffset;
    }

    /** First offset that was never sent. */
    long nxtOffset() {
        return nxtOffset;
    }

    /** DATA_FIN was sent and not yet acknowledged: every acknowledgement repeats it. */
    boolean finPending() {
        return finOffset != NO_FIN && !finAcked;
    }

    /** Where DATA_FIN stands; only while {@link #finPending}. */
    long finOffset() {
        return finOffset;
    }

    boolean finAcked() {
        return finAcked;
    }

    /** Every byte is acknowledged, and there are no more: at most DATA_FIN itself is open. */
    boolean allDataAcked() {
        return finOffset != NO_FIN && unaOffset == finOffset;
    }

    /** Data was sent twice on purpose: the stream cannot become plain TCP any more. */
    boolean everReinjected() {
        return everReinjected;
    }

    /** There is something that was never sent. */
    boolean hasUnsent() {
        return source != null && (nxtOffset < source.endOffset() || source.finished());
    }

    /** Data or DATA_FIN waits for a DATA_ACK. */
    boolean outstanding() {
        return unaOffset < nxtOffset || finPending();
    }

    // ---- handle

    /**
     * The peer's window before any DATA_ACK: TCP's own. The first DATA_ACK's window takes its place
     * even where it ends before: Linux's MPTCP drops what comes out of order beyond that.
     */
    void onInitialWindow(long windowBytes) {
        edgeOffset = Math.max(edgeOffset, unaOffset + windowBytes);
    }

    /**
     * A DATA_ACK and the window that came with it; the largest right edge over all subflows counts
     * (s3.3.5). True when it acknowledged something new.
     */
    boolean onDataAck(long dataAck, boolean octets8, long windowBytes, long nowNanos) {
        long offset =
                octets8
                        ? dataAck - firstDsn
                        : unaOffset + ((int) dataAck - (int) (firstDsn + unaOffset));
        long most = finOffset == NO_FIN ? nxtOffset : finOffset + 1;
        if (offset > most || offset < 0 && octets8) {
            stack.count(MptcpCounter.BAD_DATA_ACKS);
            return false;
        }
        long edge = offset + windowBytes;
        edgeOffset = edgeTold ? Math.max(edgeOffset, edge) : edge;
        edgeTold = true;
        boolean finNews = finPending() && offset == finOffset + 1;
        if (offset <= unaOffset && !finNews) {
            return false;
        }
        if (finNews) {
            finAcked = true;
        }
        advance(finNews ? finOffset : offset, nowNanos);
        return true;
    }

    /**
     * Plain TCP from here on, on the only subflow there is.
     *
     * @param subflowSentOffset payload bytes that the subflow has sent
     * @param repeat what is not DATA_ACKed was thrown away by the peer: it follows as new bytes of
     *     the subflow
     */
    void becomePlain(long subflowSentOffset, boolean repeat) {
        plain = true;
        again.clear();
        finOffset = NO_FIN;
        edgeOffset = Long.MAX_VALUE;
        edgeTold = true;
        if (repeat) {
            nxtOffset = unaOffset;
        }
        plainFromOffset = repeat ? subflowSentOffset : 0;
        plainDelta = repeat ? unaOffset - subflowSentOffset : 0;
    }

    /** After fallback the subflow's acknowledgement is the stream's. True when it is news. */
    boolean onPlainAck(long subflowAckedOffset, long nowNanos) {
        long offset = subflowAckedOffset + plainDelta;
        if (subflowAckedOffset <= plainFromOffset || offset <= unaOffset) {
            return false;
        }
        advance(offset, nowNanos);
        return true;
    }

    private void advance(long offset, long nowNanos) {
        unaOffset = offset;
        again.trimTo(offset);
        timeouts = 0;
        progressNanos = nowNanos;
        if (source != null) {
            source.releaseTo(offset);
        }
    }

    // ---- reinjection

    /**
     * What this subflow has sent and the peer has not DATA_ACKed will go again elsewhere. Returns
     * bytes that are new to the list.
     */
    long reinject(Subflow from) {
        TcpSender sender = from.tcp().sender();
        long bytes = 0;
        for (int r = sender.firstRecord(); r != TransmitRecords.NONE; r = records.next(r)) {
            long start = Math.max(records.streamOffset(r), unaOffset);
            long end = records.streamOffset(r) + records.bytes(r);
            if (start < end && !records.has(r, TransmitRecords.REINJECTED)) {
                records.set(r, TransmitRecords.REINJECTED);
                again.add(start, end);
                bytes += end - start;
            }
        }
        return bytes;
    }

    /**
     * Nothing came of the data for a while. Arms the next timeout; false when the peer is to be
     * given up.
     */
    boolean onTimeout(long nowNanos) {
        if (!outstanding()) {
            return true;
        }
        if (nowNanos - progressNanos >= timeoutNanos()) {
            stack.count(MptcpCounter.DATA_TIMEOUTS);
            if (connection.fallback().enterForWantOfDataAcks(nowNanos)) {
                return true;
            }
            if (++timeouts > TIMEOUTS_MAX) {
                return false;
            }
            progressNanos = nowNanos;
            if (finPending()) {
                connection.subflows().ackOnAll();
            }
            if (connection.subflows().anyUsable()) {
                sendAgainWhatNobodyCarries();
            }
            connection.subflows().markAll();
        }
        armTimer(nowNanos);
        return true;
    }

    /**
     * A middlebox may have acknowledged what it then lost, or the peer dropped what its TCP took:
     * from the first byte not DATA_ACKed up to the first byte that some living subflow still
     * carries, everything is sent again.
     */
    private void sendAgainWhatNobodyCarries() {
        long end = nxtOffset;
        for (int i = 0; i < connection.subflowCount(); i++) {
            Subflow subflow = connection.subflow(i);
            TcpSender sender = subflow.tcp().sender();
            for (int r = sender.firstRecord(); r != TransmitRecords.NONE; r = records.next(r)) {
                boolean ahead = records.streamOffset(r) + records.bytes(r) > unaOffset;
                if (ahead && records.bytes(r) > 0 && !subflow.stalled()) {
                    end = Math.min(end, records.streamOffset(r));
                }
            }
        }
        again.add(unaOffset, Math.max(end, unaOffset));
    }

    void armTimer(long nowNanos) {
        connection.timers().arm(ConnectionTimer.DATA_TIMEOUT, progressNanos + timeoutNanos());
    }

    private long timeoutNanos() {
        long rto = RTO_MIN_NANOS;
        for (int i = 0; i < connection.subflowCount(); i++) {
            rto = Math.max(rto, connection.subflow(i).tcp().sender().rtt().rtoNanos());
        }
        return Math.min(rto << timeouts, RTO_MAX_NANOS);
    }

    // ---- poll

    /**
     * Sends what is to go again, then what is new, each segment on the subflow that the scheduler
     * names.
     */
    void pump(long nowNanos) {
        StreamQueue from = source;
        if (from == null) {
            return;
        }
        boolean wasOutstanding = outstanding();
        sendAgain(from, nowNanos);
        sendNew(from, nowNanos);
        if (plain) {
            if (from.finished() && nxtOffset == from.endOffset()) {
                connection.finishPlain(nowNanos);
            }
            return;
        }
        if (from.finished() && nxtOffset == from.endOffset() && finOffset == NO_FIN) {
            finOffset = nxtOffset;
            stack.count(MptcpCounter.DATA_FINS_SENT);
            connection.subflows().ackOnAll();
        }
        if (!wasOutstanding && outstanding()) {
            progressNanos = nowNanos;
        }
        if (outstanding() && !connection.timers().armed(ConnectionTimer.DATA_TIMEOUT)) {
            armTimer(nowNanos);
        }
    }

    private void sendAgain(StreamQueue from, long nowNanos) {
        while (!again.empty()) {
            long start = again.firstFrom();
            long waiting = again.firstTo() - start;
            Subflow subflow = stack.scheduler().pick(connection, waiting);
            if (subflow == null) {
                return;
            }
            int bytes = send(subflow, from, start, waiting, nowNanos);
            if (bytes == 0) {
                return;
            }
            everReinjected = true;
            stack.count(MptcpCounter.REINJECTED_SEGMENTS);
            stack.count(MptcpCounter.REINJECTED_BYTES, bytes);
            stack.paths().onReinjected(subflow.portIndex(), bytes);
            again.trimTo(start + bytes);
        }
    }

    private void sendNew(StreamQueue from, long nowNanos) {
        long waiting = from.endOffset() - nxtOffset;
        long edge = waiting > 0 ? rightEdge() : nxtOffset;
        while (waiting > 0) {
            long invited = Math.min(waiting, edge - nxtOffset);
            // Sender's silly window avoidance, at the level of data.
            boolean silly = invited < waiting && invited < connection.payloadMax() && outstanding();
            Subflow subflow =
                    invited <= 0 || silly ? null : stack.scheduler().pick(connection, invited);
            int bytes = subflow == null ? 0 : send(subflow, from, nxtOffset, invited, nowNanos);
            if (bytes == 0) {
                break;
            }
            nxtOffset += bytes;
            waiting -= bytes;
        }
        if (waiting > 0 && unaOffset == nxtOffset) {
            connection.waitForWindow(nowNanos);
        }
    }

    /**
     * The peer's window, and over several subflows half of it: Linux counts a window in payload and
     * its memory in buffers, of which it needs up to three times as much. What arrives ahead of a
     * hole may fill it, and then the bytes that would close the hole stay in their subflow's queue
     * for ever.
     */
    private long rightEdge() {
        if (plain || !connection.subflows().severalUsable()) {
            return edgeOffset;
        }
        return unaOffset + (edgeOffset - unaOffset + 1) / 2;
    }

    /** One frame: one mapping. Returns its payload bytes, 0 when it could not go. */
    private int send(Subflow subflow, StreamQueue from, long offset, long most, long nowNanos) {
        TcpEndpoint tcp = subflow.tcp();
        TcpSender sender = tcp.sender();
        int limit = sender.frameBytes(sender.newDataBytes(most), most);
        long buffer = from.bufferAt(offset);
        int skip = (int) (offset - Payload.offset(buffer));
        int bytes = tcp.payloadOfNextFrame(from, buffer, skip, limit);
        int sent = sender.send(buffer, Mbuf.dataOff(buffer) + skip, bytes, offset, false, nowNanos);
        if (sent == TcpSender.NOT_SENT) {
            return 0;
        }
        stack.paths().onSent(tcp.netPort().index(), sent);
        return sent;
    }

    /** Lets go of everything. */
    void clear() {
        again.clear();
        source = null;
    }
}
