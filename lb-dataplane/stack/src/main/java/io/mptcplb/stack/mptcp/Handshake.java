package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.tcp.Segment;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;
import org.jspecify.annotations.Nullable;

/**
 * The rules of both handshakes (RFC 8684 s3.1, s3.2): what is accepted, and what becomes plain TCP.
 * One per worker.
 */
final class Handshake {
    private static final int VERSION = 1;
    private static final int ALGORITHMS =
            MptcpOptions.FLAG_EXTENSIBILITY
                    | MptcpOptions.FLAGS_D_TO_G
                    | MptcpOptions.FLAG_HMAC_SHA256;

    private final MptcpStack stack;

    Handshake(MptcpStack stack) {
        this.stack = stack;
    }

    /**
     * Why a SYN with MP_CAPABLE gets plain TCP; null when it may have MPTCP. A version above ours
     * is answered with ours.
     */
    static @Nullable FallbackCause refusalOfSyn(MptcpOptions options, MptcpPolicy policy) {
        if (options.capableVersion == 0) {
            return FallbackCause.VERSION_0;
        }
        if (!policy.enabled()) {
            return FallbackCause.DISABLED;
        }
        boolean good =
                options.present == MptcpOptions.MP_CAPABLE
                        && options.capableBytes == MptcpOptions.CAPABLE_SYN_BYTES
                        && onlySha256(options);
        return good ? null : FallbackCause.BAD_FLAGS;
    }

    private static boolean onlySha256(MptcpOptions options) {
        return (options.capableFlags & ALGORITHMS) == MptcpOptions.FLAG_HMAC_SHA256;
    }

    /**
     * The segment that ends the first handshake: as server the third ACK, as client the SYN/ACK.
     */
    DropReason onCapable(Subflow subflow, Segment segment, long nowNanos) {
        return segment.has(TcpView.SYN)
                ? onCapableSynAck(subflow, segment, nowNanos)
                : onThirdAck(subflow, segment, nowNanos);
    }

    private static DropReason onThirdAck(Subflow subflow, Segment segment, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        MptcpOptions options = segment.options().mptcp;
        TcpEndpoint tcp = subflow.tcp();
        if (segment.seq() != tcp.receiver().rcvNxt()) {
            // Later data overtook the third ACK: it says nothing about the handshake.
            return DropReason.HANDSHAKE_PENDING;
        }
        if (!options.has(MptcpOptions.MP_CAPABLE)) {
            connection.fallback().enter(FallbackCause.THIRD_ACK_WITHOUT_CAPABLE, nowNanos);
            return DropReason.NONE;
        }
        boolean good =
                options.capableBytes >= MptcpOptions.CAPABLE_ACK_BYTES
                        && options.capableVersion == VERSION
                        && onlySha256(options)
                        && options.receiversKey == connection.agreement().localKey()
                        && options.sendersKey != connection.agreement().localKey();
        if (!good) {
            connection.fallback().enter(FallbackCause.THIRD_ACK_WRONG, nowNanos);
            return DropReason.NONE;
        }
        connection.learnPeersKey(options.sendersKey);
        subflow.become(SubflowState.OPEN);
        connection.sender().onInitialWindow((long) segment.window() << tcp.sender().windowShift());
        return readFirstData(subflow, segment, options, nowNanos);
    }

    private static DropReason readFirstData(
            Subflow subflow, Segment segment, MptcpOptions options, long nowNanos) {
        if (options.capableDataBytes == 0 || segment.payloadBytes() == 0) {
            return DropReason.NONE;
        }
        MptcpConnection connection = subflow.connection();
        boolean summed = options.capableBytes == MptcpOptions.CAPABLE_DATA_CHECKSUM_BYTES;
        if (summed != connection.agreement().checksums()) {
            subflow.reset(ResetReason.MPTCP_ERROR, nowNanos);
            return DropReason.BAD_DSS_CHECKSUM;
        }
        connection.agreement().verify();
        MappingTracker.attachFirst(segment.buffer(), options);
        return DropReason.NONE;
    }

