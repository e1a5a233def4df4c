package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * What {@code rte_eth_dev_info_get} says of a port, as far as we use it.
 *
 * @param driver name of its driver, such as {@code net_af_packet}
 * @param mtuBytesMax largest MTU that {@code rte_eth_dev_set_mtu} would take
 * @param rxOffloads offered receive offloads, DPDK's bits
 * @param txOffloads offered transmit offloads, DPDK's bits
 * @param rxDescriptorsMax longest receive queue
 * @param txDescriptorsMax longest transmit queue
 * @param txSegmentsMax buffers in one frame to send
 */
record DeviceInfo(
        String driver,
        int mtuBytesMax,
        long rxOffloads,
        long txOffloads,
        int rxDescriptorsMax,
        int txDescriptorsMax,
        int txSegmentsMax) {
    static final long RX_CHECKSUMS = 0xe;
    static final long RX_SCATTER = 0x2000;
    static final long TX_IPV4_CHECKSUM = 0x2;
    static final long TX_TCP_CHECKSUM = 0x8;
    static final long TX_TCP_SEGMENTATION = 0x20;
    static final long TX_MULTI_SEGS = 0x8000;

    static DeviceInfo of(int port) {
        try (Arena arena = Arena.ofConfined()) {
            long info = arena.allocate(Abi.INFO_BYTES, 64).address();
            int result = Natives.ethDevInfoGet(port, info);
            if (result < 0) {
                throw new DpdkException(
                        DpdkError.PORT_REFUSED,
                        "rte_eth_dev_info_get: " + Natives.errorText(result));
            }
            Mem.register(info, Abi.INFO_BYTES);
            DeviceInfo decoded =
                    new DeviceInfo(
                            Natives.string(Mem.hostU64(info + Abi.INFO_DRIVER_NAME)),
                            Mem.hostU16(info + Abi.INFO_MAX_MTU),
                            Mem.hostU64(info + Abi.INFO_RX_OFFLOADS),
                            Mem.hostU64(info + Abi.INFO_TX_OFFLOADS),
                            Mem.hostU16(info + Abi.INFO_RX_DESC_MAX),
                            Mem.hostU16(info + Abi.INFO_TX_DESC_MAX),
                            Mem.hostU16(info + Abi.INFO_TX_SEGS_MAX));
            Mem.unregister(info);
            return decoded;
        }
    }

    boolean offersTx(long offload) {
        return (txOffloads & offload) == offload;
    }
}
