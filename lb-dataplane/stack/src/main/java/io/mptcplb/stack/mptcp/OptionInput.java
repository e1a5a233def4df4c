package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.Segment;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.stack.tcp.TcpReceiver;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpView;

/**
 * Reads the MPTCP options of acceptable segments, before TCP takes their acknowledgement and
 * payload. One per worker.
 */
final class OptionInput {
    private static final int SIGNALS =
            MptcpOptions.ADD_ADDR
                    | MptcpOptions.REMOVE_ADDR
                    | MptcpOptions.MP_PRIO
                    | MptcpOptions.MP_FAIL
                    | MptcpOptions.MP_FASTCLOSE;

    private final MptcpStack stack;
    private final Handshake handshake;

    OptionInput(MptcpStack stack, Handshake handshake) {
        this.stack = stack;
        this.handshake = handshake;
    }

    DropReason read(Subflow subflow, Segment segment, long nowNanos) {
        int malformed = segment.options().mptcp.malformed;
        if (malformed > 0) {
            stack.count(MptcpCounter.MALFORMED_OPTIONS, malformed);
        }
        if (segment.has(TcpView.RST)) {
            readReset(subflow, segment.options().mptcp, nowNanos);
            return DropReason.NONE;
        }
        return switch (subflow.state()) {
            case CAPABLE -> handshake.onCapable(subflow, segment, nowNanos);
            case JOINING -> handshake.onJoinAnswer(subflow, segment, nowNanos);
            case OPEN -> readOpen(subflow, segment, nowNanos);
            case PLAIN, FREE -> DropReason.NONE;
        };
    }

    /** The endpoint ends after this; with the right key the whole connection does (s3.5). */
    private void readReset(Subflow subflow, MptcpOptions options, long nowNanos) {
        if (options.has(MptcpOptions.MP_TCPRST)) {
            stack.count(MptcpCounter.RESET_REASON_RECEIVED);
            stack.countResetReceived(ResetReason.ofCode(options.resetReason));
            subflow.peersReason(ResetReason.ofCode(options.resetReason));
        }
        if (options.has(MptcpOptions.MP_FASTCLOSE) && subflow.state() == SubflowState.OPEN) {
            if (options.fastcloseKey == subflow.connection().agreement().localKey()) {
                stack.count(MptcpCounter.FASTCLOSE_RECEIVED);
                subflow.connection().onFastcloseReset(subflow, nowNanos);
            } else {
                stack.count(MptcpCounter.FASTCLOSE_BAD_KEY);
            }
        }
    }

    DropReason readOpen(Subflow subflow, Segment segment, long nowNanos) {
        MptcpOptions options = segment.options().mptcp;
        if (options.has(MptcpOptions.DSS)) {
            DropReason refusal = readDss(subflow, segment, options, nowNanos);
            if (refusal != DropReason.NONE) {
                return refusal;
            }
        } else if (options.has(MptcpOptions.MP_CAPABLE)) {
            DropReason refusal = readCapableAgain(subflow, segment, options, nowNanos);
            if (refusal != DropReason.NONE) {
                return refusal;
            }
        }
        if (subflow.state() == SubflowState.OPEN && options.hasAny(SIGNALS)) {
            readSignals(subflow, options, nowNanos);
        }
        if (subflow.state() == SubflowState.OPEN) {
            judgeAcknowledgement(subflow, segment, options, nowNanos);
        }
        return DropReason.NONE;
    }

    /** Whoever acknowledges our first data without a DATA_ACK does not see our options (s3.7). */
    private static void judgeAcknowledgement(
            Subflow subflow, Segment segment, MptcpOptions options, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        boolean dataAck = options.has(MptcpOptions.DSS) && options.hasDataAck;
        connection.fallback().onAcknowledgement(dataAck || options.hasAny(SIGNALS));
        TcpEndpoint tcp = subflow.tcp();
        boolean acksData =
                tcp.sender().sentBytes() > 0 && Seq32.after(segment.ack(), tcp.sender().iss() + 1);
        if (!connection.agreement().verified() && acksData && !dataAck) {
            connection.fallback().enter(FallbackCause.FIRST_ACK_WITHOUT_DATA_ACK, nowNanos);
        }
    }

