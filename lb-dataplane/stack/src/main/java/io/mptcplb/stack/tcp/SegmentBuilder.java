package io.mptcplb.stack.tcp;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.stack.time.PhaseClock;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;
import org.jspecify.annotations.Nullable;

/**
 * Writes segments: a header buffer, and payload by reference. The payload's sum is taken from its
 * receive check where a whole buffer goes out, and computed where only a part does (invariant 4;
 * counted).
 */
final class SegmentBuilder {
    private final TcpStack stack;
    private final IpLayer ip;
    private final PhaseClock phases;
    private final BufferPool pool;
    private final TransmitRecords records;
    private final GatherFrame frame = new GatherFrame();
    private final OutgoingSegment out = new OutgoingSegment();
    private final Route refusalRoute = new Route();

    SegmentBuilder(TcpStack stack, IpLayer ip) {
        this.stack = stack;
        this.ip = ip;
        phases = ip.phases();
        pool = stack.buffers().pool();
        records = stack.records();
    }

    /** SYN or SYN/ACK, first or again. */
    void sendSyn(TcpEndpoint tcp, long nowNanos) {
        int flags = tcp.activeOpen() ? TcpView.SYN : TcpView.SYN | TcpView.ACK;
        out.set(flags, tcp.sender().iss(), TransmitRecords.NONE);
        send(tcp, 0, 0, nowNanos);
    }

    /** An acknowledgement without payload. */
    void sendAck(TcpEndpoint tcp, long nowNanos) {
        out.set(TcpView.ACK, tcp.sender().sndNxt(), TransmitRecords.NONE);
        send(tcp, 0, 0, nowNanos);
    }

    /**
     * An acknowledgement with a sequence number that the peer has had: it must answer (RFC 9293
     * s3.8.4).
     */
    void sendProbe(TcpEndpoint tcp, int seq, long nowNanos) {
        out.set(TcpView.ACK, seq, TransmitRecords.NONE);
        send(tcp, 0, 0, nowNanos);
    }

    void sendReset(TcpEndpoint tcp, long nowNanos) {
        out.set(TcpView.RST | TcpView.ACK, tcp.sender().sndNxt(), TransmitRecords.NONE);
        send(tcp, 0, 0, nowNanos);
        stack.count(TcpCounter.RESETS_SENT);
    }

    /**
     * One record, in as many segments as the path needs now; false when a header buffer was
     * missing.
     */
    boolean sendRecord(TcpEndpoint tcp, int r, long nowNanos) {
        int bytes = records.bytes(r);
        int most = tcp.sender().payloadMax();
        boolean fin = records.has(r, TransmitRecords.FIN);
        int sent = 0;
        do {
            int piece = Math.min(bytes - sent, most);
            boolean last = sent + piece == bytes;
            int flags = TcpView.ACK;
            flags |= last && fin ? TcpView.FIN : 0;
            flags |= last && piece > 0 && piece < most ? TcpView.PSH : 0;
            out.set(flags, records.seq(r) + sent, r);
            if (!send(tcp, sent, piece, nowNanos)) {
                return false;
            }
            if (!last || sent > 0) {
                stack.count(TcpCounter.SPLIT_SEGMENTS);
            }
            sent += piece;
        } while (sent < bytes);
        return true;
    }

    /** A record for the first time: one frame, which the device cuts if it has several segments. */
    boolean sendNew(TcpEndpoint tcp, int r, long nowNanos) {
        int segments = records.segments(r);
        if (segments == 1) {
            return sendRecord(tcp, r, nowNanos);
        }
        int bytes = records.bytes(r);
        boolean fin = records.has(r, TransmitRecords.FIN);
        boolean push = bytes < segments * records.firstSegmentBytes(r);
        int flags = TcpView.ACK | (fin ? TcpView.FIN : 0) | (push ? TcpView.PSH : 0);
        out.set(flags, records.seq(r), r);
        out.segments = segments;
        return send(tcp, 0, bytes, nowNanos);
    }

    /** Sends {@code out} with {@code bytes} of payload from {@code skip} of its record on. */
    private boolean send(TcpEndpoint tcp, int skip, int bytes, long nowNanos) {
        Phase before = phases.enter(Phase.BUILD);
        boolean sent = build(tcp, skip, bytes, nowNanos);
        phases.enter(before);
        return sent;
    }

