package io.mptcplb.contract;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The reading side of the counter file. Works while the writer runs and after it died; takes no
 * lock and never disturbs it.
 *
 * <p>What a metric is comes from the file, not from this program's catalogue, so that a newer
 * writer's figures can be shown. A metric that the file does not have reads as 0. Any thread may
 * read.
 */
public final class CounterReader implements AutoCloseable {
    private final Path path;
    private final Object fileKey;
    private final Arena arena;
    private final MemorySegment file;
    private final CounterDescriptors descriptors;
    private final Map<Integer, Descriptor> byCode = new HashMap<>();

    /**
     * What the file says of one metric.
     *
     * @param code {@link Metric#code}
     * @param name {@link Metric#exportName}
     * @param help one sentence
     * @param kind how it moves
     * @param aggregate how workers' values make one
     * @param unit unit of the value
     * @param label label name of its scope
     * @param indexNames label value of each index, in order; one entry for a metric of the worker
     *     itself
     * @param firstSlot where index 0 lies in each block
     */
    public record Descriptor(
            int code,
            String name,
            String help,
            MetricKind kind,
            MetricAggregate aggregate,
            MetricUnit unit,
            String label,
            List<String> indexNames,
            int firstSlot) {}

    private CounterReader(Path path, Object fileKey, Arena arena, MemorySegment file)
            throws CounterFileException {
        this.path = path;
        this.fileKey = fileKey;
        this.arena = arena;
        this.file = file;
        this.descriptors = CounterDescriptors.read(file);
        descriptors.metrics().forEach(descriptor -> byCode.put(descriptor.code(), descriptor));
    }

    /**
     * Maps the file read-only.
     *
     * @throws CounterFileException when it is no counter file of this version and machine
     * @throws IOException when it cannot be read
     */
    public static CounterReader open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() < CounterFormat.HEADER_BYTES) {
                throw new CounterFileException(path + ": too short for a counter file");
            }
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new CounterReader(path, key(path), arena, file);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Object key(Path path) throws IOException {
        Object key =
                Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey();
        return key == null ? path : key;
    }

    public Path path() {
        return path;
    }

    /**
     * True once another file stands at the path, or none: open again. The dataplane serves other
     * names, or has started anew: then {@link #startUnixNanos} or {@link #random} tell.
     */
    public boolean isReplaced() throws IOException {
        try {
            return !key(path).equals(fileKey);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** Wall-clock start of the dataplane that made the file. */
    public long startUnixNanos() {
        return file.get(CounterFormat.U64, CounterFormat.AT_START);
    }

    /** With {@link #startUnixNanos}, the epoch: what tells one run from another. */
    public long random() {
        return file.get(CounterFormat.U64, CounterFormat.AT_RANDOM);
    }

    /** The process that made the file. */
    public long processId() {
        return file.get(CounterFormat.U64, CounterFormat.AT_PROCESS);
    }

    public int workers() {
        return descriptors.workers();
    }

    /** Every metric of the file, in its order. */
    public List<Descriptor> metrics() {
        return descriptors.metrics();
    }

    /** Names of a scope in index order, as the writer gave them. */
    public List<String> names(MetricScope scope) {
        return descriptors.names(scope.code());
    }

    /** All indexes of all workers in one value. */
    public long value(Metric metric) {
        Descriptor descriptor = byCode.get(metric.code());
        if (descriptor == null) {
            return 0;
        }
        Aggregation all = new Aggregation(descriptor.aggregate());
        for (int index = 0; index < descriptor.indexNames().size(); index++) {
            collect(descriptor, index, all);
        }
        return all.result();
    }

    /**
     * All workers' values of one index in one value; an index that the file does not have reads as
     * 0.
     */
    public long value(Metric metric, int index) {
        Descriptor descriptor = byCode.get(metric.code());
        return descriptor == null ? 0 : value(descriptor, index);
    }

    /** As {@link #value(Metric, int)}, for a metric that this program's catalogue may not know. */
    public long value(Descriptor descriptor, int index) {
        if (index < 0 || index >= descriptor.indexNames().size()) {
            return 0;
        }
        Aggregation all = new Aggregation(descriptor.aggregate());
        collect(descriptor, index, all);
        return all.result();
    }

    /** One worker's value of one index. */
    public long valueOfWorker(Metric metric, int index, int worker) {
        Descriptor descriptor = byCode.get(metric.code());
        if (descriptor == null || index < 0 || index >= descriptor.indexNames().size()) {
            return 0;
        }
        return slot(worker, descriptor.firstSlot() + index);
    }

    private void collect(Descriptor descriptor, int index, Aggregation all) {
        for (int worker = 0; worker < workers(); worker++) {
            all.take(slot(worker, descriptor.firstSlot() + index));
        }
    }

    private long slot(int worker, int slot) {
        if (worker < 0 || worker >= workers()) {
            throw new IndexOutOfBoundsException("no worker " + worker + " of " + workers());
        }
        long at =
                descriptors.blocksOffset()
                        + descriptors.blockStride() * worker
                        + (long) slot * Long.BYTES;
        return (long) CounterFormat.SLOT.getOpaque(file, at);
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Folds values as a {@link MetricAggregate} says. */
    private static final class Aggregation {
        private final MetricAggregate aggregate;
        private long folded;
        private int taken;

        Aggregation(MetricAggregate aggregate) {
            this.aggregate = aggregate;
        }

        void take(long value) {
            if (aggregate == MetricAggregate.MEAN && value == 0) {
                return;
            }
            folded =
                    switch (aggregate) {
                        case SUM, MEAN -> folded + value;
                        case MAX -> taken == 0 ? value : Math.max(folded, value);
                        case MIN -> taken == 0 ? value : Math.min(folded, value);
                    };
            taken++;
        }

        long result() {
            return aggregate == MetricAggregate.MEAN && taken > 1 ? folded / taken : folded;
        }
    }
}
