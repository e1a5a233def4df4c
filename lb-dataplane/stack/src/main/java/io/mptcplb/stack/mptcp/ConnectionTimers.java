package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.TcpStack;
import java.util.Arrays;

/** The deadlines of one connection; the worker's timer wheel holds only the nearest. */
final class ConnectionTimers {
    private static final long NONE = Long.MAX_VALUE;

    private final TcpStack tcp;
    private final int id;
    private final long[] deadlines = new long[ConnectionTimer.COUNT];
    private long armedNanos = NONE;

    ConnectionTimers(TcpStack tcp, int id) {
        this.tcp = tcp;
        this.id = id;
        Arrays.fill(deadlines, NONE);
    }

    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    boolean armed(ConnectionTimer timer) {
        return deadlines[timer.ordinal()] != NONE;
    }

    /** {@code Long.MAX_VALUE} cancels. */
    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    void arm(ConnectionTimer timer, long deadlineNanos) {
        deadlines[timer.ordinal()] = deadlineNanos;
        if (deadlineNanos != NONE && (armedNanos == NONE || deadlineNanos - armedNanos < 0)) {
            armedNanos = deadlineNanos;
            tcp.armUpper(id, deadlineNanos);
        }
    }

    void cancel(ConnectionTimer timer) {
        arm(timer, NONE);
    }

    void cancelAll() {
        Arrays.fill(deadlines, NONE);
        armedNanos = NONE;
        tcp.cancelUpper(id);
    }

    /** The wheel's entry fired: it holds nothing until {@link #rearm}. */
    void onFired() {
        armedNanos = NONE;
    }

    /** True when the deadline has passed; it is then no longer armed. */
    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    boolean take(ConnectionTimer timer, long nowNanos) {
        long deadline = deadlines[timer.ordinal()];
        if (deadline == NONE || deadline - nowNanos > 0) {
            return false;
        }
        deadlines[timer.ordinal()] = NONE;
        return true;
    }

    /** Puts the nearest deadline back into the wheel. */
    void rearm() {
        for (long deadline : deadlines) {
            if (deadline != NONE && (armedNanos == NONE || deadline - armedNanos < 0)) {
                armedNanos = deadline;
                tcp.armUpper(id, deadline);
            }
        }
    }
}
