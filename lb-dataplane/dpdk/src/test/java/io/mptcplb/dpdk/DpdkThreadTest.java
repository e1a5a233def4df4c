package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Threads that DPDK knows, and where they wait. */
final class DpdkThreadTest {
    private static final long JOIN_MILLIS = 10_000;

    private static Eal eal;

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(16).withMemoryMode(MemoryMode.ORDINARY));
    }

    @AfterAll
    static void stop() {
        eal.close();
    }

    @Test
    void thread_isPinned_runsOnThatCpuAlone() throws InterruptedException {
        int cpu = ProcessRights.firstAllowedCpu();
        String before = ProcessRights.allowedCpus();
        String[] seen = {""};
        DpdkThread thread = DpdkThread.start("pinned", cpu, () -> seen[0] = threadCpus());
        assertTrue(thread.join(JOIN_MILLIS));
        assertNull(thread.failure());
        assertEquals(Integer.toString(cpu), seen[0]);
        assertEquals(before, ProcessRights.allowedCpus());
    }

    @Test
    void cpu_isNotThere_messageNamesThoseThatAre() {
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> DpdkThread.start("far", 1023, () -> {}));
        assertEquals(DpdkError.CPU_UNAVAILABLE, thrown.error());
        assertTrue(thrown.getMessage().contains(ProcessRights.allowedCpus()), thrown.getMessage());
    }

    @Test
    void body_throws_failureIsKept() throws InterruptedException {
        RuntimeException planted = new IllegalStateException("planted");
        DpdkThread thread =
                DpdkThread.start(
                        "failing",
                        -1,
                        () -> {
                            throw planted;
                        });
        assertTrue(thread.join(JOIN_MILLIS));
        assertSame(planted, thread.failure());
    }

    /** DPDK has 128 places for threads: each must be given back. */
    @Test
    void threads_comeAndGo_placesAreGivenBack() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            DpdkThread thread = DpdkThread.start("short-" + i, -1, () -> {});
            assertTrue(thread.join(JOIN_MILLIS));
            assertNull(thread.failure());
        }
    }

    @Test
    void waiting_isWoken_returnsLongBeforeItsDeadline() throws InterruptedException {
        try (Poller poller = new Poller()) {
            long[] waitedNanos = {0};
            boolean[] reason = {false};
            DpdkThread waiter =
                    DpdkThread.start(
                            "waiter",
                            -1,
                            () -> {
                                long start = System.nanoTime();
                                for (int i = 0; i < 600 && !reason[0]; i++) {
                                    reason[0] = poller.await(Poller.WAIT_NANOS_MAX);
                                }
                                waitedNanos[0] = System.nanoTime() - start;
                            });
            poller.wake();
            assertTrue(waiter.join(JOIN_MILLIS));
            assertTrue(reason[0]);
            assertTrue(waitedNanos[0] < 2_000_000_000L, waitedNanos[0] + " ns");
        }
    }

    @Test
    void wake_comesBeforeTheWait_endsItAtOnceAndOnlyOnce() {
        try (Poller poller = new Poller()) {
            poller.wake();
            poller.wake();
            assertTrue(poller.await(Poller.WAIT_NANOS_MAX));
            assertEquals(false, poller.await(0));
        }
    }

    @Test
    void wait_withoutReason_lastsItsTimeAndNoLongerThanTheMaximum() {
        try (Poller poller = new Poller()) {
            long start = System.nanoTime();
            assertEquals(false, poller.await(5_000_000));
            long waited = System.nanoTime() - start;
            assertTrue(waited >= 5_000_000, waited + " ns");
            assertEquals(false, poller.await(-1));
            start = System.nanoTime();
            assertEquals(false, poller.await(Long.MAX_VALUE));
            assertTrue(System.nanoTime() - start < 10 * Poller.WAIT_NANOS_MAX);
        }
    }

    @Test
    void descriptor_isClosedElsewhere_doesNotEndEveryWait() {
        try (Poller poller = new Poller()) {
            poller.add(1_000_000);
            assertTrue(
                    poller.await(Poller.WAIT_NANOS_MAX), "the closed descriptor is noticed once");
            assertEquals(false, poller.await(1_000));
        }
    }

    @Test
    void descriptors_beyondTheLimit_areRefused() {
        try (Poller poller = new Poller()) {
            for (int i = 0; i < 64; i++) {
                poller.add(-1);
            }
            DpdkException thrown = assertThrows(DpdkException.class, () -> poller.add(-1));
            assertInstanceOf(DpdkException.class, thrown);
            assertEquals(DpdkError.SYSTEM_CALL_FAILED, thrown.error());
        }
    }

    private static String threadCpus() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
            return "";
        } catch (IOException noProc) {
            throw new IllegalStateException(noProc);
        }
    }
}
