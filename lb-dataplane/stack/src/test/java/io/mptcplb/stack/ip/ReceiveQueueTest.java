package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ReceiveQueue.FIRST_BYTES;
import static io.mptcplb.stack.ip.ReceiveQueue.LOAD_NANOS;
import static io.mptcplb.stack.ip.ReceiveQueue.PERIOD_NANOS;
import static io.mptcplb.stack.ip.ReceiveQueue.SHARE_BYTES_MIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReceiveQueueTest {
    private static final int BYTES = 200_000;
    private static final int SEGMENT = 1_000;
    private static final long NEAR = 100_000L;
    private static final long MILLI = 1_000_000L;
    private static final long MUCH = 100 * BYTES;

    private final ReceiveQueue queue = new ReceiveQueue(BYTES);
    private final int[] periods = new int[64];

    private void receive(int receivers, long nowNanos) {
        receive(0, receivers, nowNanos);
        receive(0, receivers, nowNanos);
    }

    private void receive(int first, int receivers, long nowNanos) {
        for (int i = first; i < first + receivers; i++) {
            periods[i] = queue.onReceived(periods[i], SEGMENT, nowNanos);
        }
    }

    private long near() {
        return queue.windowBytes(NEAR, MUCH);
    }

    @Test
    void one_alone_hasTheWholeQueue() {
        assertEquals(BYTES, queue.windowBytes(0, MUCH));
        receive(1, PERIOD_NANOS);
        assertEquals(BYTES, near());
    }

    @Test
    void several_atOnce_share() {
        receive(4, PERIOD_NANOS);
        assertEquals(BYTES / 4, near());
        receive(1, 2 * PERIOD_NANOS);
        assertEquals(BYTES / 4, near(), "until a period has shown who is left");
        receive(1, 3 * PERIOD_NANOS);
        assertEquals(BYTES, near());
    }

    @Test
    void others_longAgo_countNoMore() {
        receive(8, PERIOD_NANOS);
        receive(1, 50 * PERIOD_NANOS);
        assertEquals(BYTES, near());
    }

    @Test
    void many_keepWhatPeersNeedToSendWell() {
        receive(64, PERIOD_NANOS);
        assertEquals(SHARE_BYTES_MIN, near());
    }

    @Test
    void whoStarts_hasAFirstFlight_andGrowsFasterThanAnySender() {
        assertEquals(FIRST_BYTES, queue.windowBytes(NEAR, 0));
        assertEquals(FIRST_BYTES + 40_000, queue.windowBytes(NEAR, 10_000));
        assertEquals(BYTES, queue.windowBytes(NEAR, BYTES));
    }

    /** Echoed timestamps tick in milliseconds: no round trip that they bound looks shorter. */
    @Test
    void oneTick_isNoDistance() {
        assertEquals(BYTES, queue.windowBytes(MILLI, MUCH));
        assertTrue(queue.windowBytes(2 * MILLI, MUCH) > BYTES);
    }

    @Test
    void far_hasWhatABusyWorkerTakesOutDuringTheRoundTrip() {
        assertEquals(40L * BYTES, queue.windowBytes(40 * MILLI, MUCH), "nothing measured yet");
        receive(4, PERIOD_NANOS);
        assertEquals(40L * BYTES / 4, queue.windowBytes(40 * MILLI, MUCH));
        // In the time of a measurement the worker was busy for 1 ms, and took out 8 segments.
        queue.onBusyCycle(MILLI);
        receive(1, PERIOD_NANOS + 2 * LOAD_NANOS);
        receive(1, PERIOD_NANOS + 3 * LOAD_NANOS);
        assertEquals(BYTES + 39 * 8 * SEGMENT, queue.windowBytes(40 * MILLI, MUCH));
    }

    @Test
    void workerWithMuchToDo_nobodyIsForgotten() {
        queue.onBusyCycle(25 * MILLI);
        receive(4, 100 * MILLI);
        receive(1, 149 * MILLI);
        assertEquals(BYTES / 4, near());
    }

    @Test
    void workerAlwaysBusy_everyoneOfTheLastQueuefulsShares() {
        turns(25 * MILLI);
        assertEquals(BYTES / 20, near());
    }

    @Test
    void workerWithTime_onlyThoseWhoReceiveNowShare() {
        turns(MILLI);
        assertEquals(BYTES, near());
    }

    /** Twenty, of whom one comes to its turn in each 25 ms. */
    private void turns(long busyNanos) {
        for (int turn = 1; turn <= 80; turn++) {
            queue.onBusyCycle(busyNanos);
            receive(turn % 20, 1, PERIOD_NANOS + turn * 25 * MILLI);
        }
    }

    @Test
    void queue_thatNeedsNoCare_limitsNobody() {
        assertEquals(Integer.MAX_VALUE, new ReceiveQueue(Integer.MAX_VALUE).windowBytes(NEAR, 0));
    }
}
