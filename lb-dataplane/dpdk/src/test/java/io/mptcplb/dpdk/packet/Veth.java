package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.NetworkNamespace;
import io.mptcplb.dpdk.PacketPeer;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.frame.BufferPool;

/** v0 in a namespace for the port, v1 in another for its peer. */
final class Veth implements AutoCloseable {
    static final String OURS = "v0";
    static final String THEIRS = "v1";

    private static final long SECOND = 1_000_000_000L;

    final NetworkNamespace box = new NetworkNamespace("box");
    final NetworkNamespace far = new NetworkNamespace("far");

    /** Up, quiet, with checksums and segments finished before frames go out. */
    Veth() {
        NetworkNamespace.link(box, OURS, far, THEIRS);
    }

    void mtu(int bytes) {
        box.exec("ip", "link", "set", OURS, "mtu", Integer.toString(bytes));
        far.exec("ip", "link", "set", THEIRS, "mtu", Integer.toString(bytes));
    }

    /** As veth devices are when they are made: whatever is sent crosses unfinished. */
    void offloadsOn() {
        box.exec("ethtool", "-K", OURS, "tx", "on", "tso", "on", "gso", "on", "sg", "on");
        far.exec("ethtool", "-K", THEIRS, "tx", "on", "tso", "on", "gso", "on", "sg", "on");
    }

    PacketPort open(PacketOptions options, BufferPool pool) {
        return box.inside(() -> PacketPort.open(options, pool));
    }

    PacketPort openOurs(BufferPool pool) {
        return open(PacketOptions.of(OURS), pool);
    }

    PacketPort openTheirs(BufferPool pool) {
        return openTheirs(pool, 0);
    }

    PacketPort openTheirs(BufferPool pool, int vlan) {
        return far.inside(() -> PacketPort.open(PacketOptions.of(THEIRS).withVlan(vlan), pool));
    }

    PacketPeer peer() {
        return PacketPeer.open(far, THEIRS);
    }

    /** Polls until {@code wanted} frames are there. */
    static void receive(PacketPort port, Poller poller, long[] frames, int wanted) {
        long[] some = new long[64];
        int received = 0;
        long deadline = System.nanoTime() + 5 * SECOND;
        while (received < wanted && System.nanoTime() < deadline) {
            int count = port.poll(some);
            System.arraycopy(some, 0, frames, received, count);
            received += count;
            if (count == 0) {
                poller.await(Poller.WAIT_NANOS_MAX);
            }
        }
        assertTrue(received == wanted, "received " + received + " of " + wanted);
    }

    @Override
    public void close() {
        box.close();
        far.close();
    }
}
