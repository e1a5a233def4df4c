package io.mptcplb.sim;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.frame.PortCapabilities;
import java.util.ArrayList;
import java.util.List;

/**
 * One machine of the world: a pool, ports, and a protocol stack that the subclass or the builder of
 * the test supplies.
 */
public final class SimHost implements AutoCloseable {
    private static final int BURST = 32;
    private static final int QUEUE_FRAMES = 4096;

    private final String name;
    private final boolean offloading;
    private final ArenaBufferPool pool;
    private final List<SimPort> ports = new ArrayList<>();
    private final long[] burst = new long[BURST];
    private Protocol protocol = new Protocol.Silent();

    /**
     * @param offloading its ports finish checksums and cut super-segments
     */
    SimHost(String name, int buffers, boolean offloading) {
        this.name = name;
        this.offloading = offloading;
        pool = new ArenaBufferPool(buffers, Mbuf.DEFAULT_ROOM_BYTES);
    }

    /** Another port; its index is the order of calls. */
    public SimPort addPort(long mac, int mtuBytes) {
        PortCapabilities device =
                offloading ? MemoryPort.offloading(mtuBytes) : MemoryPort.plain(mtuBytes);
        MemoryPort port = new MemoryPort(pool, mac, device, QUEUE_FRAMES);
        SimPort added = new SimPort(this, port, pool);
        ports.add(added);
        return added;
    }

    /** What runs on this host. */
    public void run(Protocol newProtocol) {
        protocol = newProtocol;
    }

    boolean offloading() {
        return offloading;
    }

    public String name() {
        return name;
    }

    public ArenaBufferPool pool() {
        return pool;
    }

    public SimPort port(int index) {
        return ports.get(index);
    }

    /** One duty cycle, as a worker does it. */
    void step(long nowNanos) {
        for (int i = 0; i < ports.size(); i++) {
            int received = ports.get(i).memoryPort().poll(burst);
            while (received > 0) {
                for (int f = 0; f < received; f++) {
                    protocol.onFrame(i, burst[f], nowNanos);
                }
                received = ports.get(i).memoryPort().poll(burst);
            }
        }
        protocol.cycle(nowNanos);
        for (SimPort port : ports) {
            port.memoryPort().flush();
            port.carry(nowNanos);
        }
    }

    long nextDeadlineNanos() {
        return protocol.nextDeadlineNanos();
    }

    @Override
    public void close() {
        for (SimPort port : ports) {
            port.memoryPort().clear();
        }
        pool.close();
    }
}