    private boolean build(TcpEndpoint tcp, int skip, int bytes, long nowNanos) {
        long header = pool.alloc();
        if (header == 0) {
            stack.count(TcpCounter.NO_HEADER_BUFFER);
            return false;
        }
        frame.begin(header);
        Route route = tcp.route();
        out.payloadBytes = bytes;
        out.payloadSummed = !route.port().finishesChecksums();
        out.payloadSum = bytes == 0 ? 0 : addSlices(out.record, skip, bytes);
        if (out.segments > 1) {
            frame.segmentBytes(records.firstSegmentBytes(out.record));
        }
        long at = Mbuf.data(header);
        int headerBytes = writeHeader(tcp, at, nowNanos);
        Mbuf.setLength(header, headerBytes);
        finish(route, at, headerBytes, bytes);
        if ((out.flags & TcpView.SYN) == 0 || (out.flags & TcpView.ACK) != 0) {
            tcp.receiver().onAckSent(out.segments == 1 || !tcp.receiver().owesSack());
        }
        stack.count(TcpCounter.SEGMENTS_SENT, out.segments);
        if (bytes > 0) {
            stack.count(TcpCounter.DATA_SEGMENTS_SENT, out.segments);
        }
        ip.send(route, frame, 0, nowNanos);
        return true;
    }

    private int writeHeader(TcpEndpoint tcp, long at, long nowNanos) {
        boolean syn = (out.flags & TcpView.SYN) != 0;
        TcpReceiver receiver = tcp.receiver();
        int ack = (out.flags & TcpView.ACK) != 0 ? receiver.rcvNxt() : 0;
        int window = receiver.takeWindow(syn);
        long to = TcpView.write(at, tcp.localPort(), tcp.remotePort(), out.seq, ack, 0, window);
        to = syn ? writeSynOptions(tcp, to, nowNanos) : writeTimestamps(tcp, to, nowNanos);
        to += tcp.extension().writeOptions(tcp, out, to, room(at, to));
        // What stands on a super-segment is repeated on every piece of it: SACK blocks wait.
        if (!syn && tcp.sackPermitted() && out.segments == 1) {
            to += receiver.writeSack(to, Math.min(room(at, to), mtuRoom(tcp, at, to)));
        }
        int headerBytes = (int) (to - at);
        assert headerBytes <= TcpView.HEADER_BYTES_MAX : "options of " + headerBytes + " bytes";
        TcpView.setOffsetAndFlags(at, TcpView.offsetAndFlags(headerBytes, out.flags));
        return headerBytes;
    }

    /**
     * What the path's MTU leaves beside header and payload: SACK blocks must not push a segment
     * over it.
     */
    private int mtuRoom(TcpEndpoint tcp, long at, long to) {
        return tcp.pathMssBytes() + TcpView.HEADER_BYTES - (int) (to - at) - out.payloadBytes;
    }

    private static int room(long at, long to) {
        return TcpView.HEADER_BYTES_MAX - (int) (to - at);
    }

    private long writeSynOptions(TcpEndpoint tcp, long at, long nowNanos) {
        long to = OptionWriter.mss(at, tcp.offeredMssBytes());
        if (tcp.offersSack()) {
            to =
                    tcp.offersTimestamps()
                            ? OptionWriter.sackPermittedAndTimestamps(
                                    to, tcp.timestampNow(nowNanos), echo(tcp))
                            : OptionWriter.sackPermitted(to);
        } else if (tcp.offersTimestamps()) {
            to = OptionWriter.timestamps(to, tcp.timestampNow(nowNanos), echo(tcp));
        }
        if (tcp.offersWindowScale()) {
            to = OptionWriter.windowScale(to, stack.settings().windowShift());
        }
        return to;
    }

    private long writeTimestamps(TcpEndpoint tcp, long at, long nowNanos) {
        return tcp.timestamps() && !tcp.extension().displacesTimestamps()
                ? OptionWriter.timestamps(at, tcp.timestampNow(nowNanos), echo(tcp))
                : at;
    }

