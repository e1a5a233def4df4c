package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.dpdk.PortStatistics;

/** What a packet port and its socket counted. Owner: the port's thread. */
final class PacketStatistics implements PortStatistics {
    private final PacketSocket socket;
    private final ReceiveBatch received;
    private final SendBatch sent;
    private final long[] drops;
    private long rxMissed;

    /** Counted by the port. */
    long rxFrames;

    long rxBytes;

    PacketStatistics(PacketSocket socket, ReceiveBatch received, SendBatch sent, long[] drops) {
        this.socket = socket;
        this.received = received;
        this.sent = sent;
        this.drops = drops;
    }

    PacketStatistics refresh() {
        rxMissed += socket.takeDrops();
        return this;
    }

    @Override
    public long rxFrames() {
        return rxFrames;
    }

    @Override
    public long txFrames() {
        return sent.sentFrames();
    }

    @Override
    public long rxBytes() {
        return rxBytes;
    }

    @Override
    public long txBytes() {
        return sent.sentBytes();
    }

    @Override
    public long rxMissed() {
        return rxMissed;
    }

    @Override
    public long rxErrors() {
        return PortDrop.received(drops);
    }

    @Override
    public long txErrors() {
        return drops[PortDrop.TX_REFUSED.code()];
    }

    @Override
    public long rxNoBuffer() {
        return received.starved();
    }

    @Override
    public long rxQueueBytes() {
        return socket.receiveBytes();
    }
}
