package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DevicePort;
import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.KernelInterface;
import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.dpdk.PortStatistics;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.PortCapabilities;

/**
 * A port on a device that the kernel keeps. Frames come as the kernel has them: merged up to 64 KB,
 * as chains, their checksums verified, unfinished or neither, and so may be sent. Opened and closed
 * by the thread that wires the program, in the device's network namespace; between that owned by
 * one worker thread.
 */
public final class PacketPort implements DevicePort {
    private static final int ETHERNET_BYTES = 14;
    private static final int VLAN_BYTES = 4;
    private static final int SUPER_FRAME_BYTES_MAX = 65_535 + ETHERNET_BYTES;

    /** All headers of a frame must lie in its first buffer. */
    private static final int PIECE_BYTES_MIN = 512;

    /** A poll ends with the batch that reaches this: more would push itself out of the cache. */
    private static final int POLL_BYTES_MAX = 256 << 10;

    private final KernelInterface kernel;
    private final PacketSocket socket;
    private final BufferPool pool;
    private final ReceiveBatch rx;
    private final SendBatch tx;
    private final PacketStatistics statistics;
    private final PortCapabilities capabilities;
    private final long macAddress;
    private final int deviceMtuBytes;
    private final long[] drops = new long[PortDrop.COUNT];
    private boolean linkSeenUp;
    private boolean closed;

    private PacketPort(
            PacketOptions options, KernelInterface kernel, PacketSocket socket, BufferPool pool) {
        this.kernel = kernel;
        this.socket = socket;
        this.pool = pool;
        deviceMtuBytes = kernel.mtuBytes();
        macAddress = kernel.macAddress();
        rx = new ReceiveBatch(pool);
        tx = new SendBatch(pool);
        statistics = new PacketStatistics(socket, rx, tx, drops);
        boolean offloads = options.offloads();
        capabilities =
                new PortCapabilities(
                        options.mtuBytes() == 0 ? deviceMtuBytes : options.mtuBytes(),
                        offloads,
                        offloads,
                        true,
                        rx.buffersHeld());
        linkSeenUp = kernel.linkUp();
    }

    /**
     * Takes the interface. Receives into {@code pool}, which must outlive the port. Throws {@link
     * DpdkException}; nothing stays behind then.
     */
    public static PacketPort open(PacketOptions options, BufferPool pool) {
        int needed = Mbuf.HEADROOM_BYTES + PIECE_BYTES_MIN;
        if (pool.roomBytes() < needed) {
            throw new DpdkException(
                    DpdkError.ROOM_TOO_SMALL,
                    "buffers of " + pool.roomBytes() + " bytes cannot take all headers of a frame",
                    needed);
        }
        KernelInterface kernel = KernelInterface.open(options.interfaceName());
        try {
            kernel.requireMtu(options.mtuBytes());
            PacketSocket socket = PacketSocket.open(kernel, options.receiveBytes());
            return new PacketPort(options, kernel, socket, pool);
        } catch (RuntimeException failure) {
            kernel.close();
            throw failure;
        }
    }

    @Override
    public int poll(long[] frames) {
        int kept = 0;
        int pollBytes = 0;
        while (kept < frames.length && pollBytes < POLL_BYTES_MAX) {
            int wanted = Math.min(ReceiveBatch.SLOTS, frames.length - kept);
            int received = rx.receive(socket.descriptor(), wanted);
            for (int i = 0; i < received; i++) {
                long m = rx.take(i, drops);
                if (m != 0) {
                    pollBytes += Mbuf.pktLen(m);
                    frames[kept++] = m;
                }
            }
            if (received < wanted) {
                break;
            }
        }
        statistics.rxFrames += kept;
        statistics.rxBytes += pollBytes;
        return kept;
    }

    @Override
    public boolean send(GatherFrame frame) {
        int bytes = Mbuf.dataLen(frame.header()) + frame.payloadBytes();
        boolean cut = frame.segmentBytes() > 0;
        int most = cut ? SUPER_FRAME_BYTES_MAX : deviceMtuBytes + ETHERNET_BYTES + VLAN_BYTES;
        if (bytes > most) {
            return refuse(frame, PortDrop.TX_OVERSIZED);
        }
        if (!linkSeenUp) {
            return refuse(frame, PortDrop.TX_LINK_DOWN);
        }
        if (tx.full()) {
            flush();
        }
        tx.add(frame, deviceMtuBytes);
        return true;
    }

    private boolean refuse(GatherFrame frame, PortDrop reason) {
        drops[reason.code()]++;
        pool.release(frame.header());
        return false;
    }

    @Override
    public int flush() {
        return tx.waiting() == 0 ? 0 : tx.flush(socket.descriptor(), drops);
    }

    /** Frames that wait for {@link #flush}. */
    public int waiting() {
        return tx.waiting();
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /**
     * Asks the kernel: two calls, ten times a second, where netlink's news would need a second
     * socket that may overflow. The answer is kept: after a "no", {@link #send} drops at once until
     * a later call answers "yes".
     */
    @Override
    public boolean linkUp() {
        linkSeenUp = kernel.linkUp();
        return linkSeenUp;
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public int readableDescriptor() {
        return socket.descriptor();
    }

    @Override
    public long sendDrops() {
        return PortDrop.sent(drops);
    }

    @Override
    public long drops(PortDrop reason) {
        return drops[reason.code()];
    }

    /** Always 0: the kernel copies out of the slices. */
    @Override
    public long copiedPayloadBytes() {
        return 0;
    }

    @Override
    public PortStatistics statistics() {
        return statistics.refresh();
    }

    @Override
    public String describe() {
        return kernel.name()
                + " (packet, MTU "
                + capabilities.mtuBytes()
                + ", gather"
                + (capabilities.txSegmentation() ? ", TX checksums, TSO" : "")
                + ", "
                + (socket.receiveBytes() >> 10)
                + " KiB for frames that wait)";
    }

    /**
     * Lets go of the interface. Frames that waited are dropped; frames that were polled stay with
     * their owner.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        drops[PortDrop.TX_CLOSED.code()] += tx.dropAll();
        socket.close();
        kernel.close();
        rx.close();
        tx.close();
    }
}
