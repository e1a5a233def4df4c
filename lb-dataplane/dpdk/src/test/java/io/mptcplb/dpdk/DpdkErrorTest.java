package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every error tells the reader what to do, and its number stays what it was. */
final class DpdkErrorTest {
    private static final Set<String> VERBS =
            Set.of(
                    "Install", "Grant", "Give", "Reserve", "Raise", "Make", "Name", "Detach",
                    "Bind", "Read", "Lower", "Create", "Bring", "Run", "Choose", "Check", "Correct",
                    "DPDK", "The", "This");

    @ParameterizedTest
    @EnumSource(DpdkError.class)
    void anyError_isThrown_messageHoldsNameCauseAndRemedy(DpdkError error) {
        String message = new DpdkException(error, "what happened", "v0").getMessage();
        assertTrue(message.startsWith(error + ": what happened. "), message);
        String remedy = message.substring((error + ": what happened. ").length());
        assertTrue(remedy.length() > 20, message);
        assertTrue(VERBS.contains(remedy.split(" ", -1)[0]), remedy);
        assertFalse(message.contains("%s"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "LIBRARY_MISSING, apt-get install x", "ABI_MISMATCH, 22.11", "SYMBOLS_MISSING, reinstall",
        "HUGEPAGES_MISSING, vm.nr_hugepages=x", "POOL_TOO_BIG, memoryMegabytes to x",
                "POOL_EMPTY, larger",
        "POOL_DRIVER_MISSING, librte-mempool-ringx", "NO_NET_RAW, CAP_NET_RAW",
                "NO_NET_ADMIN, CAP_NET_ADMIN",
        "NO_XDP_RIGHTS, CAP_SYS_ADMIN", "MEMLOCK_LIMIT, ulimit -l", "DEVICE_MISSING, ip link",
        "DEVICE_BUSY, ip link set dev x xdp off", "DRIVER_MISSING, apt-get install x",
                "NO_PORTS, vfio-pci",
        "MTU_TOO_LARGE, to x", "ROOM_TOO_SMALL, x bytes", "LINK_DOWN, ip link set dev x up",
        "CPU_UNAVAILABLE, x", "ALREADY_STARTED, new process",
    })
    void remedy_ofAnError_namesWhatToInstallOrChange(DpdkError error, String words) {
        String message = new DpdkException(error, "what", "x").getMessage();
        assertTrue(message.contains(words), message);
    }

    @Test
    void codes_areExported_distinctAndFixed() {
        Set<Integer> codes = new HashSet<>();
        for (DpdkError error : DpdkError.values()) {
            assertTrue(codes.add(error.code()), error.name());
        }
        assertEquals(1, DpdkError.LIBRARY_MISSING.code());
        assertEquals(12, DpdkError.NO_NET_RAW.code());
        assertEquals(26, DpdkError.SYSTEM_CALL_FAILED.code());
        Set<Integer> drops = new HashSet<>();
        for (PortDrop drop : PortDrop.values()) {
            assertTrue(drops.add(drop.code()) && drop.code() < PortDrop.COUNT, drop.name());
        }
    }
}
