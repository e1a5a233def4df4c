package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which layout is chosen for which libraries, and that anything else is refused by name before it
 * is called.
 */
final class AbiTest {
    private static final SymbolLookup EVERYTHING =
            name -> Optional.of(MemorySegment.ofAddress(4096));

    /** Offsets as gcc's offsetof gave them for the headers of these releases. */
    @ParameterizedTest
    @CsvSource({
        "23, 22.11, 0, 24, 64, 72, 88",
        "24, 23.11, 16, 0, 80, 88, 64",
        "25, 24.11, 16, 0, 80, 88, 64",
        "26, 25.11, 16, 0, 80, 88, 64",
    })
    void supportedRelease_isLoaded_hasItsFamilysOffsets(
            int so, String release, int rx, int rxQueues, int tx, int prepare, int txQueues) {
        Abi abi = Libraries.open(loaderOf(Set.of(so), EVERYTHING), List::of).require();
        assertEquals(so, abi.soVersion());
        assertEquals(release, abi.release());
        assertEquals(rx, abi.rxBurst());
        assertEquals(rxQueues, abi.rxQueueData());
        assertEquals(tx, abi.txBurst());
        assertEquals(prepare, abi.txPrepare());
        assertEquals(txQueues, abi.txQueueData());
    }

    @Test
    void twoReleases_areInstalled_newerIsChosen() {
        Abi abi = Libraries.open(loaderOf(Set.of(23, 25), EVERYTHING), List::of).require();
        assertEquals(25, abi.soVersion());
    }

    @ParameterizedTest
    @CsvSource({"DPDK 22.11.11", "DPDK 22.11", "DPDK 22.11-rc1", "DPDK 22.11.0-rc4"})
    void release_agreesWithSoname_isAccepted(String reported) {
        assertDoesNotThrow(() -> Abi.of(23).verifyRelease(reported));
    }

    @ParameterizedTest
    @CsvSource({"DPDK 23.11.3", "DPDK 22.07.0", "DPDK 22.111", "22.11", "''"})
    void release_disagreesWithSoname_isRefusedByName(String reported) {
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> Abi.of(23).verifyRelease(reported));
        assertEquals(DpdkError.ABI_MISMATCH, thrown.error());
        assertTrue(thrown.getMessage().contains("\"" + reported + "\""), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("24.11 (.so.25)"), thrown.getMessage());
    }

    @Test
    void onlyOtherReleases_areInstalled_messageSaysFoundAndSupported() {
        Libraries libraries = Libraries.open(loaderOf(Set.of(), EVERYTHING), () -> List.of(21, 27));
        DpdkException thrown = assertThrows(DpdkException.class, libraries::require);
        assertEquals(DpdkError.ABI_MISMATCH, thrown.error());
        assertTrue(
                thrown.getMessage().contains("librte_eal.so.21, librte_eal.so.27"),
                thrown.getMessage());
        assertTrue(thrown.getMessage().contains("22.11 (.so.23)"), thrown.getMessage());
    }

    @Test
    void nothing_isInstalled_messageNamesPackages() {
        Libraries libraries = Libraries.open(loaderOf(Set.of(), EVERYTHING), List::of);
        DpdkException thrown = assertThrows(DpdkException.class, libraries::require);
        assertEquals(DpdkError.LIBRARY_MISSING, thrown.error());
        assertTrue(
                thrown.getMessage().contains("apt-get install librte-eal23"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("librte-mempool-stack23"), thrown.getMessage());
    }

    @Test
    void oneLibrary_ofARelease_isMissing_messageNamesItAndItsPackages() {
        Function<String, Optional<SymbolLookup>> loader =
                soname ->
                        soname.endsWith(".25") && !soname.contains("ethdev")
                                ? Optional.of(EVERYTHING)
                                : Optional.empty();
        DpdkException thrown =
                assertThrows(
                        DpdkException.class, Libraries.open(loader, () -> List.of(25))::require);
        assertEquals(DpdkError.LIBRARY_MISSING, thrown.error());
        assertTrue(thrown.getMessage().contains("librte_ethdev.so.25"), thrown.getMessage());
        assertFalse(thrown.getMessage().contains("librte_mbuf.so"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("librte-ethdev25"), thrown.getMessage());
    }

    @Test
    void severalSymbols_areMissing_allAreListedAtOnce() {
        SymbolLookup some =
                name -> name.contains("mbuf") ? Optional.empty() : EVERYTHING.find(name);
        Libraries libraries = Libraries.open(loaderOf(Set.of(23), some), List::of);
        for (String symbol : List.of("rte_eal_init", "rte_mbuf_check", "rte_pktmbuf_free_bulk")) {
            libraries.address(symbol);
        }
        DpdkException thrown = assertThrows(DpdkException.class, libraries::require);
        assertEquals(DpdkError.SYMBOLS_MISSING, thrown.error());
        assertTrue(
                thrown.getMessage().contains("22.11 lacks rte_mbuf_check, rte_pktmbuf_free_bulk."),
                thrown.getMessage());
    }

    private static Function<String, Optional<SymbolLookup>> loaderOf(
            Set<Integer> versions, SymbolLookup lookup) {
        return soname -> {
            int version = Integer.parseInt(soname.substring(soname.lastIndexOf('.') + 1));
            return versions.contains(version) ? Optional.of(lookup) : Optional.empty();
        };
    }
}
