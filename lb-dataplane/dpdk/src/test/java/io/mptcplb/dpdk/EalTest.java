package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DPDK starts once, in the memory that there is, and what it refuses has a name. */
final class EalTest {
    private static final long MEGABYTE = 1 << 20;
    private static final EalOptions OPTIONS =
            EalOptions.ofMegabytes(32).withMemoryMode(MemoryMode.ORDINARY);

    private static Eal eal;
    private static String cpusBefore;

    @BeforeAll
    static void start() {
        cpusBefore = ProcessRights.allowedCpus();
        eal = Eal.start(OPTIONS);
    }

    @AfterAll
    static void stop() {
        eal.close();
    }

    @Test
    void started_describes_releaseAndMemory() {
        assertEquals(MemoryMode.ORDINARY, eal.memoryMode());
        assertTrue(eal.describe().startsWith("DPDK 2"), eal.describe());
        assertTrue(eal.describe().contains("32 MB of ordinary memory"), eal.describe());
    }

    @Test
    void started_threadsStartedLater_mayStillRunEverywhere() throws Exception {
        String[] cpus = {""};
        Thread later = Thread.ofPlatform().start(() -> cpus[0] = ProcessRights.allowedCpus());
        later.join();
        assertEquals(cpusBefore, ProcessRights.allowedCpus());
        assertEquals(cpusBefore, cpus[0]);
    }

    @Test
    void started_isStartedAgain_isRefused() {
        DpdkException thrown = assertThrows(DpdkException.class, () -> Eal.start(OPTIONS));
        assertEquals(DpdkError.ALREADY_STARTED, thrown.error());
    }

    @Test
    void started_withoutDevices_hasNoPorts() {
        assertEquals(0, eal.portCount());
        DpdkException thrown = assertThrows(DpdkException.class, eal::requirePorts);
        assertEquals(DpdkError.NO_PORTS, thrown.error());
        assertTrue(thrown.getMessage().contains("DPDK has 0 ports"), thrown.getMessage());
    }

    @Test
    void pool_beyondMemory_isRefusedWithWhatItTakes() {
        DpdkException thrown =
                assertThrows(
                        DpdkException.class,
                        () -> DpdkBufferPool.create("big", 65_535, Mbuf.DEFAULT_ROOM_BYTES));
        assertEquals(DpdkError.POOL_TOO_BIG, thrown.error());
        int megabytes = DpdkBufferPool.megabytes(65_535, Mbuf.DEFAULT_ROOM_BYTES, false);
        assertTrue(megabytes > 150 && megabytes < 180, "estimate " + megabytes);
        assertTrue(thrown.getMessage().contains("about " + megabytes + " MB"), thrown.getMessage());
    }

    /**
     * The estimate that messages and configuration checks use must be enough, and not far from what
     * DPDK takes.
     */
    @ParameterizedTest
    @CsvSource({"8191, 2176, 32", "2047, 9312, 32"})
    void pool_ofTheEstimatedSize_fits(int count, int roomBytes, int memoryMegabytes) {
        assertTrue(DpdkBufferPool.megabytes(count, roomBytes, false) <= memoryMegabytes);
        try (DpdkBufferPool pool = DpdkBufferPool.create("fits", count, roomBytes)) {
            assertEquals(count, pool.available());
        }
    }

    @Test
    void pool_forXdp_takesAPageForEachBufferAndFitsItsEstimate() {
        int count = 6143;
        assertTrue(DpdkBufferPool.megabytes(count, 2176, true) > 24);
        assertTrue(DpdkBufferPool.megabytes(count, 2176, true) <= 28);
        try (DpdkBufferPool pool = DpdkBufferPool.createForXdp("fits", count, 2176)) {
            assertEquals(count, pool.available());
            for (int i = 0; i < count; i++) {
                long m = pool.alloc();
                long last = m + Mempools.objectBytes(pool.mempool()) - 1;
                assertEquals(m >>> 12, last >>> 12, "crosses a page");
            }
        }
    }

    @Test
    void pool_sameNameTwice_isRefused() {
        try (DpdkBufferPool pool = DpdkBufferPool.create("twice", 127, 2176)) {
            DpdkException thrown =
                    assertThrows(
                            DpdkException.class, () -> DpdkBufferPool.create("twice", 127, 2176));
            assertEquals(DpdkError.OPTIONS_REFUSED, thrown.error());
            assertEquals(127, pool.available());
        }
    }

