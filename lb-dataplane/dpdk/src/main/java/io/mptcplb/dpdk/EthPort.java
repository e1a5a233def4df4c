package io.mptcplb.dpdk;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.PortCapabilities;
import java.lang.foreign.Arena;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One port of DPDK with one queue each way. Opened and closed by the thread that wires the program,
 * in the network namespace of its interface; between that owned by one worker thread, which should
 * be a {@link DpdkThread}.
 */
public final class EthPort implements DevicePort {
    private static final int ETHERNET_BYTES = 14;
    private static final int VLAN_BYTES = 4;
    private static final int LINK_BYTES = 8;
    private static final int LINK_FLAGS = 4;
    private static final int LINK_STATUS_BIT = 1 << 2;

    private final String label;
    private final PortAttachment attachment;
    private final int descriptor;
    private final @Nullable KernelInterface kernel;
    private final int portId;
    private final DeviceInfo info;
    private final PortCapabilities capabilities;
    private final long macAddress;
    private final Arena arena = Arena.ofShared();
    private final long linkMemory;
    private final EthStatistics statistics;
    private final IndirectPool indirect;
    private final RxQueue rx;
    private final TxQueue tx;
    private final FrameBuilder builder;
    private final long[] drops = new long[PortDrop.COUNT];
    private boolean linkSeenUp;
    private boolean closed;

    private EthPort(
            PortOptions options,
            PortAttachment attachment,
            PortSetup setup,
            int descriptor,
            DpdkBufferPool pool) {
        label = options.device().label();
        this.attachment = attachment;
        this.descriptor = descriptor;
        kernel = attachment.kernel;
        portId = attachment.portId;
        info = setup.info();
        capabilities = setup.capabilities();
        macAddress = setup.macAddress();
        linkMemory = arena.allocate(LINK_BYTES, 8).address();
        Mem.register(linkMemory, LINK_BYTES);
        statistics = new EthStatistics(portId);
        indirect = new IndirectPool("ind-" + portId, 4 * options.txFrames() - 1);
        rx = new RxQueue(setup.rxBurst(), setup.rxQueue());
        tx = new TxQueue(setup.txBurst(), setup.txPrepare(), setup.txQueue(), options.txFrames());
        int frameBytesMax = attachment.mtuBytes + ETHERNET_BYTES + VLAN_BYTES;
        builder = new FrameBuilder(pool, indirect, setup, frameBytesMax, drops);
        linkSeenUp = linkUp();
    }

    /**
     * Plugs the device in, configures it, starts it. Receives into {@code pool}, which must outlive
     * the port. Throws {@link DpdkException}; nothing stays behind then.
     */
    public static EthPort open(PortOptions options, DpdkBufferPool pool) {
        Map<String, Integer> before = Descriptors.open();
        PortAttachment attachment = PortAttachment.of(options, pool);
        try {
            PortSetup setup = PortSetup.start(options, attachment, pool);
            int descriptor = attachment.descriptor(before);
            return new EthPort(options, attachment, setup, descriptor, pool);
        } catch (RuntimeException failure) {
            Natives.ethDevStop(attachment.portId);
            Natives.ethDevClose(attachment.portId);
            attachment.detach();
            throw failure;
        }
    }

    @Override
    public int poll(long[] frames) {
        return rx.poll(frames, drops);
    }

    @Override
    public boolean send(GatherFrame frame) {
        // A driver frees what it has sent when it is offered more.
        if (tx.full() || !builder.isReadyFor(frame)) {
            flush();
        }
        long m = builder.build(frame);
        if (m == 0) {
            return false;
        }
        boolean full = tx.full();
        if (full || !linkSeenUp) {
            builder.refuse(m, full ? PortDrop.TX_BACKLOG_FULL : PortDrop.TX_LINK_DOWN);
            return false;
        }
        tx.add(m);
        return true;
    }

    @Override
    public int flush() {
        if (tx.waiting() == 0) {
            return 0;
        }
        int taken = tx.flush(drops);
        if (taken == 0 && tx.waiting() > 0 && !linkUp()) {
            drops[PortDrop.TX_LINK_DOWN.code()] += tx.dropAll();
        }
        return taken;
    }

    /** Frames that wait because the device did not take them yet. */
    public int waiting() {
        return tx.waiting();
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /**
     * Asks the kernel or the driver. The answer is kept: after a "no", {@link #send} drops at once
     * until a later call answers "yes".
     */
    @Override
    public boolean linkUp() {
        linkSeenUp = kernel != null ? kernel.linkUp() : driverLinkUp();
        return linkSeenUp;
    }

    private boolean driverLinkUp() {
        return Natives.ethLinkGetNowait(portId, linkMemory) == 0
                && (Mem.hostU32(linkMemory + LINK_FLAGS) & LINK_STATUS_BIT) != 0;
    }

    /** Throws LINK_DOWN unless the link is up; for start-up checks. */
    public void requireLinkUp() {
        if (!linkUp()) {
            throw new DpdkException(DpdkError.LINK_DOWN, "port " + label + " has no link", label);
        }
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public int readableDescriptor() {
        return descriptor;
    }

    @Override
    public long sendDrops() {
        return PortDrop.sent(drops);
    }

    @Override
    public long drops(PortDrop reason) {
        return drops[reason.code()];
    }

    @Override
    public long copiedPayloadBytes() {
        return builder.copiedPayloadBytes();
    }

    @Override
    public PortStatistics statistics() {
        return statistics.refresh();
    }

    @Override
    public String describe() {
        return label
                + " ("
                + info.driver()
                + ", MTU "
                + capabilities.mtuBytes()
                + (capabilities.gather() ? ", gather" : ", payload is copied")
                + (capabilities.txChecksum() ? ", TX checksums" : "")
                + (capabilities.txSegmentation() ? ", TSO" : "")
                + ")";
    }

    int portId() {
        return portId;
    }

    /** Indirect mbufs at rest; all of them once the driver has freed what it sent. */
    int indirectAvailable() {
        return indirect.available();
    }

    int indirectCapacity() {
        return indirect.capacity();
    }

    /**
     * Stops and unplugs the port, in the network namespace in which it was opened. Frames that
     * waited are dropped; frames that were polled stay with their owner.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        drops[PortDrop.TX_CLOSED.code()] += tx.dropAll();
        Natives.ethDevStop(portId);
        Natives.ethDevClose(portId);
        attachment.detach();
        rx.close();
        tx.close();
        indirect.close();
        statistics.close();
        Mem.unregister(linkMemory);
        arena.close();
    }
}
