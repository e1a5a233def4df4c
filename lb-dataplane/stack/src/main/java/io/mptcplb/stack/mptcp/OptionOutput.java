package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.tcp.OutgoingSegment;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.stack.tcp.TcpState;
import io.mptcplb.stack.tcp.TransmitRecords;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;

/** Writes the MPTCP options of every segment that leaves (RFC 8684 s3). One per worker. */
final class OptionOutput {
    private static final int VERSION = 1;
    private static final int SYN_ACKS_WITH_CAPABLE = 3;
    private static final int ROOM_BESIDE_TIMESTAMPS = 28;
    private static final int ACK_AND_MAPPING =
            OptionWriter.DSS_DATA_ACK | OptionWriter.DSS_MAPPING | OptionWriter.DSS_DSN_8;

    private final MptcpStack stack;
    private final TransmitRecords records;
    private Signal signal = Signal.NONE;
    private int signalId;
    private long signalHi;
    private long signalLo;
    private int signalPort;
    private long signalNumber;
    private boolean signalFlag;
    private boolean signalWritten;

    /** There was no room for a DATA_ACK beside the signal. */
    private boolean signalAlone;

    OptionOutput(MptcpStack stack, TransmitRecords records) {
        this.stack = stack;
        this.records = records;
    }

    // ---- signals: one pure acknowledgement, now

    /** ADD_ADDR; false when it did not fit. */
    // Over ParameterNumber: an address is two longs, and the packet path makes no record of them.
    boolean sendAddAddr(Subflow on, int id, long hi, long lo, int port, long hmac, long nowNanos) {
        signalNumber = hmac;
        return sendAddress(on, Signal.ADD_ADDR, id, hi, lo, port, nowNanos);
    }

    boolean sendAddAddrEcho(Subflow on, int id, long hi, long lo, int port, long nowNanos) {
        return sendAddress(on, Signal.ADD_ADDR_ECHO, id, hi, lo, port, nowNanos);
    }

    private boolean sendAddress(
            Subflow on, Signal kind, int id, long hi, long lo, int port, long nowNanos) {
        signalId = id;
        signalHi = hi;
        signalLo = lo;
        signalPort = port;
        return send(on, kind, nowNanos);
    }

    boolean sendRemoveAddr(Subflow on, int id, long nowNanos) {
        signalId = id;
        return send(on, Signal.REMOVE_ADDR, nowNanos);
    }

    boolean sendPrio(Subflow on, boolean backup, long nowNanos) {
        signalFlag = backup;
        return send(on, Signal.PRIO, nowNanos);
    }

    /** The form on an acknowledgement: the only one that Apple's clients hear. */
    boolean sendFastclose(Subflow on, long peersKey, long nowNanos) {
        signalNumber = peersKey;
        return send(on, Signal.FASTCLOSE, nowNanos);
    }

    boolean sendFail(Subflow on, long dsn, long nowNanos) {
        signalNumber = dsn;
        return send(on, Signal.FAIL, nowNanos);
    }

    private boolean send(Subflow on, Signal kind, long nowNanos) {
        signal = kind;
        signalWritten = false;
        signalAlone = false;
        on.tcp().sendAckNow(nowNanos);
        signal = Signal.NONE;
        if (signalAlone) {
            on.tcp().ackAtOnce(); // or the peer would take what it acknowledged for stripped
        }
        return signalWritten;
    }

    /**
     * An IPv6 address with a port takes 32 bytes: more than timestamps leave. Peers take a segment
     * without them, as Linux does, which makes such ones itself.
     */
    boolean displacesTimestamps() {
        return signal == Signal.ADD_ADDR && addAddrBytes(false) > ROOM_BESIDE_TIMESTAMPS;
    }

    private int addAddrBytes(boolean echo) {
        boolean ipv4 = IpAddresses.isV4(signalHi, signalLo);
        return OptionWriter.addAddrBytes(ipv4, signalPort != 0, echo);
    }

    // ---- segments

    int write(Subflow subflow, OutgoingSegment out, long at, int roomBytes) {
        int flags = out.flags();
        if ((flags & TcpView.SYN) != 0) {
            return writeSyn(subflow, (flags & TcpView.ACK) != 0, at);
        }
        if ((flags & TcpView.RST) != 0) {
            return writeReset(subflow, at);
        }
        return switch (subflow.state()) {
            case OPEN -> writeOpen(subflow, out, at, roomBytes);
            case JOINING -> writeJoinAck(subflow, at);
            case PLAIN -> writePlain(subflow, out, at, roomBytes);
            case FREE, CAPABLE -> 0;
        };
    }

