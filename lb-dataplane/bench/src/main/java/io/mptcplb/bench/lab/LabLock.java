package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a prefix's namespaces leftovers: whoever holds its lock. The kernel gives it up with
 * the process that held it, however that one ended.
 */
final class LabLock implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 100;

    private final Path file;
    private final FileChannel channel;

    private LabLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock; null if a living process, this one included, has it. */
    static @Nullable LabLock tryTake(Path file) throws IOException {
        int removed = 0;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                Files.createDirectories(file.getParent());
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!locks(channel)) {
                    channel.close();
                    return null;
                }
                if (isStillNamed(file, channel, attempt)) {
                    return new LabLock(file, channel);
                }
                channel.close();
            } catch (NoSuchFileException e) {
                removed++; // by its last holder, just now, the file or its directory
            }
        }
        throw new LabException("cannot lock " + file + ": removed " + removed + " times meanwhile");
    }

    private static boolean locks(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another lab of this process
        }
    }

    /** A lock on a file that its last holder has removed excludes nobody: is it the one by name? */
    private static boolean isStillNamed(Path file, FileChannel channel, int attempt)
            throws IOException {
        String mark = ProcessHandle.current().pid() + " " + System.nanoTime() + " " + attempt;
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)), 0);
        return Files.readString(file).equals(mark);
    }

    /** Gives it up, and leaves no trace of it. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
        try {
            Files.deleteIfExists(file.getParent());
        } catch (DirectoryNotEmptyException e) {
            return; // other labs, or logs that somebody wanted to keep
        }
    }
}
