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
import io.mptcplb.frame.Steering;
import java.util.ArrayList;
import java.util.List;

/**
 * A port on a device that the kernel keeps, or one queue of it. Frames come as the kernel has them:
 * merged up to 64 KB, as chains, their checksums verified, unfinished or neither, and so may be
 * sent. Opened and closed by the thread that wires the program, in the device's network namespace;
 * between that owned by one worker thread, except {@link #look} and {@link #device}.
 */
public final class PacketPort implements DevicePort {
    private static final int ETHERNET_BYTES = 14;
    private static final int VLAN_BYTES = 4;
    private static final int SUPER_FRAME_BYTES_MAX = 65_535 + ETHERNET_BYTES;

    /** All headers of a frame must lie in its first buffer. */
    private static final int PIECE_BYTES_MIN = 512;

    /** Less would hold up even one peer that waits for us. */
    private static final int RX_WINDOW_BYTES_MIN = 16 << 10;

    /** About what one poll takes: more would push itself out of the cache. */
    private static final int POLL_BYTES_MAX = 256 << 10;

    private static final int USUAL_BYTES_MIN = 64;

    private final PacketOptions options;
    private final Device device;
    private final PacketSocket socket;
    private final int queues;
    private final BufferPool pool;
    private final ReceiveBatch rx;
    private final SendBatch tx;
    private final PacketStatistics statistics;
    private final long[] drops = new long[PortDrop.COUNT];

    /** What the worker knows of the device. */
    private DeviceFacts facts;

    private PortCapabilities capabilities;

    /** Of the frames that came last: how many of them make {@link #POLL_BYTES_MAX}. */
    private int usualBytes = USUAL_BYTES_MIN;

    private boolean closed;

    private PacketPort(
            PacketOptions options,
            Device device,
            PacketSocket socket,
            int queues,
            BufferPool pool) {
        this.options = options;
        this.socket = socket;
        this.queues = queues;
        this.pool = pool;
        this.device = device;
        facts = device.facts();
        VlanTag tag = new VlanTag(options.vlan());
        rx = new ReceiveBatch(pool, tag);
        tx = new SendBatch(pool, tag);
        statistics = new PacketStatistics(socket, rx, tx, drops);
        capabilities = capabilitiesNow();
    }

    private PortCapabilities capabilitiesNow() {
        int own = facts.mtuBytes();
        return new PortCapabilities(
                options.mtuBytes() == 0 ? own : Math.min(own, options.mtuBytes()),
                options.offloads(),
                options.offloads(),
                true,
                rx.buffersHeld());
    }

    /**
     * Takes the interface. Receives into {@code pool}, which must outlive the port. Throws {@link
     * DpdkException}; nothing stays behind then.
     */
    public static PacketPort open(PacketOptions options, BufferPool pool) {
        return open(options, Steering.ONE, List.of(pool)).getFirst();
    }

    /**
     * As above, with a port for each queue. The first speaks for the device: {@link DeviceWatch}
     * watches over it alone.
     *
     * @param steering which frames come by which queue
     * @param pools one for each queue
     */
    public static List<PacketPort> open(
            PacketOptions options, Steering steering, List<? extends BufferPool> pools) {
        pools.forEach(PacketPort::requireRoom);
        KernelInterface kernel = KernelInterface.open(options.interfaceName());
        try {
            kernel.requireMtu(options.mtuBytes());
            PacketSockets sockets = PacketSockets.open(kernel, options.receiveBytes(), steering);
            Device device = new PacketDevice(kernel, sockets);
            List<PacketPort> ports = new ArrayList<>();
            for (BufferPool pool : pools) {
                PacketSocket socket = sockets.ofQueue(ports.size());
                ports.add(new PacketPort(options, device, socket, pools.size(), pool));
            }
            return ports;
        } catch (RuntimeException failure) {
            kernel.close();
            throw failure;
        }
    }

    /** One end of a {@link PacketCable}, all offloads on; the socket becomes the port's. */
    static PacketPort joined(DeviceFacts facts, PacketSocket socket, BufferPool pool) {
        requireRoom(pool);
        Device end = new CableEnd(facts, socket);
        return new PacketPort(PacketOptions.of(facts.name()), end, socket, 1, pool);
    }

