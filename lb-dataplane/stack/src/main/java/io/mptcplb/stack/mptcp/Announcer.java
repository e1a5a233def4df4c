package io.mptcplb.stack.mptcp;

import io.mptcplb.wire.MptcpOptions;

/**
 * Tells one connection's peer our further addresses, one after the other, each until it is echoed
 * or given up; and echoes what the peer tells (RFC 8684 s3.4.1). Nobody dials what a peer
 * announces.
 */
final class Announcer {
    private static final int REPEATS_MAX = 3;
    private static final long REPEAT_NANOS = 200_000_000L;

    private final MptcpStack stack;
    private final MptcpConnection connection;
    private int next;
    private int repeats;
    private boolean waiting;

    Announcer(MptcpStack stack, MptcpConnection connection) {
        this.stack = stack;
        this.connection = connection;
    }

    void reset() {
        next = 0;
        repeats = 0;
        waiting = false;
    }

    /** The connection is established, or its policy has grown. */
    void start(long nowNanos) {
        if (!waiting) {
            sendNext(nowNanos);
        }
    }

    /** The policy has changed: everything is told again, which a peer that knows it echoes. */
    void restart(long nowNanos) {
        next = 0;
        repeats = 0;
        waiting = false;
        connection.timers().cancel(ConnectionTimer.ANNOUNCE);
        sendNext(nowNanos);
    }

    /** No echo in time. */
    void onTimer(long nowNanos) {
        if (!waiting) {
            return;
        }
        if (repeats == REPEATS_MAX) {
            stack.count(MptcpCounter.ADD_ADDR_UNANSWERED);
            waiting = false;
            repeats = 0;
            next++;
            sendNext(nowNanos);
        } else {
            repeats++;
            stack.count(MptcpCounter.ADD_ADDR_REPEATED);
            send(nowNanos);
        }
    }

    /** Those whose client is here already by this address need not be told. */
    private void sendNext(long nowNanos) {
        MptcpPolicy policy = connection.policy();
        while (next < policy.announcementCount() && isInitial(policy.announcement(next))) {
            next++;
        }
        if (next < policy.announcementCount()) {
            repeats = 0;
            waiting = true;
            send(nowNanos);
        }
    }

    private boolean isInitial(Announcement each) {
        return connection.agreement().isInitial(each.hi(), each.lo(), each.port());
    }

    private void send(long nowNanos) {
        Announcement each = connection.policy().announcement(next);
        Subflow on = connection.subflows().forSignal();
        if (on != null) {
            boolean ipv6 = !io.mptcplb.wire.IpAddresses.isV4(each.hi(), each.lo());
            MptcpCrypto crypto = stack.crypto();
            crypto.hmacAddress(
                    connection.agreement().localKey(),
                    connection.agreement().remoteKey(),
                    each.id(),
                    ipv6,
                    each.hi(),
                    each.lo(),
                    each.port());
            boolean fits =
                    stack.optionOutput()
                            .sendAddAddr(
                                    on,
                                    each.id(),
                                    each.hi(),
                                    each.lo(),
                                    each.port(),
                                    crypto.rightmost64(),
                                    nowNanos);
            stack.count(fits ? MptcpCounter.ADD_ADDR_SENT : MptcpCounter.ADD_ADDR_TOO_LONG);
        }
        connection.timers().arm(ConnectionTimer.ANNOUNCE, nowNanos + (REPEAT_NANOS << repeats));
    }

    /**
     * A peer's ADD_ADDR, or its echo of ours. Echoes are told by id alone: Apple's carry no port.
     */
    void onAddAddr(Subflow subflow, MptcpOptions options, long nowNanos) {
        if (options.addEcho) {
            onEcho(options.addAddressId, nowNanos);
        } else if (isAuthentic(options)) {
            stack.count(MptcpCounter.ADD_ADDR_RECEIVED);
            stack.optionOutput()
                    .sendAddAddrEcho(
                            subflow,
                            options.addAddressId,
                            options.addAddressHi,
                            options.addAddressLo,
                            options.addPort,
                            nowNanos);
        } else {
            stack.count(MptcpCounter.ADD_ADDR_BAD_HMAC);
        }
    }

    private void onEcho(int id, long nowNanos) {
        if (!waiting || connection.policy().announcement(next).id() != id) {
            return;
        }
        stack.count(MptcpCounter.ADD_ADDR_ECHOES_RECEIVED);
        waiting = false;
        next++;
        connection.timers().cancel(ConnectionTimer.ANNOUNCE);
        sendNext(nowNanos);
    }

    private boolean isAuthentic(MptcpOptions options) {
        MptcpCrypto crypto = stack.crypto();
        crypto.hmacAddress(
                connection.agreement().remoteKey(),
                connection.agreement().localKey(),
                options.addAddressId,
                options.addIpv6,
                options.addAddressHi,
                options.addAddressLo,
                options.addPort);
        return crypto.rightmost64() == options.addHmac;
    }
}
