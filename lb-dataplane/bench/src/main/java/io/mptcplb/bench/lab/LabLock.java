package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a prefix's namespaces leftovers: whoever holds its lock. The kernel gives it up with
 * the process that held it, however that one ended. The empty file stays, as removing it would let
 * two hold locks of one name.
 */
final class LabLock implements AutoCloseable {
    private final FileChannel channel;

    private LabLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock; null if a living process, this one included, has it. */
    static @Nullable LabLock tryTake(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new LabLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held by another lab of this process: the same answer.
        }
        channel.close();
        return null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