    private static int writeSyn(Subflow subflow, boolean answer, long at) {
        MptcpConnection connection = subflow.connection();
        JoinSecrets join = subflow.join;
        TcpEndpoint tcp = subflow.tcp();
        long to = at;
        if (subflow.state() == SubflowState.JOINING) {
            boolean backup = subflow.backupByUs();
            int id = subflow.localId();
            to =
                    answer
                            ? OptionWriter.mpJoinSynAck(
                                    at, backup, id, join.ownHmac, join.localNonce)
                            : OptionWriter.mpJoinSyn(
                                    at,
                                    backup,
                                    id,
                                    connection.agreement().remoteToken(),
                                    join.localNonce);
        } else if (subflow.state() == SubflowState.CAPABLE
                && tcp.synRetries() < SYN_ACKS_WITH_CAPABLE) {
            // Where SYN/ACKs with the option vanish, one without it may get through.
            int flags = connection.agreement().capableFlags();
            to =
                    answer
                            ? OptionWriter.mpCapableSynAck(
                                    at, VERSION, flags, connection.agreement().localKey())
                            : OptionWriter.mpCapableSyn(at, VERSION, flags);
        }
        return (int) (to - at);
    }

    private int writeReset(Subflow subflow, long at) {
        MptcpConnection connection = subflow.connection();
        if (subflow.state() == SubflowState.PLAIN || subflow.tcp().state() == TcpState.SYN_SENT) {
            return 0;
        }
        long to = at;
        if (connection.fastclosing()) {
            to = OptionWriter.mpFastclose(to, connection.agreement().remoteKey());
        }
        ResetReason reason = subflow.resetReason();
        stack.countResetSent(reason);
        to = OptionWriter.mpTcpRst(to, reason == ResetReason.LACK_OF_RESOURCES, reason);
        return (int) (to - at);
    }

    /** As client: the third ACK, repeated until the server has acknowledged it (s3.2). */
    private static int writeJoinAck(Subflow subflow, long at) {
        JoinSecrets join = subflow.join;
        TcpEndpoint tcp = subflow.tcp();
        if (!tcp.activeOpen() || tcp.state() != TcpState.ESTABLISHED) {
            return 0;
        }
        return (int)
                (OptionWriter.mpJoinAck(at, join.ackHmacHigh, join.ackHmacMiddle, join.ackHmacLow)
                        - at);
    }

    private int writeOpen(Subflow subflow, OutgoingSegment out, long at, int roomBytes) {
        if (out.payloadBytes() > 0) {
            return writeData(subflow, out, at);
        }
        if (signal != Signal.NONE) {
            return writeSignal(subflow, at, roomBytes);
        }
        return writeAck(subflow, at, roomBytes);
    }

    private int writeData(Subflow subflow, OutgoingSegment out, long at) {
        MptcpConnection connection = subflow.connection();
        int r = out.record();
        int skip = records.wholeSkip(r);
        long dsn = connection.sender().dsnOf(records.streamOffset(r) - skip);
        int ssn = records.seq(r) - skip - subflow.tcp().sender().iss();
        int bytes = records.wholeBytes(r);
        boolean summed = connection.agreement().checksums();
        int checksum = summed ? checksum(out, r, dsn, ssn, bytes) : 0;
        if (connection.agreement().mustProveFirstData() && records.streamOffset(r) == 0) {
            return writeFirstData(connection, at, bytes, summed, checksum);
        }
        int flags =
                ACK_AND_MAPPING | ackWidth(connection) | (summed ? OptionWriter.DSS_CHECKSUM : 0);
        long dataAck = connection.receiver().dataAck();
        return (int) (OptionWriter.dss(at, flags, dataAck, dsn, ssn, bytes, checksum) - at);
    }

    /**
     * As client: MP_CAPABLE with the first data, until the server has shown that it knows both keys
     * (s3.1).
     */
    private static int writeFirstData(
            MptcpConnection connection, long at, int bytes, boolean summed, int checksum) {
        int flags = connection.agreement().capableFlags();
        long own = connection.agreement().localKey();
        long peers = connection.agreement().remoteKey();
        long to =
                summed
                        ? OptionWriter.mpCapableDataChecksum(
                                at, VERSION, flags, own, peers, bytes << 16 | checksum)
                        : OptionWriter.mpCapableData(at, VERSION, flags, own, peers, bytes);
        return (int) (to - at);
    }

    private static int ackWidth(MptcpConnection connection) {
        return connection.agreement().peerUsesDsn8() ? OptionWriter.DSS_DATA_ACK_8 : 0;
    }

    /**
     * Of the whole mapping, even where a segment carries a part of it. A mapping with a checksum is
     * one record: {@link Subflow#mayMerge}.
     */
    private int checksum(OutgoingSegment out, int r, long dsn, int ssn, int bytes) {
        boolean known = out.payloadSummed() && out.payloadBytes() == bytes;
        int sum = known ? out.payloadSum() : sumOfRecord(r, bytes);
        return Checksum.complement(Checksum.add(sum, Checksum.dssPseudo(dsn, ssn, bytes)));
    }

