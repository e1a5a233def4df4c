package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our offsets are those of the C compiler. Where gcc and DPDK's headers are (package libdpdk-dev,
 * or -Dmptcplb.dpdk.include=folder:folder), a C program prints offsetof and sizeof of everything
 * that {@link Abi} claims for the headers' release; elsewhere the start-up self-test of the
 * installed library is what can be had, and the test says so.
 */
final class LayoutTest {
    private static final String SYSTEM_INCLUDES =
            "/usr/include/dpdk:/usr/include/x86_64-linux-gnu/dpdk:/usr/include/aarch64-linux-gnu/dpdk";

    @Test
    void offsets_ofTheInstalledRelease_areThoseOfTheCompiler(
            @TempDir Path folder, TestReporter reporter) throws Exception {
        List<String> includes = includes();
        if (includes.isEmpty() || !isGccThere()) {
            try (Eal eal = Eal.start(EalOptions.ofMegabytes(32))) {
                reporter.publishEntry(
                        "no gcc or no DPDK headers here: the self-test on real mbufs passed for "
                                + eal.describe());
            }
            return;
        }
        Map<String, String> actual = compiled(folder, includes);
        String release = actual.remove("release");
        Abi abi = abiOf(release);
        reporter.publishEntry(
                "compared " + actual.size() + " offsets with the headers of " + release);
        assertEquals(expected(abi), actual);
    }

    private static List<String> includes() {
        List<String> flags = new ArrayList<>();
        boolean headers = false;
        String folders = System.getProperty("mptcplb.dpdk.include", SYSTEM_INCLUDES);
        for (String folder : folders.split(":", -1)) {
            headers |= Files.exists(Path.of(folder, "rte_ethdev.h"));
            flags.add("-I" + folder);
        }
        return headers ? flags : List.of();
    }

