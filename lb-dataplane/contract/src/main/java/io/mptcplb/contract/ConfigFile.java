package io.mptcplb.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A snapshot on disk, such as {@code config.last}: replaced whole and synced, so that a crash
 * leaves the old one or the new one.
 */
public final class ConfigFile {
    /** In the state directory: what the next process serves by. */
    public static final String LAST = "config.last";

    /** Beside it: why it cannot be served, as long as another one is waited for. */
    public static final String REFUSED = "config.refused";

    private ConfigFile() {}

    public static void write(Path path, LbConfig config) throws IOException {
        Path temporary =
                path.resolveSibling(
                        "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        try {
            try (FileChannel channel = StateFile.open(temporary)) {
                ByteBuffer bytes = ByteBuffer.wrap(ConfigCodec.encode(config));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(
                    temporary,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            StateFile.sync(path.toAbsolutePath().getParent());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when the file cannot be read
     * @throws CodecException when it is no snapshot
     */
    public static LbConfig read(Path path) throws IOException, CodecException {
        long bytes = Files.size(path);
        if (bytes > ConfigCodec.BYTES_MAX) {
            throw new CodecException("frame", bytes + " bytes, at most " + ConfigCodec.BYTES_MAX);
        }
        return ConfigCodec.decode(Files.readAllBytes(path));
    }
}
