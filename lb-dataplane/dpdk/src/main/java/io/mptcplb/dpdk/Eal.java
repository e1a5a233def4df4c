package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * DPDK's environment, once per process. Started and closed by the thread that wires the program;
 * pools and ports are made after {@link #start} and closed before {@link #close}.
 */
public final class Eal implements AutoCloseable {
    private static final int EALREADY = 114;
    private static final long MEGABYTE = 1L << 20;

    private final Abi abi;
    private final MemoryMode memoryMode;
    private final EalOptions options;

    private Eal(Abi abi, MemoryMode memoryMode, EalOptions options) {
        this.abi = abi;
        this.memoryMode = memoryMode;
        this.options = options;
    }

    /**
     * Loads DPDK, checks its layout and starts it. Throws {@link DpdkException}; after a failure
     * inside DPDK the process cannot try again (ALREADY_STARTED).
     */
    public static Eal start(EalOptions options) {
        Abi abi = Natives.require();
        abi.verifyRelease(Natives.version());
        MemoryMode mode = chooseMemory(options, Hugepages.ofThisProcess().freeBytes());
        List<String> arguments = arguments(options, mode);
        String failure = initOnOwnThread(arguments, options.verbose());
        if (!failure.isEmpty()) {
            throw refused(failure, arguments);
        }
        Mem.register(Natives.fpOps(0), (long) Abi.FP_OPS_BYTES * Abi.PORTS_MAX);
        Mem.register(
                Natives.mempoolOpsTable(),
                Abi.OPS_TABLE_FIRST + (long) Abi.OPS_BYTES * Abi.OPS_MAX);
        Eal eal = new Eal(abi, mode, options);
        AbiSelfTest.run(abi);
        return eal;
    }

    /** Hugepages when asked for, or when enough are free; the answer is never AUTO. */
    static MemoryMode chooseMemory(EalOptions options, long freeHugepageBytes) {
        long neededBytes = options.memoryMegabytes() * MEGABYTE;
        boolean enough = freeHugepageBytes >= neededBytes;
        return switch (options.memoryMode()) {
            case ORDINARY -> MemoryMode.ORDINARY;
            case AUTO -> enough ? MemoryMode.HUGEPAGES : MemoryMode.ORDINARY;
            case HUGEPAGES -> {
                if (!enough) {
                    throw new DpdkException(
                            DpdkError.HUGEPAGES_MISSING,
                            options.memoryMegabytes()
                                    + " MB of hugepages asked for, "
                                    + freeHugepageBytes / MEGABYTE
                                    + " MB are free and allowed",
                            (options.memoryMegabytes() + 1) / 2);
                }
                yield MemoryMode.HUGEPAGES;
            }
        };
    }

    static List<String> arguments(EalOptions options, MemoryMode mode) {
        List<String> line = new ArrayList<>();
        int cpu =
                options.controlCpu() >= 0 ? options.controlCpu() : ProcessRights.firstAllowedCpu();
        line.addAll(List.of("mptcp-lb", "-l", Integer.toString(cpu), "--no-telemetry"));
        // Both forms rule out secondary processes, which rte_thread_register demands.
        line.addAll(
                mode == MemoryMode.HUGEPAGES
                        ? List.of("--in-memory")
                        : List.of("--no-huge", "--no-shconf"));
        line.addAll(List.of("-m", Integer.toString(options.memoryMegabytes())));
        if (options.pciDevices().isEmpty()) {
            line.add("--no-pci");
        }
        for (String address : options.pciDevices()) {
            line.addAll(List.of("-a", address));
        }
        line.addAll(options.extraArguments());
        return line;
    }

    /**
     * rte_eal_init pins its caller to the main lcore, and threads inherit the mask of the thread
     * that creates them: so it runs on a thread of its own that ends at once. Returns what went
     * wrong, or nothing.
     */
    private static String initOnOwnThread(List<String> arguments, boolean verbose) {
        String[] failure = {""};
        Thread thread =
                Thread.ofPlatform()
                        .name("eal-init")
                        .start(() -> failure[0] = init(arguments, verbose));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure[0];
    }

    private static String init(List<String> arguments, boolean verbose) {
        // DPDK keeps the strings: they are never freed.
        Arena arena = Arena.global();
        MemorySegment argv = arena.allocate(ValueLayout.JAVA_LONG, arguments.size() + 1L);
        for (int i = 0; i < arguments.size(); i++) {
            argv.setAtIndex(
                    ValueLayout.JAVA_LONG, i, arena.allocateFrom(arguments.get(i)).address());
        }
        NativeLog log = NativeLog.begin(!verbose);
        int result = Natives.ealInit(arguments.size(), argv);
        int errno = result < 0 ? Natives.rteErrno() : 0;
        String words = log.end();
        if (result >= 0) {
            return "";
        }
        return errno == EALREADY ? "EALREADY" : Natives.errorText(errno) + words;
    }

    private static DpdkException refused(String failure, List<String> arguments) {
        if (failure.equals("EALREADY")) {
            return new DpdkException(
                    DpdkError.ALREADY_STARTED, "rte_eal_init was called before in this process");
        }
        return new DpdkException(
                DpdkError.EAL_REFUSED,
                "rte_eal_init said " + failure + " to `" + String.join(" ", arguments) + "`");
    }

    Abi abi() {
        return abi;
    }

    EalOptions options() {
        return options;
    }

    /** The memory that was chosen: HUGEPAGES or ORDINARY. */
    public MemoryMode memoryMode() {
        return memoryMode;
    }

    /** For a start-up line: release, layout family, and memory. */
    public String describe() {
        return Natives.version()
                + " (ABI "
                + abi.soVersion()
                + "), "
                + options.memoryMegabytes()
                + " MB of "
                + (memoryMode == MemoryMode.HUGEPAGES
                        ? "hugepages"
                        : "ordinary memory (fewer than "
                                + options.memoryMegabytes()
                                + " MB of hugepages free)");
    }

    /** Ports that DPDK knows at this moment. */
    public int portCount() {
        return Natives.ethDevCountAvail();
    }

    /** Throws NO_PORTS when DPDK knows no port at all. */
    public void requirePorts() {
        if (portCount() == 0) {
            throw new DpdkException(
                    DpdkError.NO_PORTS,
                    options.pciDevices().isEmpty()
                            ? "DPDK has 0 ports: none was configured"
                            : "DPDK has 0 ports: no driver took " + options.pciDevices());
        }
    }

    /**
     * Ends DPDK for this process; all ports and pools must be closed. Must not be called with a
     * memif port open.
     */
    @Override
    public void close() {
        Mem.unregister(Natives.fpOps(0));
        Mem.unregister(Natives.mempoolOpsTable());
        Natives.ealCleanup();
    }
}