    private DropReason readDss(
            Subflow subflow, Segment segment, MptcpOptions options, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        if (options.hasMapping
                && !options.isInfiniteMapping()
                && options.hasChecksum != connection.agreement().checksums()) {
            subflow.reset(ResetReason.MPTCP_ERROR, nowNanos);
            return DropReason.BAD_DSS_CHECKSUM;
        }
        if (options.hasDataAck) {
            long window = (long) segment.window() << subflow.tcp().sender().windowShift();
            connection.onDataAck(options.dataAck, options.dataAck8, window, nowNanos);
        }
        connection.agreement().verify();
        if (options.hasMapping && subflow.state() == SubflowState.OPEN) {
            readMapping(subflow, segment, options, nowNanos);
        }
        return DropReason.NONE;
    }

    private void readMapping(
            Subflow subflow, Segment segment, MptcpOptions options, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        if (options.isInfiniteMapping()) {
            stack.count(MptcpCounter.INFINITE_MAPPINGS);
            TcpReceiver receiver = subflow.tcp().receiver();
            long subflowOffset =
                    receiver.receivedOffset() + Seq32.distance(receiver.rcvNxt(), segment.seq());
            long streamOffset = connection.receiver().offsetOf(options.dsn, options.dsn8);
            connection.fallback().onInfiniteMapping(subflow, streamOffset, subflowOffset, nowNanos);
            return;
        }
        connection.agreement().peerUsesDsn8(options.dsn8);
        long offset = connection.receiver().offsetOf(options.dsn, options.dsn8);
        int dataBytes = options.mappingBytes - (options.dataFin ? 1 : 0);
        if (segment.payloadBytes() > 0 && dataBytes > 0) {
            MappingTracker.attach(segment.buffer(), offset, options);
        }
        if (options.dataFin) {
            subflow.tcp().ackAtOnce();
            connection.onDataFin(offset + dataBytes, nowNanos);
        }
    }

    /** The third ACK again, or the first data with it (s3.1). */
    private static DropReason readCapableAgain(
            Subflow subflow, Segment segment, MptcpOptions options, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        boolean data = options.capableBytes >= MptcpOptions.CAPABLE_DATA_BYTES;
        if (!data
                || options.sendersKey != connection.agreement().remoteKey()
                || options.receiversKey != connection.agreement().localKey()) {
            return DropReason.NONE;
        }
        boolean summed = options.capableBytes == MptcpOptions.CAPABLE_DATA_CHECKSUM_BYTES;
        if (summed != connection.agreement().checksums()) {
            subflow.reset(ResetReason.MPTCP_ERROR, nowNanos);
            return DropReason.BAD_DSS_CHECKSUM;
        }
        connection.agreement().verify();
        if (segment.payloadBytes() > 0 && options.capableDataBytes > 0) {
            MappingTracker.attachFirst(segment.buffer(), options);
        }
        return DropReason.NONE;
    }

    private void readSignals(Subflow subflow, MptcpOptions options, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        if (options.has(MptcpOptions.ADD_ADDR)) {
            connection.agreement().verify();
            connection.announcer().onAddAddr(subflow, options, nowNanos);
        }
        if (options.has(MptcpOptions.MP_PRIO)) {
            stack.count(MptcpCounter.PRIO_RECEIVED);
            subflow.backupByPeer(options.prioBackup);
            stack.events().onSubflowPriority(connection, subflow, nowNanos);
            connection.subflows().markAll();
        }
        if (options.has(MptcpOptions.REMOVE_ADDR)) {
            stack.count(MptcpCounter.REMOVE_ADDR_RECEIVED);
            connection.onRemoveAddr(subflow, options, nowNanos);
        }
        if (options.has(MptcpOptions.MP_FAIL)) {
            stack.count(MptcpCounter.FAIL_RECEIVED);
            connection.fallback().onFail(subflow, nowNanos);
        }
        if (subflow.state() == SubflowState.OPEN && options.has(MptcpOptions.MP_FASTCLOSE)) {
            if (options.fastcloseKey == connection.agreement().localKey()) {
                stack.count(MptcpCounter.FASTCLOSE_RECEIVED);
                connection.onFastclose(nowNanos);
            } else {
                stack.count(MptcpCounter.FASTCLOSE_BAD_KEY);
            }
        }
    }
}
