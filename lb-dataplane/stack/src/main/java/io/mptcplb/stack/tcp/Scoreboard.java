package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;

/**
 * What one sender has outstanding and what became of it: the records in sequence order and in order
 * of sending, and the sums that tell how much is in flight: {@code out - sacked - lost}, where a
 * lost record that went out again is no longer lost (RFC 6675 s4's pipe).
 */
final class Scoreboard {
    private static final int CACHED_BLOCKS = 4;

    private final TransmitRecords records;
    private final LossDetector loss;
    private final int[] seenLeft = new int[CACHED_BLOCKS];
    private final int[] seenRight = new int[CACHED_BLOCKS];
    private int seenCount;
    private int head = TransmitRecords.NONE;
    private int tail = TransmitRecords.NONE;
    private int sentHead = TransmitRecords.NONE;
    private int sentTail = TransmitRecords.NONE;

    /** At or before the first lost record in sequence order, or NONE. */
    private int lostHint = TransmitRecords.NONE;

    /** Last record that a SACK block reached: the next block usually begins there. */
    private int sackHint = TransmitRecords.NONE;

    private int outBytes;
    private int sackedBytes;
    private int lostBytes;

    Scoreboard(TransmitRecords records, LossDetector loss) {
        this.records = records;
        this.loss = loss;
    }

    /** Lets go of every record. */
    void clear() {
        while (head != TransmitRecords.NONE) {
            popHead();
        }
        seenCount = 0;
        assert outBytes == 0 && sackedBytes == 0 && lostBytes == 0;
    }

    /** A new record goes last in both orders. */
    void append(int r, long nowNanos) {
        records.setPrevious(r, tail);
        if (tail == TransmitRecords.NONE) {
            head = r;
        } else {
            records.setNext(tail, r);
        }
        tail = r;
        outBytes += records.length(r);
        sent(r, nowNanos);
    }

    /** A lost record goes out again. */
    void retransmitted(int r, long nowNanos) {
        records.set(r, TransmitRecords.RETRANSMITTED);
        if (records.has(r, TransmitRecords.LOST)) {
            records.unset(r, TransmitRecords.LOST);
            lostBytes -= records.length(r);
        }
        sent(r, nowNanos);
    }

    private void sent(int r, long nowNanos) {
        removeFromSent(r);
        records.setSentNanos(r, nowNanos);
        sentHead = records.appendSent(r, sentHead, sentTail);
        sentTail = r;
    }

    private void removeFromSent(int r) {
        if (!records.inSentList(r)) {
            return;
        }
        if (sentHead == r) {
            sentHead = records.sentNext(r);
        }
        if (sentTail == r) {
            sentTail = records.sentPrevious(r);
        }
        records.removeSent(r);
    }

    /**
     * Removes the segments that {@code ack} covers whole. Returns newly delivered bytes (those not
     * yet SACKed).
     */
    int ackTo(int ack, long nowNanos) {
        int delivered = 0;
        while (head != TransmitRecords.NONE && Seq32.atOrBefore(records.endSeq(head), ack)) {
            if (!records.has(head, TransmitRecords.SACKED)) {
                delivered += records.length(head);
                loss.onDelivered(head, records.endSeq(head), nowNanos);
            }
            popHead();
        }
        if (head != TransmitRecords.NONE && Seq32.before(records.seq(head), ack)) {
            delivered += trimHead(Seq32.distance(records.seq(head), ack), nowNanos);
        }
        return delivered;
    }

    /** A part of a super-segment is acknowledged. */
    private int trimHead(int ackedBytes, long nowNanos) {
        int trimmed = records.segmentsWithin(head, ackedBytes);
        if (trimmed == 0) {
            return 0;
        }
        boolean news = !records.has(head, TransmitRecords.SACKED);
        if (news) {
            loss.onDelivered(head, records.seq(head) + trimmed, nowNanos);
        }
        subtract(head, trimmed);
        records.trim(head, trimmed);
        return news ? trimmed : 0;
    }