    private int sumOfRecord(int r, int bytes) {
        long m = records.buffer(r);
        int from = records.roomOffset(r);
        int sum = 0;
        int done = 0;
        while (done < bytes) {
            int piece = Math.min(Mbuf.dataOff(m) + Mbuf.dataLen(m) - from, bytes - done);
            int pieceSum = Checksum.sum(Mbuf.bufAddr(m) + from, piece);
            sum = Checksum.add(sum, (done & 1) == 0 ? pieceSum : Checksum.atOddOffset(pieceSum));
            done += piece;
            m = Payload.next(m);
            from = m == 0 ? 0 : Mbuf.dataOff(m);
        }
        return sum;
    }

    /** DATA_ACK, and DATA_FIN until it is acknowledged (s3.3.3). */
    private static int writeAck(Subflow subflow, long at, int roomBytes) {
        MptcpConnection connection = subflow.connection();
        if (roomBytes >= OptionWriter.MP_CAPABLE_ACK_BYTES
                && connection.agreement().takesThirdAck(connection.sender().finPending())) {
            long to =
                    OptionWriter.mpCapableAck(
                            at,
                            VERSION,
                            connection.agreement().capableFlags(),
                            connection.agreement().localKey(),
                            connection.agreement().remoteKey());
            return (int) (to - at);
        }
        int flags = OptionWriter.DSS_DATA_ACK | ackWidth(connection);
        long dsn = 0;
        int checksum = 0;
        if (connection.sender().finPending()) {
            flags = ACK_AND_MAPPING | OptionWriter.DSS_DATA_FIN | ackWidth(connection);
            dsn = connection.sender().dsnOf(connection.sender().finOffset());
            if (connection.agreement().checksums()) {
                flags |= OptionWriter.DSS_CHECKSUM;
                checksum = Checksum.complement(Checksum.dssPseudo(dsn, 0, 1));
            }
        }
        if (OptionWriter.dssBytes(flags) > roomBytes) {
            return 0;
        }
        long dataAck = connection.receiver().dataAck();
        return (int) (OptionWriter.dss(at, flags, dataAck, dsn, 0, 1, checksum) - at);
    }

    private int writeSignal(Subflow subflow, long at, int roomBytes) {
        int bytes =
                switch (signal) {
                    case ADD_ADDR -> addAddrBytes(false);
                    case ADD_ADDR_ECHO -> addAddrBytes(true);
                    case REMOVE_ADDR -> OptionWriter.removeAddrBytes(1);
                    case PRIO -> OptionWriter.MP_PRIO_BYTES;
                    case FASTCLOSE -> OptionWriter.MP_FASTCLOSE_BYTES;
                    case FAIL -> OptionWriter.MP_FAIL_BYTES;
                    case NONE -> 0;
                };
        if (bytes > roomBytes) {
            return 0;
        }
        signalWritten = true;
        long to =
                switch (signal) {
                    case ADD_ADDR ->
                            OptionWriter.addAddr(
                                    at, signalId, signalHi, signalLo, signalPort, signalNumber);
                    case ADD_ADDR_ECHO ->
                            OptionWriter.addAddrEcho(at, signalId, signalHi, signalLo, signalPort);
                    case REMOVE_ADDR -> OptionWriter.removeAddr(at, signalId);
                    case PRIO -> OptionWriter.mpPrio(at, signalFlag);
                    case FASTCLOSE -> OptionWriter.mpFastclose(at, signalNumber);
                    case FAIL -> OptionWriter.mpFail(at, signalNumber);
                    case NONE -> at;
                };
        int dss = writeAck(subflow, to, roomBytes - bytes);
        signalAlone = dss == 0;
        return bytes + dss;
    }

    /** After fallback: the infinite mapping on the first data, then nothing (s3.7). */
    private int writePlain(Subflow subflow, OutgoingSegment out, long at, int roomBytes) {
        MptcpConnection connection = subflow.connection();
        int r = out.record();
        if (signal == Signal.FAIL) {
            return writeSignal(subflow, at, roomBytes);
        }
        if (out.payloadBytes() == 0
                || !connection.fallback().takesInfiniteMapping(records.streamOffset(r))) {
            return 0;
        }
        long dsn = connection.sender().dsnOf(records.streamOffset(r));
        int ssn = records.seq(r) - subflow.tcp().sender().iss();
        int flags =
                ACK_AND_MAPPING
                        | (connection.agreement().checksums() ? OptionWriter.DSS_CHECKSUM : 0);
        long dataAck = connection.receiver().dataAck();
        return (int) (OptionWriter.dss(at, flags, dataAck, dsn, ssn, 0, 0) - at);
    }

    static {
        assert MptcpOptions.CAPABLE_DATA_BYTES <= OptionWriter.MP_CAPABLE_DATA_BYTES;
    }
}
