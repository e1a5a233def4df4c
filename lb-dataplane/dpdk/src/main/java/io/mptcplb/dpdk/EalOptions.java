package io.mptcplb.dpdk;

import java.util.List;

/**
 * How DPDK's environment starts.
 *
 * @param memoryMegabytes memory for all pools and rings, 16 to 1,048,576
 * @param memoryMode which memory
 * @param controlCpu the CPU that DPDK calls its main lcore, or -1 for the first one that this
 *     process may use
 * @param pciDevices addresses (such as {@code 0000:3b:00.0}) of the NICs to probe; empty leaves the
 *     PCI bus alone
 * @param verbose DPDK's log goes to stderr instead of into error messages
 * @param extraArguments further EAL arguments, passed as they are
 */
public record EalOptions(
        int memoryMegabytes,
        MemoryMode memoryMode,
        int controlCpu,
        List<String> pciDevices,
        boolean verbose,
        List<String> extraArguments) {

    public EalOptions {
        pciDevices = List.copyOf(pciDevices);
        extraArguments = List.copyOf(extraArguments);
        if (memoryMegabytes < 16 || memoryMegabytes > 1 << 20) {
            throw new DpdkException(
                    DpdkError.OPTIONS_REFUSED,
                    "memoryMegabytes " + memoryMegabytes + " is not in 16 to 1048576");
        }
    }

    /** Kernel interfaces and test ports only, hugepages where there are enough. */
    public static EalOptions ofMegabytes(int memoryMegabytes) {
        return new EalOptions(memoryMegabytes, MemoryMode.AUTO, -1, List.of(), false, List.of());
    }

    public EalOptions withMemoryMode(MemoryMode mode) {
        return new EalOptions(
                memoryMegabytes, mode, controlCpu, pciDevices, verbose, extraArguments);
    }

    public EalOptions withControlCpu(int cpu) {
        return new EalOptions(
                memoryMegabytes, memoryMode, cpu, pciDevices, verbose, extraArguments);
    }

    public EalOptions withPciDevices(List<String> addresses) {
        return new EalOptions(
                memoryMegabytes, memoryMode, controlCpu, addresses, verbose, extraArguments);
    }

    public EalOptions withVerbose(boolean toStderr) {
        return new EalOptions(
                memoryMegabytes, memoryMode, controlCpu, pciDevices, toStderr, extraArguments);
    }

    public EalOptions withExtraArguments(List<String> arguments) {
        return new EalOptions(
                memoryMegabytes, memoryMode, controlCpu, pciDevices, verbose, arguments);
    }
}
