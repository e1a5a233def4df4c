package io.mptcplb.contract;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that the dataplane and its agent share: theirs to read, nobody else's. */
final class StateFile {
    private static final Set<PosixFilePermission> MODE_0640 =
            PosixFilePermissions.fromString("rw-r-----");

    private StateFile() {}

    /** Makes a file anew, for writing and mapping. */
    static FileChannel open(Path path) throws IOException {
        Files.deleteIfExists(path);
        FileChannel channel =
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(MODE_0640));
        try {
            Files.setPosixFilePermissions(
                    path, MODE_0640); // whatever the process's mask takes away
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Lets a rename in this directory outlive a power failure. */
    static void sync(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