    private void subtract(int r, int length) {
        outBytes -= length;
        if (records.has(r, TransmitRecords.SACKED)) {
            sackedBytes -= length;
        } else if (records.has(r, TransmitRecords.LOST)) {
            lostBytes -= length;
        }
    }

    private void popHead() {
        int r = head;
        subtract(r, records.length(r));
        removeFromSent(r);
        head = records.next(r);
        if (head == TransmitRecords.NONE) {
            tail = TransmitRecords.NONE;
        } else {
            records.setPrevious(head, TransmitRecords.NONE);
        }
        lostHint = lostHint == r ? head : lostHint;
        sackHint = sackHint == r ? TransmitRecords.NONE : sackHint;
        records.close(r);
    }

    /** Marks what the SACK blocks cover (RFC 2018 s4). Returns newly delivered bytes. */
    int sack(TcpOptions options, int sndUna, int sndNxt, long nowNanos) {
        int delivered = 0;
        for (int i = 0; i < options.sackCount; i++) {
            int left = options.sackLeft[i];
            int right = options.sackRight[i];
            // A block outside of what is outstanding is a D-SACK or forged (CONFORMANCE case 31):
            // ignored here.
            if (Seq32.before(left, sndUna)
                    || Seq32.after(right, sndNxt)
                    || !Seq32.before(left, right)) {
                continue;
            }
            if (!seen(left, right)) {
                delivered += sackBlock(left, right, nowNanos);
            }
        }
        remember(options);
        return delivered;
    }

    private boolean seen(int left, int right) {
        for (int i = 0; i < seenCount; i++) {
            if (seenLeft[i] == left && seenRight[i] == right) {
                return true;
            }
        }
        return false;
    }

    private void remember(TcpOptions options) {
        seenCount = Math.min(options.sackCount, CACHED_BLOCKS);
        System.arraycopy(options.sackLeft, 0, seenLeft, 0, seenCount);
        System.arraycopy(options.sackRight, 0, seenRight, 0, seenCount);
    }

    private int sackBlock(int left, int right, long nowNanos) {
        int delivered = 0;
        int r =
                sackHint != TransmitRecords.NONE && Seq32.atOrBefore(records.seq(sackHint), left)
                        ? sackHint
                        : head;
        while (r != TransmitRecords.NONE && Seq32.before(records.seq(r), right)) {
            int covered = records.has(r, TransmitRecords.SACKED) ? r : cutOut(r, left, right);
            if (covered != TransmitRecords.NONE) {
                delivered += markSacked(covered, nowNanos);
                r = covered;
                sackHint = r;
            }
            r = records.next(r);
        }
        return delivered;
    }

    /**
     * The segments of {@code r} that lie whole between two edges as a record of their own, or NONE.
     * Whatever edges a peer makes up, there are never more records than segments.
     */
    private int cutOut(int r, int left, int right) {
        int inside = r;
        int ahead = Seq32.distance(records.seq(r), left);
        if (ahead > 0) {
            int before = records.segmentsUpTo(r, ahead);
            inside = before < records.bytes(r) ? split(r, before) : TransmitRecords.NONE;
        }
        if (inside == TransmitRecords.NONE || Seq32.atOrBefore(records.endSeq(inside), right)) {
            return inside;
        }
        int within = Seq32.distance(records.seq(inside), right);
        int whole = within <= 0 ? 0 : records.segmentsWithin(inside, within);
        boolean cut = whole > 0 && split(inside, whole) != TransmitRecords.NONE;
        return cut ? inside : TransmitRecords.NONE;
    }

    /** Cuts a record after so many bytes; returns the rest, or NONE when no record is free. */
    private int split(int r, int bytes) {
        int rest = records.split(r, bytes);
        if (rest == TransmitRecords.NONE) {
            return TransmitRecords.NONE;
        }
        int after = records.next(r);
        records.setNext(r, rest);
        records.setPrevious(rest, r);
        records.setNext(rest, after);
        if (after == TransmitRecords.NONE) {
            tail = rest;
        } else {
            records.setPrevious(after, rest);
        }
        if (records.inSentList(r)) {
            records.insertSent(rest, r);
            sentTail = sentTail == r ? rest : sentTail;
        }
        return rest;
    }

