package io.mptcplb.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteeringTest {
    private static final long CLIENT = 0xffff_c633_6409L;
    private static final long BACKEND = 0xffff_cb00_7101L;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 64})
    void consecutiveLocalPorts_eachLeadElsewhere_andFirstPortFindsAQueues(int queues) {
        Steering steering = new Steering(queues, 0x1357_9bdf);
        for (int queue = 0; queue < queues; queue++) {
            int port = steering.firstPort(16_384, 0, BACKEND, 8080, queue);
            assertTrue(port >= 16_384 && port < 16_384 + queues);
            assertEquals(queue, steering.queueOf(0, BACKEND, port, 8080));
            assertEquals(queue, steering.queueOf(0, BACKEND, port + queues, 8080));
        }
    }

    /** One client, as the kernel chooses its ports: one after the other, or every second. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void portsOfOneClient_areSpreadEvenly(int step) {
        for (int seed : new int[] {0, 1, -1, 0x1234_5678, 0xcafe_f00d}) {
            Steering steering = new Steering(4, seed);
            int[] found = new int[4];
            for (int i = 0; i < 1000; i++) {
                found[steering.queueOf(0, CLIENT, 443, 32_768 + i * step)]++;
            }
            for (int count : found) {
                assertTrue(count > 150 && count < 350, count + " of 1000 in one of four");
            }
        }
    }

    @Test
    void addressesOfOneNet_areSpread() {
        Steering steering = new Steering(2, 99);
        int first = 0;
        for (int host = 0; host < 256; host++) {
            first += steering.queueOf(0, CLIENT & ~0xffL | host, 443, 40_000);
        }
        assertTrue(first > 90 && first < 166, first + " of 256");
    }

    @Test
    void oneQueue_takesAll_none_isNoSteering() {
        assertEquals(0, Steering.ONE.queueOf(1, 2, 3, 4));
        assertEquals(5, Steering.ONE.firstPort(5, 1, 2, 3, 0));
        assertThrows(IllegalArgumentException.class, () -> new Steering(0, 1));
    }
}
