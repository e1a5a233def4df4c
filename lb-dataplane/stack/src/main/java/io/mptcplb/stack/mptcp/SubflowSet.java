package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.TcpSender;
import io.mptcplb.wire.ResetReason;
import org.jspecify.annotations.Nullable;

/** The subflows of one connection, half-open joins included, in no lasting order. */
final class SubflowSet {
    private static final int SLOTS = MptcpPolicy.SUBFLOWS_MAX + 1;
    private static final int SMALLEST_PAYLOAD_BYTES = 536;

    private final Subflow[] subflows = new Subflow[SLOTS];
    private int count;
    private @Nullable Subflow lastHeard;

    int count() {
        return count;
    }

    Subflow get(int index) {
        return subflows[index];
    }

    boolean full() {
        return count == SLOTS;
    }

    void add(Subflow subflow) {
        subflows[count++] = subflow;
    }

    void remove(Subflow gone) {
        for (int i = 0; i < count; i++) {
            if (subflows[i] == gone) {
                subflows[i] = subflows[--count];
                break;
            }
        }
        if (lastHeard == gone) {
            lastHeard = null;
        }
    }

    /** Data came over this one. */
    void heard(Subflow subflow) {
        lastHeard = subflow;
    }

    boolean anyOpen() {
        for (int i = 0; i < count; i++) {
            if (subflows[i].state() == SubflowState.OPEN) {
                return true;
            }
        }
        return false;
    }

    /** Whether any takes data and answers. */
    boolean anyUsable() {
        for (int i = 0; i < count; i++) {
            if (subflows[i].mayCarryData() && !subflows[i].stalled()) {
                return true;
            }
        }
        return false;
    }

    /** Whether new data may be spread: then it may arrive in another order. */
    boolean severalUsable() {
        int usable = 0;
        for (int i = 0; i < count; i++) {
            if (subflows[i].mayCarryData() && !subflows[i].backup()) {
                usable++;
            }
        }
        return usable > 1;
    }

    /** Whether another one could carry what this one carried. */
    boolean usableBeside(Subflow subflow) {
        for (int i = 0; i < count; i++) {
            Subflow other = subflows[i];
            if (other != subflow && other.mayCarryData() && !other.stalled()) {
                return true;
            }
        }
        return false;
    }

    /** Whether another one stands, be it silent. */
    boolean openBeside(Subflow subflow) {
        for (int i = 0; i < count; i++) {
            if (subflows[i] != subflow && subflows[i].state() == SubflowState.OPEN) {
                return true;
            }
        }
        return false;
    }

    /** Whether any stands on this address of ours. */
    boolean anyFrom(int localId) {
        for (int i = 0; i < count; i++) {
            if (subflows[i].localId() == localId && subflows[i].state() == SubflowState.OPEN) {
                return true;
            }
        }
        return false;
    }

    /** The one that an acknowledgement with a signal should ride: not stalled, then nearest. */
    @Nullable Subflow forSignal() {
        Subflow best = null;
        for (int i = 0; i < count; i++) {
            Subflow each = subflows[i];
            boolean candidate = each.state() == SubflowState.OPEN && each.synchronised();
            if (candidate && (best == null || nearer(each, best))) {
                best = each;
            }
        }
        return best;
    }

    private static boolean nearer(Subflow each, Subflow best) {
        if (each.stalled() != best.stalled()) {
            return best.stalled();
        }
        return each.tcp().sender().rtt().srttNanos() < best.tcp().sender().rtt().srttNanos();
    }

    /** The one that a window update should ride: where data came from, if that lives. */
    @Nullable Subflow forWindowUpdate() {
        Subflow last = lastHeard;
        if (last != null && last.synchronised() && !last.stalled()) {
            return last;
        }
        Subflow open = forSignal();
        return open == null && count > 0 ? subflows[0] : open;
    }

    /** Largest payload of one segment that goes unsplit on any of them. */
    int payloadMax() {
        int most = 0;
        for (int i = 0; i < count; i++) {
            if (subflows[i].mayCarryData()) {
                int here = subflows[i].tcp().sender().payloadMax();
                most = most == 0 ? here : Math.min(most, here);
            }
        }
        return most == 0 ? SMALLEST_PAYLOAD_BYTES : most;
    }

    /**
     * What all paths take together, for as long as the slowest needs: what the others deliver
     * meanwhile waits for it.
     */
    long bandwidthDelayBytes() {
        long bytesPerMillisecond = 0;
        long roundTripNanos = 0;
        for (int i = 0; i < count; i++) {
            TcpSender sender = subflows[i].tcp().sender();
            bytesPerMillisecond += sender.bytesPerMillisecond();
            roundTripNanos = Math.max(roundTripNanos, sender.rtt().minRttNanos());
        }
        return bytesPerMillisecond * roundTripNanos / 1_000_000L;
    }

    /** Lets the connection's pump run at the end of this cycle. */
    void markAll() {
        for (int i = 0; i < count; i++) {
            if (subflows[i].synchronised()) {
                subflows[i].tcp().mark();
            }
        }
    }

    /** An acknowledgement on each: DATA_FIN, or its DATA_ACK, is not left to one path. */
    void ackOnAll() {
        for (int i = 0; i < count; i++) {
            if (subflows[i].state() == SubflowState.OPEN && subflows[i].synchronised()) {
                subflows[i].tcp().ackAtOnce();
            }
        }
    }

    /** One that is past its handshake, or the connection's first in it. */
    Subflow firstJoined() {
        for (int i = 0; i < count; i++) {
            if (subflows[i].state() != SubflowState.JOINING) {
                return subflows[i];
            }
        }
        return subflows[0];
    }

    /** Ends them with RST; {@code spared} may be null. */
    void resetAllBut(@Nullable Subflow spared, long nowNanos) {
        for (int i = count - 1; i >= 0; i--) {
            if (subflows[i] != spared) {
                subflows[i].drop(ResetReason.UNSPECIFIED, nowNanos);
            }
        }
    }

    /** Makes room by ending the oldest join that nobody has completed; false when there is none. */
    boolean dropHalfOpen(long openedBeforeNanos, long nowNanos) {
        Subflow oldest = null;
        for (int i = 0; i < count; i++) {
            Subflow each = subflows[i];
            boolean old = each.begunNanos() - openedBeforeNanos < 0;
            if (each.state() == SubflowState.JOINING
                    && old
                    && (oldest == null || each.begunNanos() - oldest.begunNanos() < 0)) {
                oldest = each;
            }
        }
        if (oldest != null) {
            oldest.drop(ResetReason.LACK_OF_RESOURCES, nowNanos);
        }
        return oldest != null;
    }
}
