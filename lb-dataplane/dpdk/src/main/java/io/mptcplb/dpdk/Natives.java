package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * DPDK's functions, one method each, named as in DPDK without the prefix. Pointers are {@code
 * long}. The handles are plain, never critical: drivers may block (af_packet polls when its ring is
 * full), and a critical call would hold up every safepoint.
 *
 * <p>Loading never throws; {@link #require} must have returned before any other method is called.
 */
final class Natives {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Libraries LIBRARIES = Libraries.open();

    private static final MethodHandle EAL_INIT =
            find("rte_eal_init", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle EAL_CLEANUP = find("rte_eal_cleanup", JAVA_INT);
    private static final MethodHandle VERSION = find("rte_version", JAVA_LONG);
    private static final MethodHandle STRERROR = find("rte_strerror", JAVA_LONG, JAVA_INT);
    private static final MethodHandle OPENLOG_STREAM =
            find("rte_openlog_stream", JAVA_INT, JAVA_LONG);
    private static final MethodHandle HAS_HUGEPAGES = find("rte_eal_has_hugepages", JAVA_INT);
    private static final MethodHandle THREAD_REGISTER = find("rte_thread_register", JAVA_INT);
    private static final MethodHandle THREAD_UNREGISTER = findVoid("rte_thread_unregister");
    private static final MethodHandle HOTPLUG_ADD =
            find("rte_eal_hotplug_add", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle HOTPLUG_REMOVE =
            find("rte_eal_hotplug_remove", JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final int EFAULT = 14;
    private static final MethodHandle MEMPOOL_CREATE_EMPTY =
            find(
                    "rte_mempool_create_empty",
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT);
    private static final MethodHandle MEMPOOL_SET_OPS =
            find("rte_mempool_set_ops_byname", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PKTMBUF_POOL_INIT =
            findVoid("rte_pktmbuf_pool_init", JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MEMPOOL_POPULATE =
            find("rte_mempool_populate_default", JAVA_INT, JAVA_LONG);
    private static final MethodHandle MEMPOOL_OBJ_ITER =
            find("rte_mempool_obj_iter", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FREE_BULK =
            findVoid("rte_pktmbuf_free_bulk", JAVA_LONG, JAVA_INT);
    private static final MethodHandle MBUF_CHECK =
            find("rte_mbuf_check", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle AVAIL_COUNT =
            find("rte_mempool_avail_count", JAVA_INT, JAVA_LONG);
    private static final MethodHandle MEMPOOL_FREE = findVoid("rte_mempool_free", JAVA_LONG);

    private static final MethodHandle CONFIGURE =
            find("rte_eth_dev_configure", JAVA_INT, JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle RX_QUEUE_SETUP =
            find(
                    "rte_eth_rx_queue_setup",
                    JAVA_INT,
                    JAVA_SHORT,
                    JAVA_SHORT,
                    JAVA_SHORT,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_LONG);
    private static final MethodHandle TX_QUEUE_SETUP =
            find(
                    "rte_eth_tx_queue_setup",
                    JAVA_INT,
                    JAVA_SHORT,
                    JAVA_SHORT,
                    JAVA_SHORT,
                    JAVA_INT,
                    JAVA_LONG);
    private static final MethodHandle START = find("rte_eth_dev_start", JAVA_INT, JAVA_SHORT);
    private static final MethodHandle STOP = find("rte_eth_dev_stop", JAVA_INT, JAVA_SHORT);
    private static final MethodHandle CLOSE = find("rte_eth_dev_close", JAVA_INT, JAVA_SHORT);
    private static final MethodHandle STATS_GET =
            find("rte_eth_stats_get", JAVA_INT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle INFO_GET =
            find("rte_eth_dev_info_get", JAVA_INT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle PROMISCUOUS_ENABLE =
            find("rte_eth_promiscuous_enable", JAVA_INT, JAVA_SHORT);
    private static final MethodHandle ALLMULTICAST_ENABLE =
            find("rte_eth_allmulticast_enable", JAVA_INT, JAVA_SHORT);
    private static final MethodHandle MACADDR_GET =
            find("rte_eth_macaddr_get", JAVA_INT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle SET_MTU =
            find("rte_eth_dev_set_mtu", JAVA_INT, JAVA_SHORT, JAVA_SHORT);
    private static final MethodHandle GET_MTU =
            find("rte_eth_dev_get_mtu", JAVA_INT, JAVA_SHORT, JAVA_LONG);
    private static final MethodHandle COUNT_AVAIL = find("rte_eth_dev_count_avail", JAVA_SHORT);
    private static final MethodHandle PORT_BY_NAME =
            find("rte_eth_dev_get_port_by_name", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LINK_GET_NOWAIT =
            find("rte_eth_link_get_nowait", JAVA_INT, JAVA_SHORT, JAVA_LONG);

    /**
     * Functions whose address only a running port or pool knows; the first argument is that
     * address.
     */
    private static final MethodHandle BURST =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(JAVA_SHORT, JAVA_LONG, JAVA_LONG, JAVA_SHORT));

    private static final MethodHandle POOL_OPERATION =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final long FP_OPS = LIBRARIES.address("rte_eth_fp_ops");
    private static final long PKTMBUF_INIT = LIBRARIES.address("rte_pktmbuf_init");
    private static final long MEMPOOL_OPS_TABLE = LIBRARIES.address("rte_mempool_ops_table");

    static {
        LIBRARIES.address("per_lcore__rte_errno");
    }

    private Natives() {}

    private static MethodHandle find(
            String symbol, MemoryLayout result, MemoryLayout... arguments) {
        return bind(symbol, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle findVoid(String symbol, MemoryLayout... arguments) {
        return bind(symbol, FunctionDescriptor.ofVoid(arguments));
    }

    private static MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
        long address = LIBRARIES.address(symbol);
        return address == 0
                ? MethodHandles.empty(descriptor.toMethodType())
                : LINKER.downcallHandle(MemorySegment.ofAddress(address), descriptor);
    }

    /** The layout of the loaded release, or the reason why there is none. */
    static Abi require() {
        return LIBRARIES.require();
    }

    /** Functions of a port's running driver, for {@code rte_eth_fp_ops[port]}. */
    static long fpOps(int port) {
        return FP_OPS + (long) Abi.FP_OPS_BYTES * port;
    }

    static long mempoolOpsTable() {
        return MEMPOOL_OPS_TABLE;
    }

    /**
     * Reads {@code rte_errno} of the calling thread; it is thread-local, so its address is looked
     * up each time.
     */
    static int rteErrno() {
        long address = LIBRARIES.address("per_lcore__rte_errno");
        return MemorySegment.ofAddress(address).reinterpret(4).get(JAVA_INT, 0);
    }

    /**
     * Some functions fail without setting {@code rte_errno}: an old number must not explain them.
     */
    static void clearRteErrno() {
        long address = LIBRARIES.address("per_lcore__rte_errno");
        MemorySegment.ofAddress(address).reinterpret(4).set(JAVA_INT, 0, 0);
    }

    /** DPDK's words for an error number, such as "No such device (19)". */
    static String errorText(int errno) {
        int positive = Math.abs(errno);
        return string(strerror(positive)) + " (" + positive + ")";
    }

    static String string(long address) {
        return MemorySegment.ofAddress(address).reinterpret(4096).getString(0);
    }

    static int ealInit(int count, MemorySegment arguments) {
        try {
            return (int) EAL_INIT.invokeExact(count, arguments.address());
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ealCleanup() {
        try {
            return (int) EAL_CLEANUP.invokeExact();
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static boolean ealHasHugepages() {
        try {
            return (int) HAS_HUGEPAGES.invokeExact() != 0;
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static String version() {
        try {
            return string((long) VERSION.invokeExact());
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    private static long strerror(int errno) {
        try {
            return (long) STRERROR.invokeExact(errno);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int openlogStream(long file) {
        try {
            return (int) OPENLOG_STREAM.invokeExact(file);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int threadRegister() {
        try {
            return (int) THREAD_REGISTER.invokeExact();
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static void threadUnregister() {
        try {
            THREAD_UNREGISTER.invokeExact();
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int hotplugAdd(MemorySegment bus, MemorySegment device, MemorySegment arguments) {
        try {
            return (int)
                    HOTPLUG_ADD.invokeExact(bus.address(), device.address(), arguments.address());
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int hotplugRemove(MemorySegment bus, MemorySegment device) {
        try {
            return (int) HOTPLUG_REMOVE.invokeExact(bus.address(), device.address());
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /** A mempool without objects and without a driver, 0 with rte_errno. */
    static long mempoolCreateEmpty(
            MemorySegment name, int count, int objectBytes, int cache, int flags) {
        try {
            return (long)
                    MEMPOOL_CREATE_EMPTY.invokeExact(
                            name.address(),
                            count,
                            objectBytes,
                            cache,
                            Abi.POOL_PRIVATE_BYTES,
                            -1,
                            flags);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /** Chooses the mempool's driver, before it is filled; 0 or a negative errno. */
    static int mempoolSetDriver(long pool, MemorySegment driver) {
        try {
            return (int) MEMPOOL_SET_OPS.invokeExact(pool, driver.address(), 0L);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /**
     * Makes the empty mempool one of mbufs and fills it. {@code description} is a struct
     * rte_pktmbuf_pool_private. 0 or a negative errno.
     */
    static int mempoolFillWithMbufs(long pool, long description) {
        try {
            PKTMBUF_POOL_INIT.invokeExact(pool, description);
            int filled = (int) MEMPOOL_POPULATE.invokeExact(pool);
            if (filled < 0) {
                return filled;
            }
            int visited = (int) MEMPOOL_OBJ_ITER.invokeExact(pool, PKTMBUF_INIT, 0L);
            return visited == filled ? 0 : -EFAULT;
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /**
     * Frees the frames (chains followed) whose {@code count} addresses lie at {@code table}; null
     * entries are skipped.
     */
    static void pktmbufFreeBulk(long table, int count) {
        try {
            FREE_BULK.invokeExact(table, count);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int mbufCheck(long m, int isHeader, long reasonOut) {
        try {
            return (int) MBUF_CHECK.invokeExact(m, isHeader, reasonOut);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int mempoolAvailCount(long pool) {
        try {
            return (int) AVAIL_COUNT.invokeExact(pool);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static void mempoolFree(long pool) {
        try {
            MEMPOOL_FREE.invokeExact(pool);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethDevConfigure(int port, int rxQueues, int txQueues, long conf) {
        try {
            return (int)
                    CONFIGURE.invokeExact((short) port, (short) rxQueues, (short) txQueues, conf);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethRxQueueSetup(int port, int queue, int descriptors, long pool) {
        try {
            return (int)
                    RX_QUEUE_SETUP.invokeExact(
                            (short) port, (short) queue, (short) descriptors, -1, 0L, pool);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethTxQueueSetup(int port, int queue, int descriptors) {
        try {
            return (int)
                    TX_QUEUE_SETUP.invokeExact(
                            (short) port, (short) queue, (short) descriptors, -1, 0L);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethDevStart(int port) {
        return call(START, port);
    }

    static int ethDevStop(int port) {
        return call(STOP, port);
    }

    static int ethDevClose(int port) {
        return call(CLOSE, port);
    }

    static int ethPromiscuousEnable(int port) {
        return call(PROMISCUOUS_ENABLE, port);
    }

    static int ethAllmulticastEnable(int port) {
        return call(ALLMULTICAST_ENABLE, port);
    }

    static int ethStatsGet(int port, long out) {
        return call(STATS_GET, port, out);
    }

    static int ethDevInfoGet(int port, long out) {
        return call(INFO_GET, port, out);
    }

    static int ethMacaddrGet(int port, long out) {
        return call(MACADDR_GET, port, out);
    }

    static int ethDevGetMtu(int port, long out) {
        return call(GET_MTU, port, out);
    }

    static int ethLinkGetNowait(int port, long out) {
        return call(LINK_GET_NOWAIT, port, out);
    }

    static int ethDevSetMtu(int port, int mtuBytes) {
        try {
            return (int) SET_MTU.invokeExact((short) port, (short) mtuBytes);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethDevCountAvail() {
        try {
            return (short) COUNT_AVAIL.invokeExact() & 0xffff;
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    static int ethDevGetPortByName(MemorySegment name, long out) {
        try {
            return (int) PORT_BY_NAME.invokeExact(name.address(), out);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /** Calls a driver's rx or tx burst; returns how many frames it gave or took. */
    static int burst(MemorySegment function, long queue, long table, int count) {
        try {
            return (short) BURST.invokeExact(function, queue, table, (short) count) & 0xffff;
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /**
     * Calls a mempool driver's enqueue or dequeue: all {@code count} objects or none, 0 or
     * negative.
     */
    static int poolOperation(MemorySegment function, long pool, long table, int count) {
        try {
            return (int) POOL_OPERATION.invokeExact(function, pool, table, count);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    private static int call(MethodHandle handle, int port) {
        try {
            return (int) handle.invokeExact((short) port);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    private static int call(MethodHandle handle, int port, long pointer) {
        try {
            return (int) handle.invokeExact((short) port, pointer);
        } catch (Throwable impossible) {
            throw unreachable(impossible);
        }
    }

    /** A downcall declares Throwable and throws none. */
    static AssertionError unreachable(Throwable impossible) {
        return new AssertionError("a native call cannot throw", impossible);
    }
}
