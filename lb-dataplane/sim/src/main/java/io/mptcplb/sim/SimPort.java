package io.mptcplb.sim;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.MemoryPort;
import org.jspecify.annotations.Nullable;

/** A host's port with the end of a cable in it. */
public final class SimPort {
    /** In place of a segment size: its checksum is there, and nothing is left to cut. */
    static final int FINISHED = -1;

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
            if (unfinished && link != null && link.whole()) {
                link.onSentWhole(this, frame, segmentBytes, nowNanos);
            } else if (unfinished) {
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

    /**
     * A frame arrives; without buffers for it, it is lost as on a NIC.
     *
     * @param segmentBytes of an unfinished frame, 0 for one that is to stay whole; {@link
     *     #FINISHED} for what comes off a wire
     */
    void arrive(byte[] frame, int segmentBytes) {
        long first = 0;
        long last = 0;
        for (int done = 0; done < frame.length; done += Mbuf.dataLen(last)) {
            long m = pool.alloc();
            if (m == 0) {
                pool.releaseChain(first);
                return;
            }
            int bytes = Math.min(Mbuf.tailroom(m), frame.length - done);
            Mem.copyIn(frame, done, Mbuf.data(m), bytes);
            Mbuf.setLength(m, bytes);
            if (first == 0) {
                first = m;
            } else {
                Mbuf.setNext(last, m);
                Mbuf.setNbSegs(first, Mbuf.nbSegs(first) + 1);
            }
            last = m;
        }
        Mbuf.setPktLen(first, frame.length);
        if (segmentBytes != FINISHED) {
            Mbuf.setOlFlags(first, Mbuf.RX_L4_PARTIAL);
            Mbuf.setTxOffload(first, 0, 0, 0, segmentBytes);
        }
        port.deliver(first);
    }
}