    @Test
    void pool_roomBeyond16Bits_isRefused() {
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> DpdkBufferPool.create("wide", 127, 65_536));
        assertEquals(DpdkError.POOL_TOO_BIG, thrown.error());
    }

    @Test
    void device_isUnknownToDpdk_driverPackageIsNamed() {
        try (DpdkBufferPool pool = DpdkBufferPool.create("p", 127, 2176)) {
            PortOptions options = PortOptions.of(new PortDevice.Virtual("net_nosuch0", ""));
            DpdkException thrown =
                    assertThrows(DpdkException.class, () -> EthPort.open(options, pool));
            assertEquals(DpdkError.DRIVER_MISSING, thrown.error());
            assertTrue(
                    thrown.getMessage().contains("apt-get install librte-net-nosuch"),
                    thrown.getMessage());
        }
    }

    @Test
    void pciDevice_isNotThere_saysHowToBindOne() {
        try (DpdkBufferPool pool = DpdkBufferPool.create("p", 127, 2176)) {
            PortOptions options = PortOptions.of(new PortDevice.Pci("0000:ff:1f.7", ""));
            DpdkException thrown =
                    assertThrows(DpdkException.class, () -> EthPort.open(options, pool));
            assertEquals(DpdkError.NO_PORTS, thrown.error());
            assertTrue(thrown.getMessage().contains("vfio-pci"), thrown.getMessage());
        }
    }

    @Test
    void nullDevice_isPlugged_opensAndUnplugsAgain() {
        try (DpdkBufferPool pool = DpdkBufferPool.create("p", 511, 2176)) {
            PortOptions options =
                    PortOptions.of(new PortDevice.Virtual("net_null0", "size=64,copy=1"));
            for (int round = 0; round < 3; round++) {
                try (EthPort port = EthPort.open(options, pool)) {
                    assertEquals(1, eal.portCount());
                    long[] frames = new long[32];
                    assertEquals(32, port.poll(frames));
                    for (long m : frames) {
                        assertEquals(64, Mbuf.pktLen(m));
                        pool.release(m);
                    }
                }
                assertEquals(0, eal.portCount());
                assertEquals(511, pool.available());
            }
        }
    }

    @Test
    void pool_isTooSmallForJumbo_saysWhichRoom() {
        try (DpdkBufferPool pool = DpdkBufferPool.create("p", 127, 2176)) {
            PortOptions options =
                    PortOptions.of(new PortDevice.Virtual("net_null0", "")).withMtuBytes(9000);
            DpdkException thrown =
                    assertThrows(DpdkException.class, () -> EthPort.open(options, pool));
            assertEquals(DpdkError.ROOM_TOO_SMALL, thrown.error());
            assertTrue(thrown.getMessage().contains("9146 bytes"), thrown.getMessage());
        }
        assertEquals(0, eal.portCount());
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, 0, ORDINARY",
        "AUTO, 31, ORDINARY",
        "AUTO, 32, HUGEPAGES",
        "AUTO, 4096, HUGEPAGES",
        "ORDINARY, 4096, ORDINARY",
        "HUGEPAGES, 32, HUGEPAGES",
    })
    void memory_isChosen_byWhatIsFree(MemoryMode asked, long freeMegabytes, MemoryMode chosen) {
        assertEquals(
                chosen, Eal.chooseMemory(OPTIONS.withMemoryMode(asked), freeMegabytes * MEGABYTE));
    }

    @Test
    void memory_tooFewHugepages_saysHowManyToReserve() {
        EalOptions options = EalOptions.ofMegabytes(65).withMemoryMode(MemoryMode.HUGEPAGES);
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> Eal.chooseMemory(options, 10 * MEGABYTE));
        assertEquals(DpdkError.HUGEPAGES_MISSING, thrown.error());
        assertTrue(
                thrown.getMessage().contains("65 MB of hugepages asked for, 10 MB"),
                thrown.getMessage());
        assertTrue(thrown.getMessage().contains("vm.nr_hugepages=33"), thrown.getMessage());
    }

    @Test
    void hugepages_areFreeButNotAllowed_countAsAbsent(@TempDir Path folder) throws IOException {
        Path pools = Files.createDirectories(folder.resolve("pools/hugepages-2048kB")).getParent();
        Files.writeString(pools.resolve("hugepages-2048kB/free_hugepages"), "100\n");
        Path root = folder.resolve("cgroup");
        Path pod = Files.createDirectories(root.resolve("pods/a"));
        assertEquals(200 * MEGABYTE, new Hugepages(pools, pod, root).freeBytes());
        Files.writeString(pod.resolve("hugetlb.2MB.max"), "max\n");
        assertEquals(200 * MEGABYTE, new Hugepages(pools, pod, root).freeBytes());
        Files.writeString(root.resolve("pods/hugetlb.2MB.max"), "41943040\n");
        assertEquals(40 * MEGABYTE, new Hugepages(pools, pod, root).freeBytes());
        Files.writeString(pod.resolve("hugetlb.2MB.max"), "0\n");
        assertEquals(0, new Hugepages(pools, pod, root).freeBytes());
        assertEquals(0, new Hugepages(folder.resolve("none"), pod, root).freeBytes());
    }

    @Test
    void arguments_ofEachMode_areTheProvenOnes() {
        List<String> ordinary = Eal.arguments(OPTIONS.withControlCpu(1), MemoryMode.ORDINARY);
        assertEquals(
                List.of(
                        "mptcp-lb",
                        "-l",
                        "1",
                        "--no-telemetry",
                        "--no-huge",
                        "--no-shconf",
                        "-m",
                        "32",
                        "--no-pci"),
                ordinary);
        List<String> huge =
                Eal.arguments(
                        OPTIONS.withControlCpu(0).withPciDevices(List.of("0000:3b:00.0")),
                        MemoryMode.HUGEPAGES);
        assertEquals(
                List.of(
                        "mptcp-lb",
                        "-l",
                        "0",
                        "--no-telemetry",
                        "--in-memory",
                        "-m",
                        "32",
                        "-a",
                        "0000:3b:00.0"),
                huge);
        assertFalse(huge.contains("--no-huge"), "DPDK refuses --no-huge with --in-memory");
    }

    @Test
    void argument_isUnknownToDpdk_processIsToldDpdksWords() throws Exception {
        List<String> command = OpenPortMain.command(List.of(), "net_null0", "-", "--nonsense");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(DpdkError.EAL_REFUSED.code(), process.waitFor(), output);
        assertTrue(output.contains("EAL_REFUSED: rte_eal_init said "), output);
        assertTrue(output.contains("--nonsense"), output);
    }

    @Test
    void options_withTooLittleMemory_areRefused() {
        DpdkException thrown = assertThrows(DpdkException.class, () -> EalOptions.ofMegabytes(8));
        assertEquals(DpdkError.OPTIONS_REFUSED, thrown.error());
    }
}
