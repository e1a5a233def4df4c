package io.mptcplb.stack.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PhaseClockTest {
    private final PhaseClock phases = new PhaseClock();
    private long nowNanos;

    @Test
    void measuredCycle_spendsTime_eachPhaseGetsItsOwn() {
        phases.use(() -> nowNanos);
        phases.begin(Phase.RX);
        nowNanos += 100;
        assertEquals(Phase.RX, phases.enter(Phase.PARSE));
        nowNanos += 30;
        Phase before = phases.enter(Phase.BUILD);
        nowNanos += 5;
        phases.enter(before);
        nowNanos += 7;
        phases.end();
        assertEquals(100, phases.nanos(Phase.RX));
        assertEquals(37, phases.nanos(Phase.PARSE));
        assertEquals(5, phases.nanos(Phase.BUILD));
    }

    @Test
    void cycleIsNotMeasured_nothingIsCounted() {
        phases.use(() -> nowNanos);
        phases.enter(Phase.TX);
        nowNanos += 100;
        phases.end();
        for (Phase phase : Phase.values()) {
            assertEquals(0, phases.nanos(phase), phase.name());
        }
    }

    @Test
    void clockTakesTime_whatStampsCostIsTakenOff() {
        phases.use(() -> nowNanos += 20);
        phases.begin(Phase.RX);
        nowNanos += 100;
        phases.end();
        assertEquals(100, phases.nanos(Phase.RX));
    }
}