    /** Makes the first segment of a record a record of its own, if there is one to be had. */
    private void cutFirst(int r) {
        int first = records.firstSegmentBytes(r);
        if (first < records.bytes(r)) {
            split(r, first);
        }
    }

    private int markSacked(int r, long nowNanos) {
        if (records.has(r, TransmitRecords.SACKED)) {
            return 0;
        }
        int length = records.length(r);
        loss.onDelivered(r, records.endSeq(r), nowNanos);
        if (records.has(r, TransmitRecords.LOST)) {
            records.unset(r, TransmitRecords.LOST);
            lostBytes -= length;
        }
        records.set(r, TransmitRecords.SACKED);
        sackedBytes += length;
        removeFromSent(r);
        return length;
    }

    /** Declares the first segment lost, if there is one. */
    void markHeadLost() {
        if (head != TransmitRecords.NONE) {
            cutFirst(head);
            markLost(head);
        }
    }

    /** Declares one record lost: no longer in flight, due again. */
    void markLost(int r) {
        if (records.has(r, TransmitRecords.SACKED | TransmitRecords.LOST)) {
            return;
        }
        records.set(r, TransmitRecords.LOST);
        lostBytes += records.length(r);
        removeFromSent(r);
        if (lostHint == TransmitRecords.NONE
                || Seq32.before(records.seq(r), records.seq(lostHint))) {
            lostHint = r;
        }
    }

    /**
     * After a retransmission timeout everything that the peer has not reported is lost; what it has
     * reported is believed no more either if the first record is among it (the peer reneged, RFC
     * 2018 s8).
     */
    void markAllLost() {
        boolean reneged = head != TransmitRecords.NONE && records.has(head, TransmitRecords.SACKED);
        for (int r = head; r != TransmitRecords.NONE; r = records.next(r)) {
            if (reneged && records.has(r, TransmitRecords.SACKED)) {
                records.unset(r, TransmitRecords.SACKED);
                sackedBytes -= records.length(r);
            }
            markLost(r);
        }
        seenCount = reneged ? 0 : seenCount;
    }

    /** Takes back every verdict of loss that was not yet acted upon: the timeout was spurious. */
    void forgetLosses(long nowNanos) {
        for (int r = head; r != TransmitRecords.NONE; r = records.next(r)) {
            if (records.has(r, TransmitRecords.LOST)) {
                records.unset(r, TransmitRecords.LOST);
                lostBytes -= records.length(r);
                sent(r, nowNanos);
            }
        }
        lostHint = TransmitRecords.NONE;
    }

    /** The lost segment that goes out next, a record of its own, or NONE. */
    int nextLost() {
        if (lostBytes == 0) {
            lostHint = TransmitRecords.NONE;
            return TransmitRecords.NONE;
        }
        int r = lostHint;
        while (r != TransmitRecords.NONE && !records.has(r, TransmitRecords.LOST)) {
            r = records.next(r);
        }
        lostHint = r;
        if (r != TransmitRecords.NONE) {
            cutFirst(r);
        }
        return r;
    }

    /** Oldest record in order of sending whose fate is open, or NONE. */
    int oldestSent() {
        return sentHead;
    }

    int head() {
        return head;
    }

    /** The last segment, a record of its own; not of an empty board. */
    int lastSegment() {
        int before = records.beforeLastSegment(tail);
        if (before > 0) {
            split(tail, before);
        }
        return tail;
    }

    /** No more than one segment is outstanding. */
    boolean oneSegment() {
        return head == tail && records.segments(head) == 1;
    }

    boolean empty() {
        return head == TransmitRecords.NONE;
    }

    int outBytes() {
        return outBytes;
    }

    int sackedBytes() {
        return sackedBytes;
    }

    int lostBytes() {
        return lostBytes;
    }

    /** Bytes believed to be in the network. */
    int pipeBytes() {
        return outBytes - sackedBytes - lostBytes;
    }
}
