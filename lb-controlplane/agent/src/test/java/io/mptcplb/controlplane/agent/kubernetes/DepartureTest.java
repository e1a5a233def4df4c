package io.mptcplb.controlplane.agent.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a dataplane that is to go may go. */
class DepartureTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long SETTLED = Departure.SETTLE_NANOS;

    private final Departure departure = new Departure(0, 25 * SECOND);

    @Test
    void handsOver_thenItsConnectionsEnd() {
        assertEquals(Optional.empty(), departure.look(true, 3, SECOND));
        assertEquals(Optional.empty(), departure.look(false, 3, 2 * SECOND));
        assertEquals(Optional.empty(), departure.look(false, 1, 2 * SECOND + SETTLED));
        assertEquals(
                Optional.of("no connection is left"),
                departure.look(false, 0, 3 * SECOND + SETTLED));
    }

    @Test
    void nothingToServe_waitsUntilClientsHaveHeard() {
        assertEquals(Optional.empty(), departure.look(false, 0, SECOND));
        assertEquals(Optional.empty(), departure.look(false, 0, SECOND + SETTLED - 1));
        assertEquals(
                Optional.of("no connection is left"), departure.look(false, 0, SECOND + SETTLED));
    }

    @Test
    void connectionsStay_untilTimeIsUp() {
        departure.look(false, 9, SECOND);
        assertEquals(Optional.empty(), departure.look(false, 9, 25 * SECOND - 1));
        assertEquals(
                Optional.of("time is up, 9 connections are left"),
                departure.look(false, 9, 25 * SECOND));
    }

    @Test
    void nobodyTakesOver_goesAllTheSame() {
        assertEquals(Optional.empty(), departure.look(true, 9, Departure.HANDOVER_NANOS - 1));
        assertEquals(
                Optional.of("nobody takes its addresses over"),
                departure.look(true, 9, Departure.HANDOVER_NANOS));
    }
}
