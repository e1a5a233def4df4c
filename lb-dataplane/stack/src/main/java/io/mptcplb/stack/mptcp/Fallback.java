package io.mptcplb.stack.mptcp;

import io.mptcplb.wire.ResetReason;

/** When and how one connection becomes plain TCP (RFC 8684 s3.7). */
final class Fallback {
    /** How long the peer may take to answer MP_FAIL with an infinite mapping. */
    private static final long ANSWER_NANOS = 5_000_000_000L;

    private final MptcpStack stack;
    private final MptcpConnection connection;
    private boolean everJoined;
    private boolean optionsCeased;
    private long infiniteFromOffset;

    Fallback(MptcpStack stack, MptcpConnection connection) {
        this.stack = stack;
        this.connection = connection;
    }

    void reset() {
        everJoined = false;
        optionsCeased = false;
        infiniteFromOffset = Long.MAX_VALUE;
    }

    void onJoined() {
        everJoined = true;
    }

    /**
     * Both sides still number the stream alike: one subflow ever, nothing sent twice on purpose, no
     * hole. Linux draws the same line.
     */
    boolean allowed() {
        return connection.state() == ConnectionState.ESTABLISHED
                && connection.subflows().count() == 1
                && connection.subflow(0).state() == SubflowState.OPEN
                && !everJoined
                && !connection.sender().everReinjected()
                && !connection.receiver().hasHole();
    }

    /**
     * Turns the connection into plain TCP on its only subflow. Joins that nobody has completed end:
     * none may follow, and none may outlive the connection.
     */
    void enter(FallbackCause cause, long nowNanos) {
        boolean established = connection.state() == ConnectionState.ESTABLISHED;
        Subflow only = connection.subflows().firstJoined();
        connection.subflows().resetAllBut(only, nowNanos);
        stack.countFallback(cause);
        connection.offer().refused(cause);
        connection.becomePlain();
        only.become(SubflowState.PLAIN);
        boolean repeat = cause == FallbackCause.MP_FAIL;
        DataSender sender = connection.sender();
        long sent = only.tcp().sender().sentBytes();
        if (established && sent > 0) {
            infiniteFromOffset = repeat ? sender.unaOffset() : sender.nxtOffset();
        }
        sender.becomePlain(sent, repeat);
        connection.receiver().onFallback();
        if (established) {
            only.tcp().armUser(Long.MAX_VALUE);
            connection.onSubflowAcked(only, nowNanos);
        }
        for (long m = only.mappings().pollPlain(); m != 0; m = only.mappings().pollPlain()) {
            connection.onPlainData(m, only.tcp().netPort(), nowNanos);
        }
        if (only.tcp().receiver().finished()) {
            connection.onSubflowFin(only, nowNanos); // it came before, and is the stream's now
        }
        connection.subflows().markAll();
        if (established) {
            stack.events().onFellBack(connection, cause, nowNanos);
        }
    }

    /** The first data after fallback tells the peer that mappings have ended. */
    boolean takesInfiniteMapping(long streamOffset) {
        return streamOffset == infiniteFromOffset;
    }

    /** An infinite mapping is still to be sent: segments leave room for it. */
    boolean owesInfiniteMapping() {
        return infiniteFromOffset != Long.MAX_VALUE
                && connection.sender().nxtOffset() <= infiniteFromOffset;
    }

    /**
     * The peer's bytes are plain TCP from this segment on.
     *
     * @param streamOffset what the mapping says this segment's payload is
     * @param subflowOffset where that payload stands in the subflow
     */
    void onInfiniteMapping(Subflow subflow, long streamOffset, long subflowOffset, long nowNanos) {
        if (!allowed()) {
            subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
        } else if (subflow.discarding()) {
            long known = connection.receiver().nextOffset() - streamOffset;
            if (known < 0) {
                subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
            } else {
                subflow.resumeAt(subflowOffset + known);
            }
        } else {
            enter(FallbackCause.INFINITE_MAPPING, nowNanos);
        }
    }

    /** MP_FAIL: the peer threw away what it could not trust; it follows again, unmapped. */
    void onFail(Subflow subflow, long nowNanos) {
        if (subflow.discarding()) {
            return; // the answer to ours
        }
        if (!allowed()) {
            subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
            return;
        }
        long dsn = connection.receiver().dataAck();
        enter(FallbackCause.MP_FAIL, nowNanos);
        if (subflow.state() == SubflowState.PLAIN) {
            stack.count(MptcpCounter.FAIL_SENT);
            stack.optionOutput().sendFail(subflow, dsn, nowNanos);
        }
    }

    /**
     * A DSS checksum failed. Before any has been good, somebody on the path changes payload as a
     * matter of course, and the bytes are as good as plain TCP's; Linux does the same. Later, what
     * failed is thrown away and asked for again: over another subflow, or without mappings.
     */
    void onBadChecksum(Subflow subflow, long nowNanos) {
        stack.count(MptcpCounter.CHECKSUM_FAILURES);
        if (allowed() && connection.receiver().nextOffset() == 0) {
            enter(FallbackCause.CHECKSUM_FAILED, nowNanos);
            return;
        }
        long dsn = connection.receiver().firstDsn() + subflow.mappings().mappingStreamOffset();
        stack.count(MptcpCounter.FAIL_SENT);
        stack.optionOutput().sendFail(subflow, dsn, nowNanos);
        if (allowed()) {
            subflow.discardUntilPlain(nowNanos + ANSWER_NANOS);
        } else {
            subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
        }
    }

    /**
     * Every acknowledgement that came: whoever strips DATA_ACKs strips signals as well, and those
     * come without one where there is no room for both.
     */
    void onAcknowledgement(boolean withOptions) {
        optionsCeased = !withOptions;
    }

    /**
     * Everything is acknowledged by TCP and nothing by DATA_ACK, and no option comes any more:
     * somebody began to strip them. True when the connection is plain now.
     */
    boolean enterForWantOfDataAcks(long nowNanos) {
        if (!optionsCeased
                || !allowed()
                || connection.subflow(0).tcp().sender().outstandingBytes() > 0) {
            return false;
        }
        enter(FallbackCause.DATA_ACKS_CEASED, nowNanos);
        return true;
    }
}