    /** As client. */
    private static DropReason onCapableSynAck(Subflow subflow, Segment segment, long nowNanos) {
        MptcpConnection connection = subflow.connection();
        MptcpOptions options = segment.options().mptcp;
        boolean good =
                options.present == MptcpOptions.MP_CAPABLE
                        && options.capableBytes == MptcpOptions.CAPABLE_SYN_ACK_BYTES
                        && options.capableVersion == VERSION
                        && onlySha256(options)
                        && options.sendersKey != connection.agreement().localKey();
        if (!good) {
            connection.fallback().enter(FallbackCause.SYN_ACK_WITHOUT_CAPABLE, nowNanos);
            return DropReason.NONE;
        }
        connection.learnPeersKey(options.sendersKey);
        connection.agreement().learnFlags(options.capableFlags);
        subflow.become(SubflowState.OPEN);
        connection.sender().onInitialWindow(segment.window());
        return DropReason.NONE;
    }

    /**
     * What follows a join's SYN: as server the third ACK, as client the SYN/ACK and then the fourth
     * ACK.
     */
    DropReason onJoinAnswer(Subflow subflow, Segment segment, long nowNanos) {
        if (!subflow.tcp().activeOpen()) {
            return onJoinAck(subflow, segment, nowNanos);
        }
        return segment.has(TcpView.SYN)
                ? onJoinSynAck(subflow, segment, nowNanos)
                : onFourthAck(subflow, segment, nowNanos);
    }

    private DropReason onJoinAck(Subflow subflow, Segment segment, long nowNanos) {
        MptcpOptions options = segment.options().mptcp;
        boolean good =
                options.has(MptcpOptions.MP_JOIN)
                        && options.joinBytes == MptcpOptions.JOIN_ACK_BYTES
                        && subflow.join.ackMatches(
                                options.joinHmacHigh, options.joinHmacMiddle, options.joinHmacLow);
        if (good) {
            return DropReason.NONE;
        }
        if (!options.has(MptcpOptions.MP_JOIN)
                && segment.seq() != subflow.tcp().receiver().rcvNxt()) {
            return DropReason.HANDSHAKE_PENDING;
        }
        stack.count(MptcpCounter.JOIN_BAD_HMAC);
        Route route = subflow.tcp().route();
        stack.events()
                .onJoinRefused(
                        subflow.connection(),
                        route.remoteHi(),
                        route.remoteLo(),
                        subflow.tcp().remotePort(),
                        MptcpCounter.JOIN_BAD_HMAC,
                        nowNanos);
        subflow.reset(ResetReason.MPTCP_ERROR, nowNanos);
        return DropReason.BAD_JOIN_HMAC;
    }

    /** As client. */
    private DropReason onJoinSynAck(Subflow subflow, Segment segment, long nowNanos) {
        MptcpOptions options = segment.options().mptcp;
        MptcpConnection connection = subflow.connection();
        boolean good =
                options.has(MptcpOptions.MP_JOIN)
                        && options.joinBytes == MptcpOptions.JOIN_SYN_ACK_BYTES;
        if (good) {
            subflow.join.remoteNonce = options.joinNonce;
            good =
                    subflow.join.prepareClient(
                            stack.crypto(),
                            connection.agreement().localKey(),
                            connection.agreement().remoteKey(),
                            options.joinHmacHigh);
        }
        if (!good) {
            stack.count(MptcpCounter.JOIN_BAD_HMAC);
            subflow.reset(ResetReason.MPTCP_ERROR, nowNanos);
            return DropReason.BAD_JOIN_HMAC;
        }
        subflow.remoteId(options.joinAddressId);
        subflow.backupByPeer(options.joinBackup);
        return DropReason.NONE;
    }

    /** As client: any acceptable segment with a DSS shows that the third ACK has arrived (s3.2). */
    private DropReason onFourthAck(Subflow subflow, Segment segment, long nowNanos) {
        if (!segment.options().mptcp.has(MptcpOptions.DSS)) {
            return DropReason.HANDSHAKE_PENDING;
        }
        subflow.connection().onJoinConfirmed(subflow, nowNanos);
        return stack.optionInput().readOpen(subflow, segment, nowNanos);
    }
}
