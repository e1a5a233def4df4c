package io.mptcplb.sim;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.MemoryPort;
import org.jspecify.annotations.Nullable;

/** A host's port with the end of a cable in it. */
public final class SimPort {
    private final BufferPool pool;
    private final MemoryPort port;
    private final SimHost host;
    private @Nullable SimLink link;

    SimPort(SimHost host, MemoryPort port, BufferPool pool) {
        this.host = host;
        this.port = port;
        this.pool = pool;
    }

    void plug(SimLink cable) {
        link = cable;
    }

    SimHost host() {
        return host;
    }

    public MemoryPort memoryPort() {
        return port;
    }

    /** Everything the host has flushed goes onto the cable. */
    void carry(long nowNanos) {
        long m = port.takeSent();
        while (m != 0) {
            boolean unfinished = (Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL) == Mbuf.RX_L4_PARTIAL;
            int segmentBytes = Mbuf.segmentBytes(m);
            byte[] frame = new byte[Mbuf.pktLen(m)];
            int done = 0;
            for (long at = m; at != 0; at = Mbuf.next(at)) {
                Mem.copyOut(Mbuf.data(at), frame, done, Mbuf.dataLen(at));
                done += Mbuf.dataLen(at);
            }
            pool.releaseChain(m);
            if (unfinished) {
                int mtuBytes = port.capabilities().mtuBytes();
                OffloadDevice.finish(frame, segmentBytes, mtuBytes, piece -> send(piece, nowNanos));
            } else {
                send(frame, nowNanos);
            }
            m = port.takeSent();
        }
    }

    private void send(byte[] frame, long nowNanos) {
        if (link != null) {
            link.onSent(this, frame, nowNanos);
        }
    }

    /** A frame arrives; without a buffer for it, it is lost as on a NIC. */
    void arrive(byte[] frame) {
        long m = pool.alloc();
        if (m == 0) {
            return;
        }
        Mem.copyIn(frame, 0, Mbuf.data(m), frame.length);
        Mbuf.setLength(m, frame.length);
        port.deliver(m);
    }
}
