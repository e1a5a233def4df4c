package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpView;

/** The window that the peer offers: SND.WND with SND.WL1 and SND.WL2 (RFC 9293 s3.3.1). */
final class PeerWindow {
    private int shift;
    private long bytes;
    private long bytesMax;
    private int seqOfUpdate;
    private int ackOfUpdate;

    void reset() {
        shift = 0;
        bytes = 0;
        bytesMax = 0;
    }

    /** The peer's window scale (RFC 7323 s2). */
    void scale(int newShift) {
        shift = newShift;
    }

    int shift() {
        return shift;
    }

    /** Bytes beyond SND.UNA. */
    long bytes() {
        return bytes;
    }

    /** The largest window ever. */
    long bytesMax() {
        return bytesMax;
    }

    /** The segment that completes the handshake; on a SYN the window is not scaled. */
    void open(Segment segment) {
        seqOfUpdate = segment.seq();
        ackOfUpdate = segment.ack();
        set(segment.has(TcpView.SYN) ? segment.window() : (long) segment.window() << shift);
    }

    /** Takes the window of a segment unless an older one than the last; true when it changed. */
    boolean update(Segment segment) {
        int seq = segment.seq();
        int ack = segment.ack();
        boolean newer = Seq32.before(seqOfUpdate, seq);
        if (!newer && (seqOfUpdate != seq || Seq32.before(ack, ackOfUpdate))) {
            return false;
        }
        seqOfUpdate = seq;
        ackOfUpdate = ack;
        long before = bytes;
        set((long) segment.window() << shift);
        return bytes != before;
    }

    private void set(long newBytes) {
        bytes = newBytes;
        bytesMax = Math.max(bytesMax, newBytes);
    }
}