    private static int echo(TcpEndpoint tcp) {
        return tcp.state() == TcpState.SYN_SENT ? 0 : tcp.receiver().tsRecent();
    }

    private void finish(Route route, long at, int headerBytes, int payloadBytes) {
        int sum =
                Checksum.pseudo(
                        route.ipv6(),
                        route.localHi(),
                        route.localLo(),
                        route.remoteHi(),
                        route.remoteLo(),
                        IpProtocol.TCP,
                        headerBytes + payloadBytes);
        if (route.port().finishesChecksums()) {
            TcpView.setChecksum(at, sum);
            frame.leaveChecksumToPort();
            return;
        }
        sum = Checksum.add(sum, Checksum.sum(at, headerBytes));
        sum = Checksum.add(sum, out.payloadSum);
        TcpView.setChecksum(at, Checksum.complement(sum));
    }

    /** Adds slices to the frame, from a part of a record on; returns their sum, if it is needed. */
    private int addSlices(int r, int skip, int bytes) {
        long at = records.buffer(r);
        int from = records.roomOffset(r);
        int toSkip = skip;
        int left = bytes;
        int sum = 0;
        int done = 0;
        while (left > 0) {
            int here = Mbuf.dataOff(at) + Mbuf.dataLen(at) - from;
            if (toSkip >= here) {
                toSkip -= here;
            } else {
                int piece = Math.min(here - toSkip, left);
                frame.add(at, from + toSkip, piece);
                if (out.payloadSummed) {
                    int own = sumOf(at, from + toSkip, piece);
                    sum = Checksum.add(sum, (done & 1) == 0 ? own : Checksum.atOddOffset(own));
                }
                done += piece;
                left -= piece;
                toSkip = 0;
            }
            at = Payload.next(at);
            from = at == 0 ? 0 : Mbuf.dataOff(at);
        }
        return sum;
    }

    private int sumOf(long m, int offset, int bytes) {
        boolean whole = offset == Mbuf.dataOff(m) && bytes == Mbuf.dataLen(m);
        if (whole && Payload.has(m, Payload.SUM_KNOWN)) {
            return Payload.sum(m);
        }
        int sum = Checksum.sum(Mbuf.bufAddr(m) + offset, bytes);
        stack.count(TcpCounter.RESUMMED_BYTES, bytes);
        if (whole) {
            Payload.setSum(m, sum);
        }
        return sum;
    }

    // ---- segments outside of any connection

    /** RST in answer to a segment that belongs nowhere (RFC 9293 s3.5.2). */
    void refuse(Segment segment, long nowNanos) {
        refuse(segment, null, nowNanos);
    }

    /** The same with MP_TCPRST (RFC 8684 s3.6) when a reason is given. */
    void refuse(Segment segment, @Nullable ResetReason reason, long nowNanos) {
        IpFacts facts = segment.facts();
        if (segment.has(TcpView.RST)
                || !ip.bind(
                        refusalRoute,
                        segment.port().index(),
                        facts.localHi(),
                        facts.localLo(),
                        facts.remoteHi(),
                        facts.remoteLo())) {
            return;
        }
        long header = pool.alloc();
        if (header == 0) {
            stack.count(TcpCounter.NO_HEADER_BUFFER);
            return;
        }
        boolean hasAck = segment.has(TcpView.ACK);
        long at = Mbuf.data(header);
        long to =
                TcpView.write(
                        at,
                        segment.localPort,
                        segment.remotePort,
                        hasAck ? segment.ack : 0,
                        hasAck ? 0 : segment.seq + segment.length(),
                        0,
                        0);
        if (reason != null) {
            to = OptionWriter.mpTcpRst(to, false, reason);
        }
        int headerBytes = (int) (to - at);
        int flags = hasAck ? TcpView.RST : TcpView.RST | TcpView.ACK;
        TcpView.setOffsetAndFlags(at, TcpView.offsetAndFlags(headerBytes, flags));
        Mbuf.setLength(header, headerBytes);
        frame.begin(header);
        out.set(flags, 0, TransmitRecords.NONE);
        finish(refusalRoute, at, headerBytes, 0);
        stack.count(TcpCounter.RESETS_SENT);
        ip.send(refusalRoute, frame, 0, nowNanos);
    }
}
