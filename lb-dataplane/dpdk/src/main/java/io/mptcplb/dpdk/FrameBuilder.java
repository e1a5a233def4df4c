package io.mptcplb.dpdk;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/**
 * Turns a gather descriptor into what the driver takes: a chain of the header buffer and one
 * indirect mbuf per slice, or, on ports that take single buffers only, one buffer with everything
 * copied into it (counted). Owner: the worker thread.
 */
final class FrameBuilder {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_CHECKSUM = 10;
    private static final int TCP_CHECKSUM = 16;

    private final DpdkBufferPool pool;
    private final IndirectPool indirect;
    private final int segmentsMax;
    private final int frameBytesMax;
    private final boolean ipv4Checksum;
    private final long[] drops;
    private long copiedPayloadBytes;

    FrameBuilder(
            DpdkBufferPool pool,
            IndirectPool indirect,
            PortSetup setup,
            int frameBytesMax,
            long[] drops) {
        this.pool = pool;
        this.indirect = indirect;
        segmentsMax = setup.txSegmentsMax();
        this.frameBytesMax = frameBytesMax;
        ipv4Checksum = setup.txIpv4Checksum();
        this.drops = drops;
    }

    long copiedPayloadBytes() {
        return copiedPayloadBytes;
    }

    /** False when the frame would lack indirect mbufs now. */
    boolean isReadyFor(GatherFrame frame) {
        int standIns = Mbuf.refcnt(frame.header()) == 1 ? 0 : 1;
        return segmentsMax == 1 || indirect.ensure(frame.sliceCount() + standIns);
    }

    /**
     * The frame as one mbuf or chain, or 0 when it was dropped and counted. The header buffer is
     * taken in either case.
     */
    long build(GatherFrame frame) {
        long header = frame.header();
        int bytes = Mbuf.dataLen(header) + frame.payloadBytes();
        if (bytes > frameBytesMax && frame.segmentBytes() == 0) {
            return refuse(header, PortDrop.TX_OVERSIZED);
        }
        boolean gathers = segmentsMax > 1 && frame.sliceCount() < segmentsMax && attachable(frame);
        if (gathers && !isReadyFor(frame)) {
            return refuse(header, PortDrop.TX_NO_INDIRECT);
        }
        long m = gathers ? chain(frame, header, bytes) : flat(frame, header, bytes);
        if (m != 0 && (frame.checksumPartial() || frame.segmentBytes() > 0)) {
            requestOffloads(frame, m, bytes);
        }
        return m;
    }

    private static boolean attachable(GatherFrame frame) {
        boolean all = IndirectPool.canAttach(frame.header());
        for (int i = 0; i < frame.sliceCount(); i++) {
            all &= IndirectPool.canAttach(frame.buffer(i));
        }
        return all;
    }

    long refuse(long m, PortDrop reason) {
        drops[reason.code()]++;
        pool.releaseChain(m);
        return 0;
    }

    /** {@link #isReadyFor} holds: no taking can miss. */
    private long chain(GatherFrame frame, long header, int bytes) {
        long first = Mbuf.refcnt(header) == 1 ? header : standIn(header);
        long last = first;
        for (int i = 0; i < frame.sliceCount(); i++) {
            long slice = indirect.take();
            IndirectPool.attach(slice, frame.buffer(i), frame.offset(i), frame.length(i));
            Mbuf.setNext(last, slice);
            last = slice;
        }
        Mbuf.setNbSegs(first, 1 + frame.sliceCount());
        Mbuf.setPktLen(first, bytes);
        return first;
    }

    /**
     * A header that somebody else holds too must not be chained: its owner would find the chain's
     * {@code next} in it, and its lengths may change while the frame waits. The caller's reference
     * passes to the stand-in.
     */
    private long standIn(long header) {
        long m = indirect.take();
        IndirectPool.attach(m, header, Mbuf.dataOff(header), Mbuf.dataLen(header));
        Mbuf.setRefcnt(header, Mbuf.refcnt(header) - 1);
        return m;
    }

    private long flat(GatherFrame frame, long header, int bytes) {
        if (frame.sliceCount() == 0) {
            return header;
        }
        long m = header;
        if (Mbuf.refcnt(header) > 1 || Mbuf.tailroom(header) < frame.payloadBytes()) {
            m = copyOfHeader(header, bytes);
            if (m == 0) {
                return refuse(header, PortDrop.TX_NO_ROOM);
            }
            pool.release(header);
        }
        long to = Mbuf.data(m) + Mbuf.dataLen(m);
        for (int i = 0; i < frame.sliceCount(); i++) {
            Mem.copy(Mbuf.bufAddr(frame.buffer(i)) + frame.offset(i), to, frame.length(i));
            to += frame.length(i);
        }
        Mbuf.setLength(m, bytes);
        copiedPayloadBytes += frame.payloadBytes();
        return m;
    }

    private long copyOfHeader(long header, int bytes) {
        if (bytes > pool.roomBytes()) {
            return 0;
        }
        long m = pool.alloc();
        if (m != 0) {
            Mbuf.setDataOff(m, Math.min(Mbuf.HEADROOM_BYTES, pool.roomBytes() - bytes));
            Mem.copy(Mbuf.data(header), Mbuf.data(m), Mbuf.dataLen(header));
            Mbuf.setLength(m, Mbuf.dataLen(header));
        }
        return m;
    }

    /**
     * Asks the device to finish the TCP checksum and perhaps to cut the frame. The stack leaves the
     * pseudo-header sum over the true length; DPDK wants it without the length where the device
     * cuts, since every piece has its own. IPv4's checksum is asked for only where the device
     * offers it: virtio, for one, hands a super-segment on as it is.
     */
    private void requestOffloads(GatherFrame frame, long m, int bytes) {
        long flags = Mbuf.TX_TCP_CKSUM | (frame.ipv6() ? Mbuf.TX_IPV6 : Mbuf.TX_IPV4);
        if (frame.segmentBytes() > 0) {
            flags |= Mbuf.TX_TCP_SEG;
            long ip = Mbuf.data(m) + ETHERNET_BYTES;
            if (!frame.ipv6() && ipv4Checksum) {
                flags |= Mbuf.TX_IP_CKSUM;
                Mem.setU16(ip + IPV4_CHECKSUM, 0);
            }
            long checksum = ip + frame.l3Bytes() + TCP_CHECKSUM;
            int tcpBytes = bytes - ETHERNET_BYTES - frame.l3Bytes();
            Mem.setU16(checksum, without(Mem.u16(checksum), tcpBytes));
        }
        Mbuf.setOlFlags(m, Mbuf.olFlags(m) | flags);
        Mbuf.setTxOffload(
                m, ETHERNET_BYTES, frame.l3Bytes(), frame.l4Bytes(), frame.segmentBytes());
    }

    /** Ones'-complement difference of a folded sum and a length of up to 32 bits. */
    private static int without(int sum, int length) {
        int folded = (length & 0xffff) + (length >>> 16);
        int difference = sum + (~folded & 0xffff);
        return (difference & 0xffff) + (difference >>> 16);
    }
}
