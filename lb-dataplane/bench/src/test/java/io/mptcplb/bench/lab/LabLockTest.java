package io.mptcplb.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabLockTest {
    @Test
    void lock_heldGivenUpAndTakenAgain_excludesOnlyWhileHeld(@TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("labs").resolve("x.lock");
        try (LabLock first = LabLock.tryTake(file)) {
            assertNotNull(first);
            assertNull(LabLock.tryTake(file));
        }
        assertFalse(Files.exists(file.getParent()));
        try (LabLock second = LabLock.tryTake(file)) {
            assertNotNull(second);
        }
    }

    /** Tries to take the lock that its argument names; its exit status says whether it could. */
    static final class OtherProcess {
        private static final int TAKEN = 10;
        private static final int REFUSED = 11;

        private OtherProcess() {}

        public static void main(String[] words) throws IOException {
            try (LabLock lock = LabLock.tryTake(Path.of(words[0]))) {
                System.exit(lock == null ? REFUSED : TAKEN);
            }
        }

        static int tries(Path file) throws Exception {
            return new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherProcess.class.getName(),
                            file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    @Test
    void lock_heldHere_anotherProcessIsRefusedUntilItIsGivenUp(@TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("x.lock");
        try (LabLock lock = LabLock.tryTake(file)) {
            assertNotNull(lock);
            assertNull(LabLock.tryTake(file)); // and asking costs the holder nothing
            assertEquals(OtherProcess.REFUSED, OtherProcess.tries(file));
        }
        assertEquals(OtherProcess.TAKEN, OtherProcess.tries(file));
    }

    @Test
    void lock_fileLeftByAKilledRun_isTaken(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("x.lock"), "12345");
        try (LabLock lock = LabLock.tryTake(file)) {
            assertNotNull(lock);
        }
    }
}
