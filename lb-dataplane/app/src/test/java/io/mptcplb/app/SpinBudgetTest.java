package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SpinBudgetTest {
    private static final long SHORT = SpinBudget.WORTH_SPINNING_NANOS - 1;
    private static final long LONG = SpinBudget.WORTH_SPINNING_NANOS;

    private final SpinBudget spins = new SpinBudget();

    @Test
    void longSleeps_halveIt_downToOneCycle() {
        assertEquals(16, spins.cycles());
        for (int expected : new int[] {8, 4, 2, 1, 1}) {
            spins.onSleep(LONG);
            assertEquals(expected, spins.cycles());
        }
    }

    @Test
    void shortSleeps_doubleIt_upToItsMost() {
        for (int i = 0; i < 4; i++) {
            spins.onSleep(LONG);
        }
        for (int expected : new int[] {2, 4, 8, 16, 16}) {
            spins.onSleep(SHORT);
            assertEquals(expected, spins.cycles());
        }
    }

    @Test
    void sleepsOfBothKinds_byTurns_leaveItWhereItIs() {
        spins.onSleep(LONG);
        for (int i = 0; i < 100; i++) {
            spins.onSleep(SHORT);
            spins.onSleep(LONG);
        }
        assertEquals(8, spins.cycles());
    }
}
