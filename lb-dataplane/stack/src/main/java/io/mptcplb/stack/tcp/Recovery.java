package io.mptcplb.stack.tcp;

import io.mptcplb.stack.congestion.CongestionControl;
import io.mptcplb.wire.Seq32;

/**
 * Whether a sender is repairing losses, and how fast: proportional rate reduction (RFC 6937), or
 * slow start after a timeout.
 */
final class Recovery {
    private enum Phase {
        OPEN,
        RECOVERING,
        LOST
    }

    private final Scoreboard board;
    private final CongestionControl congestion;
    private Phase phase = Phase.OPEN;
    private int point;
    private int flightAtEntry;
    private int deliveredBytes;
    private int sentBytes;
    private boolean firstRetransmission;
    private boolean stamped;
    private int firstStamp;

    Recovery(Scoreboard board, CongestionControl congestion) {
        this.board = board;
        this.congestion = congestion;
    }

    void reset() {
        phase = Phase.OPEN;
    }

    /** Fast recovery begins; everything before {@code sndNxt} belongs to the episode. */
    void enter(int sndNxt, long nowNanos) {
        phase = Phase.RECOVERING;
        point = sndNxt;
        flightAtEntry = Math.max(board.outBytes(), 1);
        deliveredBytes = 0;
        sentBytes = 0;
        firstRetransmission = true;
        stamped = false;
        congestion.onLoss(flightAtEntry, nowNanos);
    }

    /** A timeout fired: the window has been set, everything is sent anew. */
    void enterLost(int sndNxt) {
        if (phase != Phase.LOST) {
            stamped = false;
        }
        phase = Phase.LOST;
        point = sndNxt;
        firstRetransmission = true;
    }

    /** RFC 6937 s3: the window that lets out what this acknowledgement allows. */
    void onDelivered(int delivered, int mssBytes, int sndUna) {
        if (Seq32.atOrAfter(sndUna, point)) {
            congestion.setCwnd(congestion.ssthresh());
            end();
            return;
        }
        deliveredBytes += delivered;
        int pipe = board.pipeBytes();
        int allowed;
        if (pipe > congestion.ssthresh()) {
            allowed =
                    (int) ceilDivide((long) deliveredBytes * congestion.ssthresh(), flightAtEntry)
                            - sentBytes;
        } else {
            int limit = Math.max(deliveredBytes - sentBytes, delivered) + mssBytes;
            allowed = Math.min(congestion.ssthresh() - pipe, limit);
        }
        congestion.setCwnd(pipe + Math.max(allowed, 0));
    }

    private static long ceilDivide(long value, long by) {
        return (value + by - 1) / by;
    }

    void endIfPast(int sndUna) {
        if (Seq32.atOrAfter(sndUna, point)) {
            end();
        }
    }

    void end() {
        phase = Phase.OPEN;
    }

    /** The first retransmission of an episode goes out whatever the window says. */
    boolean mayRetransmit(int bytes) {
        return firstRetransmission || board.pipeBytes() + bytes <= congestion.cwnd();
    }

    void onRetransmitted(int bytes, int timestamp) {
        firstRetransmission = false;
        sentBytes += bytes;
        if (!stamped) {
            stamped = true;
            firstStamp = timestamp;
        }
    }

    void onNewData(int bytes) {
        sentBytes += bytes;
    }

    /** True when the peer echoes a timestamp from before the episode's first retransmission. */
    boolean wasSpurious(int tsEcr) {
        return stamped && Seq32.before(tsEcr, firstStamp);
    }

    boolean active() {
        return phase != Phase.OPEN;
    }

    boolean recovering() {
        return phase == Phase.RECOVERING;
    }

    boolean lost() {
        return phase == Phase.LOST;
    }

    int point() {
        return point;
    }
}
