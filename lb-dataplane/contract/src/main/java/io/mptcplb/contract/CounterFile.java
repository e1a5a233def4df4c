package io.mptcplb.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The writing side of the counter file: made whole under another name, then renamed into place, so
 * that a reader finds either the old file or the complete new one. It outlives its writer; readers
 * of an old file keep it until they look again.
 *
 * <p>Owner: the thread that starts workers. {@link #close} unmaps it, after which its writers
 * throw; the file stays.
 */
public final class CounterFile implements AutoCloseable {
    private final Arena arena;
    private final MemorySegment file;
    private final CounterLayout layout;
    private final Path path;
    private final long random;

    private CounterFile(Arena arena, MemorySegment file, CounterLayout layout, Path path) {
        this.arena = arena;
        this.file = file;
        this.layout = layout;
        this.path = path;
        random = file.get(CounterFormat.U64, CounterFormat.AT_RANDOM);
    }

    /**
     * Creates the file, all values zero, and lets it appear.
     *
     * @param path where it will appear; the directory exists
     * @param layout its slots
     * @param startUnixNanos wall-clock start of the dataplane
     * @param random with the start, what tells one run of the dataplane from another
     * @throws IOException when it cannot be written; then nothing is left behind
     */
    public static CounterFile create(
            Path path, CounterLayout layout, long startUnixNanos, long random) throws IOException {
        CounterFile made = prepare(path, layout, startUnixNanos, random);
        try {
            made.appear();
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /**
     * A file of the same run for other names, all values zero. Nobody sees it until it {@link
     * #appear}s: write every figure that carries on before, so that none falls.
     *
     * @throws IOException when it cannot be written; then nothing is left behind
     */
    public CounterFile successor(CounterLayout newLayout) throws IOException {
        return prepare(
                path, newLayout, file.get(CounterFormat.U64, CounterFormat.AT_START), random);
    }

    private static CounterFile prepare(
            Path path, CounterLayout layout, long startUnixNanos, long random) throws IOException {
        Path temporary = temporary(path, random);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment file = write(temporary, image(layout, startUnixNanos, random), arena);
            return new CounterFile(arena, file, layout, path);
        } catch (IOException | RuntimeException e) {
            arena.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** It will not appear. */
    public void discard() throws IOException {
        close();
        Files.deleteIfExists(temporary(path, random));
    }

    private static Path temporary(Path path, long random) {
        return path.resolveSibling(
                "." + path.getFileName() + "." + Long.toHexString(random) + ".new");
    }

    /**
     * Takes its place, whatever stands there.
     *
     * @throws IOException when it cannot; then it is gone, and still to be closed
     */
    public void appear() throws IOException {
        Path temporary = temporary(path, random);
        try {
            Files.move(
                    temporary,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Every byte is written, not just reserved: a full disk is an error here and not a SIGBUS in a
     * worker.
     */
    private static MemorySegment write(Path temporary, ByteBuffer image, Arena arena)
            throws IOException {
        try (FileChannel channel = StateFile.open(temporary)) {
            while (image.hasRemaining()) {
                channel.write(image);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, image.limit(), arena);
        }
    }

    private static ByteBuffer image(CounterLayout layout, long startUnixNanos, long random) {
        byte[] descriptors = descriptors(layout);
        CRC32C crc = new CRC32C();
        crc.update(descriptors);
        long blocks = CounterFormat.aligned(CounterFormat.HEADER_BYTES + (long) descriptors.length);
        long stride = CounterFormat.blockStride(layout.slots());
        ByteBuffer image = ByteBuffer.allocate(Math.toIntExact(blocks + stride * layout.workers()));
        image.order(ByteOrder.nativeOrder());
        image.putLong(CounterFormat.AT_MAGIC, CounterFormat.MAGIC);
        image.putInt(CounterFormat.AT_VERSION, CounterFormat.VERSION);
        image.putInt(CounterFormat.AT_HEADER_BYTES, CounterFormat.HEADER_BYTES);
        image.putLong(CounterFormat.AT_START, startUnixNanos);
        image.putLong(CounterFormat.AT_RANDOM, random);
        image.putLong(CounterFormat.AT_PROCESS, ProcessHandle.current().pid());
        image.putInt(CounterFormat.AT_WORKERS, layout.workers());
        image.putInt(CounterFormat.AT_SLOTS, layout.slots());
        image.putLong(CounterFormat.AT_BLOCKS_OFFSET, blocks);
        image.putLong(CounterFormat.AT_BLOCK_STRIDE, stride);
        image.putLong(CounterFormat.AT_DESCRIPTOR_OFFSET, CounterFormat.HEADER_BYTES);
        image.putInt(CounterFormat.AT_DESCRIPTOR_BYTES, descriptors.length);
        image.putInt(CounterFormat.AT_DESCRIPTOR_CRC, (int) crc.getValue());
        image.put(CounterFormat.HEADER_BYTES, descriptors);
        return image;
    }

    private static byte[] descriptors(CounterLayout layout) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, MetricScope.values().length);
        for (MetricScope scope : MetricScope.values()) {
            List<String> names = layout.names(scope);
            number(out, scope.code());
            text(out, scope.text());
            number(out, names.size());
            names.forEach(name -> text(out, name));
        }
        number(out, Metric.values().length);
        for (Metric metric : Metric.values()) {
            number(out, metric.code());
            number(out, metric.kind().code());
            number(out, metric.aggregate().code());
            number(out, metric.unit().code());
            number(out, metric.scope().code());
            number(out, layout.slot(metric));
            text(out, metric.exportName());
            text(out, metric.help());
        }
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int value) {
        out.writeBytes(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(0, value)
                        .array());
    }

    private static void text(ByteArrayOutputStream out, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.writeBytes(bytes);
    }

    public CounterLayout layout() {
        return layout;
    }

    public Path path() {
        return path;
    }

    /**
     * The block of one worker. Two writers of one worker would lose each other's counts: make one.
     */
    public CounterWriter writer(int worker) {
        if (worker < 0 || worker >= layout.workers()) {
            throw new IndexOutOfBoundsException("no worker " + worker + " of " + layout.workers());
        }
        long stride = CounterFormat.blockStride(layout.slots());
        long start = file.byteSize() - stride * (layout.workers() - worker);
        return new CounterWriter(file.asSlice(start, (long) layout.slots() * Long.BYTES));
    }

    @Override
    public void close() {
        arena.close();
    }
}
