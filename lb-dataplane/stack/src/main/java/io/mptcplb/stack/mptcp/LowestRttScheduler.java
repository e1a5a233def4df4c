package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.TcpSender;
import org.jspecify.annotations.Nullable;

/**
 * The subflow with the smallest round-trip time that has room: as smoothed while anything is in
 * flight, the shortest one while nothing is, for then the queue is gone that the last samples stood
 * in. Otherwise a path that had once filled its queue would never be tried again, as long as
 * another one's windows hold all that there is to send. Backup subflows serve only while no regular
 * one is usable (RFC 8684 s3.3.8). A subflow whose retransmission timer fired is not usable as long
 * as any other is.
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
                long rtt = roundTripNanos(subflow.tcp().sender());
                if (chosen == null || rtt < chosenRtt) {
                    chosen = subflow;
                    chosenRtt = rtt;
                }
            }
        }
        return chosen;
    }

    private static long roundTripNanos(TcpSender sender) {
        return sender.allAcked() ? sender.rtt().minRttNanos() : sender.rtt().srttNanos();
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
