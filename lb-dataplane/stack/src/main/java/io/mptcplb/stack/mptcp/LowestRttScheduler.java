package io.mptcplb.stack.mptcp;

import org.jspecify.annotations.Nullable;

/**
 * The subflow with the smallest smoothed round-trip time that has room. Backup subflows serve only
 * while no regular one is usable (RFC 8684 s3.3.8). A subflow whose retransmission timer fired is
 * not usable as long as any other is.
 */
final class LowestRttScheduler implements Scheduler {
    private static final int REGULAR = 0;
    private static final int BACKUP = 1;
    private static final int STALLED = 2;
    private static final int UNUSABLE = 3;

    @Override
    public @Nullable Subflow pick(MptcpConnection connection, long waitingBytes) {
        int best = UNUSABLE;
        for (int i = 0; i < connection.subflowCount(); i++) {
            best = Math.min(best, rank(connection.subflow(i)));
        }
        if (best == UNUSABLE) {
            return null;
        }
        Subflow chosen = null;
        long chosenRtt = Long.MAX_VALUE;
        for (int i = 0; i < connection.subflowCount(); i++) {
            Subflow subflow = connection.subflow(i);
            if (rank(subflow) == best && subflow.tcp().sender().newDataBytes(waitingBytes) > 0) {
                long rtt = subflow.tcp().sender().rtt().srttNanos();
                if (chosen == null || rtt < chosenRtt) {
                    chosen = subflow;
                    chosenRtt = rtt;
                }
            }
        }
        return chosen;
    }

    private static int rank(Subflow subflow) {
        if (!subflow.mayCarryData()) {
            return UNUSABLE;
        }
        if (subflow.stalled()) {
            return STALLED;
        }
        return subflow.backup() ? BACKUP : REGULAR;
    }
}