    private static boolean isGccThere() {
        try {
            return new ProcessBuilder("gcc", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Abi abiOf(String release) {
        for (int version : Abi.soVersions()) {
            if (Abi.of(version).release().equals(release)) {
                return Abi.of(version);
            }
        }
        throw new AssertionError("headers of DPDK " + release + ", which is not supported");
    }

    private Map<String, String> compiled(Path folder, List<String> includes) throws Exception {
        Path source = folder.resolve("offsets.c");
        try (InputStream resource = LayoutTest.class.getResourceAsStream("offsets.c")) {
            Files.write(source, resource.readAllBytes());
        }
        List<String> line =
                new ArrayList<>(List.of("gcc", "-march=native", "-include", "rte_config.h"));
        line.addAll(includes);
        line.addAll(List.of(source.toString(), "-o", folder.resolve("offsets").toString()));
        run(line);
        Map<String, String> printed = new TreeMap<>();
        for (String row : run(List.of(folder.resolve("offsets").toString())).split("\n", -1)) {
            String[] pair = row.split(" ", -1);
            if (pair.length == 2) {
                printed.put(pair[0], pair[1]);
            }
        }
        return printed;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** What {@link Abi} says, under the names that offsets.c prints. */
    private static Map<String, String> expected(Abi abi) {
        Map<String, String> rows = new TreeMap<>();
        put(rows, "mbuf.size", Mbuf.STRUCT_BYTES);
        put(rows, "mbuf.headroom", Mbuf.HEADROOM_BYTES);
        put(rows, "mbuf.defaultRoom", Mbuf.DEFAULT_ROOM_BYTES);
        put(rows, "mbuf.external", DpdkBufferPool.EXTERNAL);
        put(rows, "mbuf.indirect", Mbuf.INDIRECT);
        put(rows, "mbuf.txTcpSeg", Mbuf.TX_TCP_SEG);
        put(rows, "mbuf.txTcpChecksum", Mbuf.TX_TCP_CKSUM);
        put(rows, "mbuf.txIpChecksum", Mbuf.TX_IP_CKSUM);
        put(rows, "mbuf.txIpv4", Mbuf.TX_IPV4);
        put(rows, "mbuf.txIpv6", Mbuf.TX_IPV6);
        put(rows, "mbuf.rxL4Good", Mbuf.RX_L4_GOOD);
        put(rows, "mbuf.rxL4Bad", Mbuf.RX_L4_BAD);
        put(rows, "mbuf.rxL4None", Mbuf.RX_L4_PARTIAL);
        put(rows, "fpOps.size", Abi.FP_OPS_BYTES);
        put(rows, "fpOps.ports", Abi.PORTS_MAX);
        put(rows, "fpOps.rxBurst", abi.rxBurst());
        put(rows, "fpOps.rxQueueData", abi.rxQueueData());
        put(rows, "fpOps.txBurst", abi.txBurst());
        put(rows, "fpOps.txPrepare", abi.txPrepare());
        put(rows, "fpOps.txQueueData", abi.txQueueData());
        put(rows, "mempool.fits", 1);
        put(rows, "mempool.size", Abi.MEMPOOL_SIZE);
        put(rows, "mempool.eltSize", Abi.MEMPOOL_ELT_SIZE);
        put(rows, "mempool.headerSize", Abi.MEMPOOL_HEADER_SIZE);
        put(rows, "mempool.trailerSize", Abi.MEMPOOL_TRAILER_SIZE);
        put(rows, "mempool.opsIndex", Abi.MEMPOOL_OPS_INDEX);
        put(rows, "mempool.noIovaContig", Abi.MEMPOOL_NO_IOVA_CONTIG);
        put(rows, "poolPrivate.size", Abi.POOL_PRIVATE_BYTES);
        put(rows, "poolPrivate.room", Abi.POOL_PRIVATE_ROOM);
        put(rows, "poolPrivate.privateSize", Abi.POOL_PRIVATE_SIZE);
        put(rows, "ops.count", Abi.OPS_TABLE_COUNT);
        put(rows, "ops.first", Abi.OPS_TABLE_FIRST);
        put(rows, "ops.size", Abi.OPS_BYTES);
        put(rows, "ops.max", Abi.OPS_MAX);
        put(rows, "ops.enqueue", Abi.OPS_ENQUEUE);
        put(rows, "ops.dequeue", Abi.OPS_DEQUEUE);
        put(rows, "conf.fits", 1);
        put(rows, "conf.rxMtu", Abi.CONF_RX_MTU);
        put(rows, "conf.rxOffloads", Abi.CONF_RX_OFFLOADS);
        put(rows, "conf.txOffloads", Abi.CONF_TX_OFFLOADS);
        put(rows, "info.fits", 1);
        put(rows, "info.driverName", Abi.INFO_DRIVER_NAME);
        put(rows, "info.minMtu", Abi.INFO_MIN_MTU);
        put(rows, "info.maxMtu", Abi.INFO_MAX_MTU);
        put(rows, "info.rxOffloads", Abi.INFO_RX_OFFLOADS);
        put(rows, "info.txOffloads", Abi.INFO_TX_OFFLOADS);
        put(rows, "info.rxDescMax", Abi.INFO_RX_DESC_MAX);
        put(rows, "info.txDescMax", Abi.INFO_TX_DESC_MAX);
        put(rows, "info.txSegsMax", Abi.INFO_TX_SEGS_MAX);
        put(rows, "info.offloads", 1);
        put(rows, "stats.fits", 1);
        put(rows, "stats.rxNoBuffer", 56);
        mbufFields(rows);
        return rows;
    }

    /** Offsets of the mbuf's fields, found by writing through {@link Mbuf} into plain memory. */
    private static void mbufFields(Map<String, String> rows) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Mbuf.STRUCT_BYTES, 64);
            long m = memory.address();
            Mem.register(m, Mbuf.STRUCT_BYTES);
            put(rows, "mbuf.bufAddr", changed(memory, () -> Mbuf.setBufAddr(m, -1)));
            put(rows, "mbuf.bufIova", changed(memory, () -> Mbuf.setBufIova(m, -1)));
            put(rows, "mbuf.dataOff", changed(memory, () -> Mbuf.setDataOff(m, -1)));
            put(rows, "mbuf.refcnt", changed(memory, () -> Mbuf.setRefcnt(m, -1)));
            put(rows, "mbuf.nbSegs", changed(memory, () -> Mbuf.setNbSegs(m, -1)));
            put(rows, "mbuf.port", changed(memory, () -> Mbuf.setPort(m, -1)));
            put(rows, "mbuf.olFlags", changed(memory, () -> Mbuf.setOlFlags(m, -1)));
            put(rows, "mbuf.pktLen", changed(memory, () -> Mbuf.setPktLen(m, -1)));
            put(rows, "mbuf.dataLen", changed(memory, () -> Mbuf.setDataLen(m, -1)));
            put(rows, "mbuf.vlanTci", changed(memory, () -> Mbuf.setVlanTci(m, -1)));
            put(rows, "mbuf.bufLen", changed(memory, () -> Mbuf.setBufLen(m, -1)));
            put(rows, "mbuf.next", changed(memory, () -> Mbuf.setNext(m, -1)));
            put(rows, "mbuf.txOffload", changed(memory, () -> Mbuf.setTxOffload(m, 1, 1, 1, 1)));
            put(rows, "mbuf.privSize", changed(memory, () -> Mbuf.setPrivSize(m, -1)));
            memory.fill((byte) 0);
            Mbuf.setTxOffload(m, 14, 20, 32, 1400);
            long packed = memory.get(ValueLayout.JAVA_LONG, 72);
            put(rows, "mbuf.packedOffload", packed);
            Mem.unregister(m);
        }
    }

    /** The first byte that {@code write} changes in memory full of zeros. */
    private static int changed(MemorySegment memory, Runnable write) {
        memory.fill((byte) 0);
        write.run();
        for (int i = 0; i < memory.byteSize(); i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, i) != 0) {
                return i;
            }
        }
        return -1;
    }

    private static void put(Map<String, String> rows, String name, long value) {
        assertTrue(rows.put(name, Long.toString(value)) == null, name);
    }
}
