package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a prefix's namespaces leftovers: whoever holds its lock. The kernel gives it up with
 * the process that held it, however that one ended, and also when that process closes any
 * descriptor of the file: whoever holds it must open it no second time.
 */
final class LabLock implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 100;
    private static final long MARK_BYTES_MAX = 1L << 40;
    private static final int PID_SHIFT = 20;
    private static final Set<Path> HELD_HERE = new HashSet<>();

    private final Path file;
    private final FileChannel channel;

    private LabLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock; null if a living process, this one included, has it. */
    static @Nullable LabLock tryTake(Path file) throws IOException {
        Path key = file.toAbsolutePath().normalize();
        synchronized (HELD_HERE) {
            if (HELD_HERE.contains(key)) {
                return null;
            }
            LabLock lock = tryTakeFromOthers(key);
            if (lock != null) {
                HELD_HERE.add(key);
            }
            return lock;
        }
    }

    private static @Nullable LabLock tryTakeFromOthers(Path file) throws IOException {
        int removed = 0;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                Files.createDirectories(file.getParent());
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (channel.tryLock() == null) {
                    channel.close();
                    return null;
                }
                if (isStillNamed(file, channel)) {
                    return new LabLock(file, channel);
                }
                channel.close();
            } catch (NoSuchFileException e) {
                removed++; // by its last holder, just now, the file or its directory
            }
        }
        throw new LabException("cannot lock " + file + ": removed " + removed + " times meanwhile");
    }

    /**
     * A lock on a file that its last holder has removed excludes nobody: is it the one by name? A
     * size that nobody else would choose tells, and looking at it opens nothing.
     */
    private static boolean isStillNamed(Path file, FileChannel channel) throws IOException {
        long now = System.nanoTime() + (ProcessHandle.current().pid() << PID_SHIFT);
        long mark = 1 + Math.floorMod(now, MARK_BYTES_MAX);
        channel.truncate(0);
        channel.write(ByteBuffer.allocate(1), mark - 1);
        return Files.size(file) == mark;
    }

    /** Gives it up, and leaves no trace of it. */
    @Override
    public void close() throws IOException {
        synchronized (HELD_HERE) {
            Files.deleteIfExists(file);
            channel.close();
            HELD_HERE.remove(file);
        }
        try {
            Files.deleteIfExists(file.getParent());
        } catch (DirectoryNotEmptyException e) {
            return; // other labs, or logs that somebody wanted to keep
        }
    }
}
