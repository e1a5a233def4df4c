package io.mptcplb.dpdk;

/**
 * Where DPDK keeps what we read without its inline functions. Two families exist: {@code
 * rte_eth_fp_ops} changed with 23.11. All other offsets here are the same in all supported
 * releases.
 *
 * @param soVersion suffix of the shared objects, 23 to 26
 * @param release what {@code rte_version} must report, such as "22.11"
 * @param rxBurst offset of the receive function in {@code rte_eth_fp_ops}
 * @param rxQueueData offset of the pointer to the array of receive queues
 * @param txBurst offset of the transmit function
 * @param txPrepare offset of the function that checks and completes offload requests; may hold null
 * @param txQueueData offset of the pointer to the array of transmit queues
 */
record Abi(
        int soVersion,
        String release,
        int rxBurst,
        int rxQueueData,
        int txBurst,
        int txPrepare,
        int txQueueData) {

    /** Newest first: where two releases are installed, the newer one is used. */
    private static final Abi[] SUPPORTED = {
        familyB(26, "25.11"), familyB(25, "24.11"), familyB(24, "23.11"), familyA()
    };

    // struct rte_eth_fp_ops, one per port
    static final int FP_OPS_BYTES = 128;
    static final int PORTS_MAX = 32;

    // struct rte_mempool
    static final int MEMPOOL_BYTES = 192;
    static final int MEMPOOL_SIZE = 64;
    static final int MEMPOOL_ELT_SIZE = 72;
    static final int MEMPOOL_HEADER_SIZE = 76;
    static final int MEMPOOL_TRAILER_SIZE = 80;
    static final int MEMPOOL_OPS_INDEX = 88;

    static final int MEMPOOL_NO_IOVA_CONTIG = 0x20;

    // struct rte_pktmbuf_pool_private
    static final int POOL_PRIVATE_BYTES = 8;
    static final int POOL_PRIVATE_ROOM = 0;
    static final int POOL_PRIVATE_SIZE = 2;

    // rte_mempool_ops_table and struct rte_mempool_ops
    static final int OPS_TABLE_COUNT = 4;
    static final int OPS_TABLE_FIRST = 64;
    static final int OPS_BYTES = 128;
    static final int OPS_MAX = 16;
    static final int OPS_ENQUEUE = 48;
    static final int OPS_DEQUEUE = 56;

    // struct rte_eth_conf; allocated larger than any release needs, so that growth cannot overrun
    static final int CONF_BYTES = 4096;
    static final int CONF_RX_MTU = 12;
    static final int CONF_RX_OFFLOADS = 24;
    static final int CONF_TX_OFFLOADS = 72;

    // struct rte_eth_dev_info, the fields that never moved
    static final int INFO_BYTES = 1024;
    static final int INFO_DRIVER_NAME = 8;
    static final int INFO_MIN_MTU = 20;
    static final int INFO_MAX_MTU = 22;
    static final int INFO_RX_OFFLOADS = 72;
    static final int INFO_TX_OFFLOADS = 80;
    static final int INFO_RX_DESC_MAX = 262;
    static final int INFO_TX_DESC_MAX = 272;
    static final int INFO_TX_SEGS_MAX = 278;

    // struct rte_eth_stats
    static final int STATS_BYTES = 1024;

    private static Abi familyA() {
        return new Abi(23, "22.11", 0, 24, 64, 72, 88);
    }

    private static Abi familyB(int soVersion, String release) {
        return new Abi(soVersion, release, 16, 0, 80, 88, 64);
    }

    /** Suffixes of the shared objects that we know, newest first. */
    static int[] soVersions() {
        int[] versions = new int[SUPPORTED.length];
        for (int i = 0; i < versions.length; i++) {
            versions[i] = SUPPORTED[i].soVersion;
        }
        return versions;
    }

    /** The layout of the shared objects with this suffix. */
    static Abi of(int soVersion) {
        for (Abi abi : SUPPORTED) {
            if (abi.soVersion == soVersion) {
                return abi;
            }
        }
        throw new DpdkException(
                DpdkError.ABI_MISMATCH,
                "found DPDK libraries .so." + soVersion + "; supported are " + supported());
    }

    /**
     * The library must also say that it is the release whose layout this is: "DPDK 22.11.11" for
     * "22.11".
     */
    void verifyRelease(String reported) {
        String expected = "DPDK " + release;
        boolean same =
                reported.equals(expected)
                        || reported.startsWith(expected + ".")
                        || reported.startsWith(expected + "-");
        if (!same) {
            throw new DpdkException(
                    DpdkError.ABI_MISMATCH,
                    "librte_eal.so."
                            + soVersion
                            + " reports \""
                            + reported
                            + "\" where \""
                            + expected
                            + "\" belongs; supported are "
                            + supported());
        }
    }

    /** "22.11 (.so.23), 23.11 (.so.24), ..." for messages. */
    static String supported() {
        StringBuilder text = new StringBuilder();
        for (int i = SUPPORTED.length - 1; i >= 0; i--) {
            text.append(SUPPORTED[i].release)
                    .append(" (.so.")
                    .append(SUPPORTED[i].soVersion)
                    .append(')');
            text.append(i == 0 ? "" : ", ");
        }
        return text.toString();
    }
}
