package io.mptcplb.contract;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The part of a counter file that says what its slots mean, read once and checked against the
 * file's size.
 */
record CounterDescriptors(
        int workers,
        long blocksOffset,
        long blockStride,
        List<CounterReader.Descriptor> metrics,
        Map<Integer, List<String>> scopeNames) {

    static CounterDescriptors read(MemorySegment file) throws CounterFileException {
        check(
                file.get(CounterFormat.U64, CounterFormat.AT_MAGIC) == CounterFormat.MAGIC,
                "no counter file of this machine");
        int version = file.get(CounterFormat.U32, CounterFormat.AT_VERSION);
        check(
                version == CounterFormat.VERSION,
                "format version " + version + ", this program reads " + CounterFormat.VERSION);
        int workers = file.get(CounterFormat.U32, CounterFormat.AT_WORKERS);
        int slots = file.get(CounterFormat.U32, CounterFormat.AT_SLOTS);
        long blocks = file.get(CounterFormat.U64, CounterFormat.AT_BLOCKS_OFFSET);
        long stride = file.get(CounterFormat.U64, CounterFormat.AT_BLOCK_STRIDE);
        check(workers > 0 && workers <= WorkerConfig.COUNT_MAX, workers + " workers");
        check(slots >= 0 && slots <= CounterLayout.SLOTS_MAX, slots + " slots");
        check(stride == CounterFormat.blockStride(slots), "block stride " + stride);
        check(
                blocks % Long.BYTES == 0
                        && blocks >= CounterFormat.HEADER_BYTES
                        && blocks <= file.byteSize() - stride * workers,
                "blocks lie outside the file");
        return parse(table(file), workers, slots, blocks, stride);
    }

    private static ByteBuffer table(MemorySegment file) throws CounterFileException {
        long offset = file.get(CounterFormat.U64, CounterFormat.AT_DESCRIPTOR_OFFSET);
        int bytes = file.get(CounterFormat.U32, CounterFormat.AT_DESCRIPTOR_BYTES);
        check(
                bytes >= 0
                        && offset >= CounterFormat.HEADER_BYTES
                        && offset <= file.byteSize() - bytes,
                "descriptors lie outside the file");
        byte[] table = file.asSlice(offset, bytes).toArray(ValueLayout.JAVA_BYTE);
        CRC32C crc = new CRC32C();
        crc.update(table);
        check(
                (int) crc.getValue()
                        == file.get(CounterFormat.U32, CounterFormat.AT_DESCRIPTOR_CRC),
                "descriptors are damaged");
        return ByteBuffer.wrap(table).order(ByteOrder.nativeOrder());
    }

    private static CounterDescriptors parse(
            ByteBuffer table, int workers, int slots, long blocks, long stride)
            throws CounterFileException {
        Map<Integer, String> labels = new HashMap<>();
        Map<Integer, List<String>> scopeNames = new HashMap<>();
        for (int left = number(table); left > 0; left--) {
            int scope = number(table);
            labels.put(scope, text(table));
            List<String> names = new ArrayList<>();
            for (int namesLeft = number(table); namesLeft > 0; namesLeft--) {
                names.add(text(table));
            }
            scopeNames.put(scope, List.copyOf(names));
        }
        List<CounterReader.Descriptor> metrics = new ArrayList<>();
        for (int left = number(table); left > 0; left--) {
            metrics.add(metric(table, labels, scopeNames, slots));
        }
        return new CounterDescriptors(
                workers, blocks, stride, List.copyOf(metrics), Map.copyOf(scopeNames));
    }

    private static CounterReader.Descriptor metric(
            ByteBuffer table,
            Map<Integer, String> labels,
            Map<Integer, List<String>> scopeNames,
            int slots)
            throws CounterFileException {
        int code = number(table);
        MetricKind kind = coded(MetricKind.values(), number(table), "kind");
        MetricAggregate aggregate = coded(MetricAggregate.values(), number(table), "aggregate");
        MetricUnit unit = coded(MetricUnit.values(), number(table), "unit");
        int scope = number(table);
        int firstSlot = number(table);
        String name = text(table);
        String help = text(table);
        List<String> names = scopeNames.getOrDefault(scope, List.of());
        check(
                firstSlot >= 0 && firstSlot <= slots - names.size(),
                name + " has slots outside its block");
        return new CounterReader.Descriptor(
                code,
                name,
                help,
                kind,
                aggregate,
                unit,
                labels.getOrDefault(scope, "scope" + scope),
                names,
                firstSlot);
    }

    private static <E extends Coded> E coded(E[] values, int code, String field)
            throws CounterFileException {
        for (E value : values) {
            if (value.code() == code) {
                return value;
            }
        }
        throw new CounterFileException("unknown " + field + " " + code);
    }

    private static int number(ByteBuffer table) throws CounterFileException {
        check(table.remaining() >= Integer.BYTES, "descriptors end too early");
        return table.getInt();
    }

    private static String text(ByteBuffer table) throws CounterFileException {
        int bytes = number(table);
        check(bytes >= 0 && bytes <= table.remaining(), "descriptors end too early");
        byte[] text = new byte[bytes];
        table.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void check(boolean holds, String message) throws CounterFileException {
        if (!holds) {
            throw new CounterFileException(message);
        }
    }

    List<String> names(int scope) {
        return scopeNames.getOrDefault(scope, List.of());
    }
}
