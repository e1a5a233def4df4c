package io.mptcplb.stack.tcp;

/**
 * Endpoints that let their acknowledgement wait for one more cycle, so that it acknowledges what
 * arrives meanwhile as well. A worker that has little to do turns its next cycle at once; one that
 * is busy saves a frame, and its peer sends larger ones for the larger window that it is told.
 */
final class GatheredAcks {
    private TcpEndpoint[] waiting;
    private TcpEndpoint[] due;
    private int waitingCount;
    private int dueCount;

    GatheredAcks(int endpoints) {
        waiting = new TcpEndpoint[endpoints];
        due = new TcpEndpoint[endpoints];
    }

    /** False when there is no room: the acknowledgement must go now. */
    boolean add(TcpEndpoint tcp) {
        if (waitingCount == waiting.length) {
            return false;
        }
        waiting[waitingCount++] = tcp;
        return true;
    }

    /** The cycle is about to send: who has waited since the one before waits no longer. */
    int turn() {
        for (int i = 0; i < dueCount; i++) {
            due[i].receiver().endGathering();
        }
        TcpEndpoint[] done = due;
        due = waiting;
        dueCount = waitingCount;
        waiting = done;
        waitingCount = 0;
        return dueCount;
    }
}