    private static void requireRoom(BufferPool pool) {
        int needed = Mbuf.HEADROOM_BYTES + PIECE_BYTES_MIN;
        if (pool.roomBytes() < needed) {
            throw new DpdkException(
                    DpdkError.ROOM_TOO_SMALL,
                    "buffers of " + pool.roomBytes() + " bytes cannot take all headers of a frame",
                    needed);
        }
    }

    @Override
    public int poll(long[] frames) {
        int kept = 0;
        int pollBytes = 0;
        while (kept < frames.length && pollBytes < POLL_BYTES_MAX) {
            int most = (POLL_BYTES_MAX - pollBytes + usualBytes - 1) / usualBytes;
            int wanted = Math.min(Math.min(ReceiveBatch.SLOTS, most), frames.length - kept);
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
        if (kept > 0) {
            usualBytes = Math.max(USUAL_BYTES_MIN, (usualBytes + pollBytes / kept) / 2);
        }
        statistics.rxFrames += kept;
        statistics.rxBytes += pollBytes;
        return kept;
    }

    @Override
    public boolean send(GatherFrame frame) {
        int bytes = Mbuf.dataLen(frame.header()) + frame.payloadBytes();
        boolean cut = frame.segmentBytes() > 0;
        int most = cut ? SUPER_FRAME_BYTES_MAX : facts.mtuBytes() + ETHERNET_BYTES + VLAN_BYTES;
        if (bytes > most) {
            return refuse(frame, PortDrop.TX_OVERSIZED);
        }
        if (!facts.up()) {
            return refuse(frame, PortDrop.TX_LINK_DOWN);
        }
        if (tx.full()) {
            flush();
        }
        tx.add(frame, facts.mtuBytes());
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
     * Takes over what {@link #look} has found out: this answer, {@link #macAddress} and {@link
     * #capabilities} stay until the next call. After a "no", {@link #send} drops at once.
     */
    @Override
    public boolean linkUp() {
        DeviceFacts now = device.facts();
        if (now != facts) {
            boolean cutAnew = now.mtuBytes() != facts.mtuBytes();
            facts = now;
            if (cutAnew) {
                capabilities = capabilitiesNow();
            }
        }
        return now.up();
    }

    /**
     * Asks the kernel for the device, and takes it again when it has come back. {@link DeviceWatch}
     * does so, on its own thread: the answer may take as long as somebody holds the kernel's lock
     * on its network configuration.
     */
    public DeviceFacts look() {
        return device.look();
    }

    /** Whether the link is another than {@link #look} found last; asks no more than that. */
    boolean linkTurned() {
        return device.linkTurned();
    }

    /** What {@link #look} found last; any thread. */
    public DeviceFacts device() {
        return device.facts();
    }

    @Override
    public long macAddress() {
        return facts.macAddress();
    }

    /**
     * Half of what the kernel grants: it counts a frame's own overhead too, which for frames of an
     * MTU is as much as their payload. Of several queues, what a worker invites may come by any.
     */
    @Override
    public int rxWindowBytes() {
        return Math.max(RX_WINDOW_BYTES_MIN, socket.receiveBytes() / 2 / queues);
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
    public boolean devicePresent() {
        return facts.present();
    }

    @Override
    public long deviceChanges() {
        return facts.changes();
    }

    @Override
    public PortStatistics statistics() {
        return statistics.refresh();
    }

    @Override
    public String describe() {
        return facts.name()
                + " (packet, MTU "
                + capabilities.mtuBytes()
                + (options.vlan() == 0 ? "" : ", VLAN " + options.vlan())
                + ", gather"
                + (capabilities.txSegmentation() ? ", TX checksums, TSO" : "")
                + ", "
                + (socket.receiveBytes() >> 10)
                + " KiB for frames that wait"
                + (queues == 1 ? ")" : " in each of " + queues + " queues)");
    }

    /**
     * Lets go of the interface, for its other queues, too. Frames that waited are dropped; frames
     * that were polled stay with their owner.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        drops[PortDrop.TX_CLOSED.code()] += tx.dropAll();
        device.close();
        rx.close();
        tx.close();
    }
}
