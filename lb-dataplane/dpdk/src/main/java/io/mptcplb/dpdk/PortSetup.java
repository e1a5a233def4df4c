package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import io.mptcplb.frame.PortCapabilities;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A port that was configured and started, and the driver's functions, which are known only then.
 *
 * @param txPrepare NULL unless offloads are in use and the driver wants to see their requests first
 * @param rxQueue the driver's own pointer for the queue
 * @param txSegmentsMax buffers in one frame to send, 1 where chains are not taken
 * @param txIpv4Checksum the device computes IPv4's own checksum when it is asked to
 */
record PortSetup(
        DeviceInfo info,
        PortCapabilities capabilities,
        long macAddress,
        MemorySegment rxBurst,
        long rxQueue,
        MemorySegment txBurst,
        MemorySegment txPrepare,
        long txQueue,
        int txSegmentsMax,
        boolean txIpv4Checksum) {

    private static final int ENOTSUP = 95;
    private static final int ETHERNET_AND_VLAN_BYTES = 18;
    private static final int HEADROOM_BYTES = 128;

    /** Mbufs that af_xdp keeps in its fill ring. */
    private static final int XDP_FILL_FRAMES = 2048;

    /** Configures one queue each way and starts the port. */
    static PortSetup start(PortOptions options, PortAttachment attachment, DpdkBufferPool pool) {
        DeviceInfo info = DeviceInfo.of(attachment.portId);
        int mtuBytes = attachment.mtuBytes;
        if (attachment.kernel == null && mtuBytes > info.mtuBytesMax() && info.mtuBytesMax() > 0) {
            throw new DpdkException(
                    DpdkError.MTU_TOO_LARGE,
                    "driver "
                            + info.driver()
                            + " carries MTU "
                            + info.mtuBytesMax()
                            + ", not "
                            + mtuBytes,
                    info.mtuBytesMax());
        }
        if (options.device() instanceof PortDevice.AfXdp) {
            pool.require(XDP_FILL_FRAMES + RxQueue.BURST_MAX, "af_xdp's fill ring");
        }
        long rxOffloads = rxOffloads(options, info, pool, mtuBytes);
        long txOffloads = txOffloads(options, info);
        NativeLog log = NativeLog.begin(true);
        String refusal = configureAndStart(options, attachment, pool, info, rxOffloads, txOffloads);
        String words = log.end();
        if (!refusal.isEmpty()) {
            throw new DpdkException(
                    DpdkError.PORT_REFUSED,
                    "port " + options.device().label() + ": " + refusal + words);
        }
        return of(options, attachment, info, txOffloads);
    }

    private static long rxOffloads(
            PortOptions options, DeviceInfo info, DpdkBufferPool pool, int mtuBytes) {
        long wanted = options.offloads() ? DeviceInfo.RX_CHECKSUMS : 0;
        boolean fits = mtuBytes + ETHERNET_AND_VLAN_BYTES + HEADROOM_BYTES <= pool.roomBytes();
        wanted |= fits ? 0 : DeviceInfo.RX_SCATTER;
        if (!fits && (info.rxOffloads() & DeviceInfo.RX_SCATTER) == 0) {
            throw new DpdkException(
                    DpdkError.ROOM_TOO_SMALL,
                    "driver "
                            + info.driver()
                            + " takes one buffer per frame, and MTU is "
                            + mtuBytes,
                    mtuBytes + ETHERNET_AND_VLAN_BYTES + HEADROOM_BYTES);
        }
        return wanted & info.rxOffloads();
    }

    private static long txOffloads(PortOptions options, DeviceInfo info) {
        long wanted = DeviceInfo.TX_MULTI_SEGS;
        if (options.offloads() && info.offersTx(DeviceInfo.TX_TCP_CHECKSUM)) {
            wanted |=
                    DeviceInfo.TX_TCP_CHECKSUM
                            | DeviceInfo.TX_IPV4_CHECKSUM
                            | DeviceInfo.TX_TCP_SEGMENTATION;
        }
        return wanted & info.txOffloads();
    }

    /** Returns what was refused, or nothing. */
    private static String configureAndStart(
            PortOptions options,
            PortAttachment attachment,
            DpdkBufferPool pool,
            DeviceInfo info,
            long rxOffloads,
            long txOffloads) {
        int port = attachment.portId;
        int result =
                configure(
                        port,
                        attachment.kernel == null ? attachment.mtuBytes : 0,
                        rxOffloads,
                        txOffloads);
        if (result < 0) {
            return "rte_eth_dev_configure said " + Natives.errorText(result);
        }
        int rxDescriptors = clamp(options.rxFrames(), info.rxDescriptorsMax());
        result = Natives.ethRxQueueSetup(port, options.queue(), rxDescriptors, pool.mempool());
        if (result < 0) {
            return "rte_eth_rx_queue_setup of "
                    + rxDescriptors
                    + " said "
                    + Natives.errorText(result);
        }
        int txDescriptors = clamp(options.txFrames(), info.txDescriptorsMax());
        result = Natives.ethTxQueueSetup(port, options.queue(), txDescriptors);
        if (result < 0) {
            return "rte_eth_tx_queue_setup of "
                    + txDescriptors
                    + " said "
                    + Natives.errorText(result);
        }
        result = Natives.ethDevStart(port);
        if (result < 0) {
            return "rte_eth_dev_start said " + Natives.errorText(result);
        }
        result = passOn(options, attachment);
        return result < 0 ? "the filter of addresses said " + Natives.errorText(result) : "";
    }

    /**
     * Frames to groups are wanted always, for neighbour discovery; a kernel interface is a member
     * of all already. A driver that can set neither has nothing that filters.
     */
    private static int passOn(PortOptions options, PortAttachment attachment) {
        int port = attachment.portId;
        int result = -ENOTSUP;
        if (!options.promiscuous()) {
            result = attachment.kernel != null ? 0 : Natives.ethAllmulticastEnable(port);
        }
        if (result == -ENOTSUP) {
            result = Natives.ethPromiscuousEnable(port);
        }
        return result == -ENOTSUP && !options.promiscuous() ? 0 : result;
    }

    private static int clamp(int wanted, int max) {
        return max == 0 ? wanted : Math.min(wanted, max);
    }

    private static int configure(int port, int mtuBytes, long rxOffloads, long txOffloads) {
        try (Arena arena = Arena.ofConfined()) {
            long conf = arena.allocate(Abi.CONF_BYTES, 64).address();
            Mem.register(conf, Abi.CONF_BYTES);
            Mem.setHostU32(conf + Abi.CONF_RX_MTU, mtuBytes);
            Mem.setHostU64(conf + Abi.CONF_RX_OFFLOADS, rxOffloads);
            Mem.setHostU64(conf + Abi.CONF_TX_OFFLOADS, txOffloads);
            Mem.unregister(conf);
            return Natives.ethDevConfigure(port, 1, 1, conf);
        }
    }

    private static PortSetup of(
            PortOptions options, PortAttachment attachment, DeviceInfo info, long txOffloads) {
        Abi abi = Natives.require();
        long operations = Natives.fpOps(attachment.portId);
        long queueOffset = 8L * options.queue();
        boolean checksums = (txOffloads & DeviceInfo.TX_TCP_CHECKSUM) != 0;
        boolean gather = (txOffloads & DeviceInfo.TX_MULTI_SEGS) != 0;
        long prepare = checksums ? Mem.hostU64(operations + abi.txPrepare()) : 0;
        long rxBurst = function(operations + abi.rxBurst(), "receive");
        long txBurst = function(operations + abi.txBurst(), "transmit");
        PortCapabilities capabilities =
                new PortCapabilities(
                        options.mtuBytes() == 0 ? attachment.mtuBytes : options.mtuBytes(),
                        checksums,
                        (txOffloads & DeviceInfo.TX_TCP_SEGMENTATION) != 0,
                        gather,
                        rxFramesHeld(options, info));
        return new PortSetup(
                info,
                capabilities,
                macAddress(attachment.portId),
                MemorySegment.ofAddress(rxBurst),
                element(operations + abi.rxQueueData(), queueOffset),
                MemorySegment.ofAddress(txBurst),
                MemorySegment.ofAddress(prepare),
                element(operations + abi.txQueueData(), queueOffset),
                gather ? Math.max(1, info.txSegmentsMax()) : 1,
                (txOffloads & DeviceInfo.TX_IPV4_CHECKSUM) != 0);
    }

    /**
     * Mbufs that the driver takes from the pool before a frame arrives; AF_PACKET's ring is the
     * kernel's memory.
     */
    private static int rxFramesHeld(PortOptions options, DeviceInfo info) {
        return switch (options.device()) {
            case PortDevice.AfPacket _ -> 0;
            case PortDevice.AfXdp _ -> XDP_FILL_FRAMES;
            default -> clamp(options.rxFrames(), info.rxDescriptorsMax());
        };
    }

    private static long element(long pointerToArray, long offset) {
        long at = Mem.hostU64(pointerToArray) + offset;
        return MemorySegment.ofAddress(at)
                .reinterpret(8)
                .get(java.lang.foreign.ValueLayout.JAVA_LONG, 0);
    }

    /**
     * A pointer that is about to be called must lie in the code of a DPDK library, or the layout is
     * not what we think.
     */
    private static long function(long pointer, String what) {
        long address = Mem.hostU64(pointer);
        if (!inCode(address)) {
            throw new DpdkException(
                    DpdkError.ABI_SELF_TEST_FAILED,
                    "the driver's " + what + " function is not in a DPDK library");
        }
        return address;
    }

    private static boolean inCode(long address) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                int dash = line.indexOf('-');
                int blank = line.indexOf(' ');
                long start = Long.parseUnsignedLong(line, 0, dash, 16);
                long end = Long.parseUnsignedLong(line, dash + 1, blank, 16);
                if (Long.compareUnsigned(start, address) <= 0
                        && Long.compareUnsigned(address, end) < 0) {
                    return line.charAt(blank + 3) == 'x' && line.contains("librte_");
                }
            }
        } catch (IOException noProc) {
            return true;
        }
        return false;
    }

    private static long macAddress(int port) {
        try (Arena arena = Arena.ofConfined()) {
            long mac = arena.allocate(8, 8).address();
            Mem.register(mac, 8);
            int result = Natives.ethMacaddrGet(port, mac);
            long value = (long) Mem.u16(mac) << 32 | (Mem.u32(mac + 2) & 0xffffffffL);
            Mem.unregister(mac);
            return result < 0 ? 0 : value;
        }
    }
}
