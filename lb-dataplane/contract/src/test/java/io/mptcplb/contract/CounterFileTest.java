package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterFileTest {
    private static final Map<MetricScope, List<String>> NAMES =
            Map.of(
                    MetricScope.PORT, List.of("isp-a", "isp-b", "lan"),
                    MetricScope.DROP_REASON, List.of("none", "too-short", "bad-checksum"));

    @TempDir private Path directory;

    private Path path() {
        return directory.resolve("counters");
    }

    private CounterFile create(int workers) throws IOException {
        return CounterFile.create(path(), new CounterLayout(workers, NAMES), 1_700_000_000L, 42);
    }

    @Test
    void written_readerSumsWorkers() throws IOException {
        try (CounterFile file = create(3);
                CounterReader reader = CounterReader.open(path())) {
            int drops = file.layout().slot(Metric.DROPS);
            for (int worker = 0; worker < 3; worker++) {
                CounterWriter writer = file.writer(worker);
                writer.increment(file.layout().slot(Metric.WORKER_CYCLES));
                writer.add(drops + 2, 10 + worker);
            }
            assertEquals(3, reader.value(Metric.WORKER_CYCLES));
            assertEquals(33, reader.value(Metric.DROPS, 2));
            assertEquals(0, reader.value(Metric.DROPS, 1));
            assertEquals(33, reader.value(Metric.DROPS));
            assertEquals(12, reader.valueOfWorker(Metric.DROPS, 2, 2));
            assertEquals(NAMES.get(MetricScope.DROP_REASON), reader.names(MetricScope.DROP_REASON));
            assertEquals(1_700_000_000L, reader.startUnixNanos());
            assertEquals(42, reader.random());
            assertEquals(ProcessHandle.current().pid(), reader.processId());
        }
    }

    @Test
    void gauges_foldAsTheirAggregateSays() throws IOException {
        try (CounterFile file = create(3);
                CounterReader reader = CounterReader.open(path())) {
            CounterLayout layout = file.layout();
            long[] generations = {7, 5, 6};
            long[] rttNanos = {0, 10_000_000, 20_000_000};
            for (int worker = 0; worker < 3; worker++) {
                CounterWriter writer = file.writer(worker);
                writer.set(layout.slot(Metric.CONFIG_GENERATION), generations[worker]);
                writer.set(layout.slot(Metric.PATH_SRTT_NANOS, 1), rttNanos[worker]);
                writer.raise(layout.slot(Metric.PRESSURE), worker == 1 ? 2 : 0);
            }
            assertEquals(5, reader.value(Metric.CONFIG_GENERATION));
            assertEquals(15_000_000, reader.value(Metric.PATH_SRTT_NANOS, 1));
            assertEquals(0, reader.value(Metric.PATH_SRTT_NANOS, 0));
            assertEquals(2, reader.value(Metric.PRESSURE));
        }
    }

    @Test
    void everySlot_ofEveryWorker_isItsOwn() throws IOException {
        try (CounterFile file = create(2);
                CounterReader reader = CounterReader.open(path())) {
            for (int worker = 0; worker < 2; worker++) {
                for (int slot = 0; slot < file.layout().slots(); slot++) {
                    file.writer(worker).set(slot, 1000L * worker + slot + 1);
                }
            }
            int seen = 0;
            for (Metric metric : Metric.values()) {
                for (int index = 0; index < file.layout().slots(metric); index++) {
                    int slot = file.layout().slot(metric, index);
                    assertEquals(seen++, slot, "slots are dense and in order");
                    assertEquals(slot + 1, reader.valueOfWorker(metric, index, 0));
                    assertEquals(1000 + slot + 1, reader.valueOfWorker(metric, index, 1));
                }
            }
            assertEquals(file.layout().slots(), seen);
        }
    }

    @Test
    void slotOutsideLayout_isRefused() throws IOException {
        try (CounterFile file = create(1)) {
            CounterWriter writer = file.writer(0);
            int end = file.layout().slots();
            assertThrows(IndexOutOfBoundsException.class, () -> writer.add(end, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.set(-1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.writer(1));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> file.layout().slot(Metric.DROPS, 3));
        }
    }

    @Test
    void createdAgain_oldReaderKeepsItsFileAndSeesTheChange() throws IOException {
        try (CounterFile first = create(1);
                CounterReader reader = CounterReader.open(path())) {
            first.writer(0).set(first.layout().slot(Metric.SESSIONS), 9);
            assertFalse(reader.isReplaced());
            try (CounterFile second = create(1)) {
                assertTrue(reader.isReplaced());
                assertEquals(9, reader.value(Metric.SESSIONS));
                second.writer(0).set(second.layout().slot(Metric.SESSIONS), 1);
                try (CounterReader again = CounterReader.open(path())) {
                    assertEquals(1, again.value(Metric.SESSIONS));
                }
            }
            Files.delete(path());
            assertTrue(reader.isReplaced());
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(0, left.count(), "temporary files are gone");
        }
    }
}
