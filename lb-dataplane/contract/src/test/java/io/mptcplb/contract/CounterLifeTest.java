package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The counter file while it is written, after its writer died, and after somebody damaged it. */
class CounterLifeTest {
    private static final Map<MetricScope, List<String>> NAMES =
            Map.of(MetricScope.PORT, List.of("isp-a", "isp-b"));

    @TempDir private Path directory;

    private Path path() {
        return directory.resolve("counters");
    }

    private static CounterFile create(Path path) throws IOException {
        return CounterFile.create(path, new CounterLayout(2, NAMES), 1, 2);
    }

    /**
     * Both halves of each value are equal, so a torn read shows; values only grow, so an old one
     * shows too.
     */
    @Test
    @Timeout(60)
    void readWhileWritten_isNeverTornNorGoesBack() throws IOException, InterruptedException {
        try (CounterFile file = create(path());
                CounterReader reader = CounterReader.open(path())) {
            int slot = file.layout().slot(Metric.TCP_SEGMENTS_RX);
            CounterWriter writer = file.writer(1);
            AtomicBoolean enough = new AtomicBoolean();
            Thread worker =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!enough.get()) {
                                    writer.add(slot, 0x1_0000_0001L);
                                }
                            });
            long last = 0;
            for (int changes = 0; changes < 200; ) {
                long value = reader.value(Metric.TCP_SEGMENTS_RX);
                assertEquals((int) value, (int) (value >>> 32), "torn");
                assertTrue(Long.compareUnsigned(value, last) >= 0, "went back");
                changes += value == last ? 0 : 1;
                last = value;
            }
            enough.set(true);
            worker.join();
            assertEquals(writer.get(slot), reader.value(Metric.TCP_SEGMENTS_RX));
        }
    }

    @Test
    @Timeout(120)
    void writerKilled_readerGoesOnWithItsLastValues() throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                path().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertEquals('r', child.getInputStream().read(), "the child says that it writes");
            try (CounterReader reader = CounterReader.open(path())) {
                assertEquals(child.pid(), reader.processId());
                long before = reader.value(Metric.SESSIONS_OPENED);
                while (reader.value(Metric.SESSIONS_OPENED) == before) {
                    Thread.onSpinWait();
                }
                child.destroyForcibly();
                assertTrue(child.waitFor(30, TimeUnit.SECONDS));
                assertEquals(128 + 9, child.exitValue(), "killed, not ended");
                long left = reader.value(Metric.SESSIONS_OPENED);
                assertTrue(left > before);
                try (CounterReader late = CounterReader.open(path())) {
                    assertEquals(
                            left,
                            late.value(Metric.SESSIONS_OPENED),
                            "who comes late sees the same");
                }
                try (CounterFile successor = create(path())) {
                    assertTrue(reader.isReplaced());
                    assertEquals(
                            left,
                            reader.value(Metric.SESSIONS_OPENED),
                            "the old file stays what it is");
                    assertEquals(0, successor.writer(0).get(0));
                }
            }
        } finally {
            child.destroyForcibly();
        }
    }

    /** A dataplane that counts until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String[] words) throws IOException {
            try (CounterFile file = create(Path.of(words[0]))) {
                CounterWriter writer = file.writer(0);
                int slot = file.layout().slot(Metric.SESSIONS_OPENED);
                writer.increment(slot);
                System.out.print('r');
                System.out.flush();
                while (writer.get(slot) > 0) {
                    writer.increment(slot);
                }
            }
        }
    }

    @Test
    void counting_allocatesNothing() throws IOException {
        try (CounterFile file = create(path())) {
            CounterWriter writer = file.writer(0);
            CounterLayout layout = file.layout();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            count(writer, layout, 200_000);
            long before = threads.getCurrentThreadAllocatedBytes();
            count(writer, layout, 5_000_000);
            assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before);
            assertEquals(5_200_000, writer.get(layout.slot(Metric.PORT_RX_FRAMES, 1)));
        }
    }

    private static void count(CounterWriter writer, CounterLayout layout, int times) {
        int frames = layout.slot(Metric.PORT_RX_FRAMES, 1);
        int bytes = layout.slot(Metric.PORT_RX_BYTES, 1);
        int gauge = layout.slot(Metric.WORKER_LONGEST_CYCLE_NANOS);
        for (int i = 0; i < times; i++) {
            writer.increment(frames);
            writer.add(bytes, 1500);
            writer.raise(gauge, i & 0xff);
        }
    }

    @Test
    void blocks_areSpacedSoThatNoLineIsShared() {
        for (int slots : new int[] {0, 1, 15, 16, 17, 1000}) {
            long stride = CounterFormat.blockStride(slots);
            assertEquals(0, stride % 128);
            assertTrue(stride - slots * 8L >= 128, slots + " slots");
        }
    }

    @Test
    void damagedFile_isRefusedOrReadsWithinItself() throws IOException {
        try (CounterFile file = create(path())) {
            assertNotEquals(0, file.layout().slots());
        }
        byte[] sound = Files.readAllBytes(path());
        ByteBuffer header = ByteBuffer.wrap(sound).order(ByteOrder.nativeOrder());
        int descriptorBytes = header.getInt(CounterFormat.AT_DESCRIPTOR_BYTES);
        int end = CounterFormat.HEADER_BYTES + descriptorBytes;
        int refused = 0;
        for (int seed = 0; seed < 1_200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = sound.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                int at = random.nextBoolean() ? random.nextInt(80) : random.nextInt(end);
                damaged[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            }
            if (random.nextBoolean()) {
                reseal(damaged, descriptorBytes);
            }
            refused += readAll(damaged, seed) ? 0 : 1;
        }
        assertTrue(refused > 600, refused + " refused");
        for (int bytes = 0; bytes < sound.length; bytes += bytes < 200 ? 1 : 997) {
            byte[] shorter = Arrays.copyOf(sound, bytes);
            Files.write(path(), shorter);
            assertThrows(
                    CounterFileException.class, () -> CounterReader.open(path()), bytes + " bytes");
        }
    }

    private static void reseal(byte[] file, int descriptorBytes) {
        CRC32C crc = new CRC32C();
        crc.update(file, CounterFormat.HEADER_BYTES, descriptorBytes);
        ByteBuffer.wrap(file)
                .order(ByteOrder.nativeOrder())
                .putInt(CounterFormat.AT_DESCRIPTOR_CRC, (int) crc.getValue());
    }

    private boolean readAll(byte[] bytes, int seed) throws IOException {
        Path copy = directory.resolve("damaged");
        Files.write(copy, bytes);
        try (CounterReader reader = CounterReader.open(copy)) {
            for (CounterReader.Descriptor metric : reader.metrics()) {
                for (int index = -1; index <= metric.indexNames().size(); index++) {
                    reader.value(metric, index);
                }
            }
            return true;
        } catch (CounterFileException e) {
            assertTrue(!String.valueOf(e.getMessage()).isEmpty());
            return false;
        } catch (RuntimeException | Error e) {
            return fail("seed " + seed, e);
        }
    }
}
