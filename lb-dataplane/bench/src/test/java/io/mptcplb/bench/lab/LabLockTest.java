package io.mptcplb.bench.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

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

    @Test
    void lock_fileLeftByAKilledRun_isTaken(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("x.lock"), "12345");
        try (LabLock lock = LabLock.tryTake(file)) {
            assertNotNull(lock);
        }
    }
}
