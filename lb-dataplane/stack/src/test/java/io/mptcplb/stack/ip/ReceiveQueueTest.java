package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ReceiveQueue.PERIOD_NANOS;
import static io.mptcplb.stack.ip.ReceiveQueue.SHARE_BYTES_MIN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReceiveQueueTest {
    private static final int BYTES = 200_000;
    private static final long NEAR = 100_000L;
    private static final long MILLI = 1_000_000L;

    private final ReceiveQueue queue = new ReceiveQueue(BYTES);
    private final int[] periods = new int[64];

    private void receive(int receivers, long nowNanos) {
        for (int i = 0; i < receivers; i++) {
            periods[i] = queue.onReceived(periods[i], nowNanos);
            periods[i] = queue.onReceived(periods[i], nowNanos);
        }
    }

    @Test
    void one_alone_hasTheWholeQueue() {
        assertEquals(BYTES, queue.windowBytes(0));
        receive(1, PERIOD_NANOS);
        assertEquals(BYTES, queue.windowBytes(NEAR));
    }

    @Test
    void several_atOnce_share() {
        receive(4, PERIOD_NANOS);
        assertEquals(BYTES / 4, queue.windowBytes(NEAR));
        receive(1, 2 * PERIOD_NANOS);
        assertEquals(BYTES / 4, queue.windowBytes(NEAR), "until a period has shown who is left");
        receive(1, 3 * PERIOD_NANOS);
        assertEquals(BYTES, queue.windowBytes(NEAR));
    }

    @Test
    void others_longAgo_countNoMore() {
        receive(8, PERIOD_NANOS);
        receive(1, 50 * PERIOD_NANOS);
        assertEquals(BYTES, queue.windowBytes(NEAR));
    }

    @Test
    void many_keepWhatPeersNeedToSendWell() {
        receive(64, PERIOD_NANOS);
        assertEquals(SHARE_BYTES_MIN, queue.windowBytes(NEAR));
    }

    @Test
    void far_spreadsItsWindowOverTheRoundTrip() {
        assertEquals(40L * BYTES, queue.windowBytes(40 * MILLI));
        receive(4, PERIOD_NANOS);
        assertEquals(40L * (BYTES / 4), queue.windowBytes(40 * MILLI));
    }

    @Test
    void workerWithMuchToDo_roundTripsOfItsOwnDoNotWidenWindows_nobodyIsForgotten() {
        queue.onBusyCycle(25 * MILLI);
        assertEquals(BYTES, queue.windowBytes(40 * MILLI));
        assertEquals(2L * BYTES, queue.windowBytes(60 * MILLI));
        receive(4, 100 * MILLI);
        receive(1, 151 * MILLI);
        assertEquals(BYTES / 4, queue.windowBytes(NEAR));
        for (int i = 0; i < 1_000; i++) {
            queue.onBusyCycle(MILLI / 2);
        }
        assertEquals(40L * (BYTES / 4), queue.windowBytes(40 * MILLI));
    }

    @Test
    void queue_thatNeedsNoCare_limitsNobody() {
        assertEquals(Integer.MAX_VALUE, new ReceiveQueue(Integer.MAX_VALUE).windowBytes(NEAR));
    }
}
