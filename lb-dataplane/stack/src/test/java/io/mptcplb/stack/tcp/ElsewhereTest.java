package io.mptcplb.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.OtherWorkers;
import io.mptcplb.stack.random.ChaChaKeySource;
import org.junit.jupiter.api.Test;

/** What a home knows of its flows' owners. */
class ElsewhereTest {
    private static final long LOCAL = 0xffff_cb00_7101L;
    private static final long REMOTE = 0xffff_c633_6409L;

    private final Elsewhere elsewhere =
            new Elsewhere(
                    new Crew(0, new Steering(3, 7), OtherWorkers.NONE),
                    8,
                    new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]));

    private void begins(int owner) {
        elsewhere.begins(owner, 0, LOCAL, 0, REMOTE, 443, 40_000);
    }

    private void ends(int owner) {
        elsewhere.ends(owner, 0, LOCAL, 0, REMOTE, 443, 40_000);
    }

    /** One burst with two joins from one port that name connections of two workers. */
    @Test
    void oneFlow_toldByTwo_isTheFirstOnes_andTheOthersEndChangesNothing() {
        begins(1);
        begins(2);
        assertEquals(1, elsewhere.size());
        ends(2);
        assertEquals(1, elsewhere.size());
        ends(1);
        assertEquals(0, elsewhere.size());
    }

    @Test
    void oneFlow_endsAndBeginsElsewhere() {
        begins(1);
        ends(1);
        begins(2);
        ends(1);
        assertEquals(1, elsewhere.size());
        ends(2);
        assertEquals(0, elsewhere.size());
    }
}
