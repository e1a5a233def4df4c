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
    private static final int NONE = -1;

    private final MptcpStack stack;
    private final MptcpConnection connection;

    /** Bit per announcement of the policy: echoed, given up, or never necessary. */
    private long settled;

    /** The one that waits for its echo. */
    private int current;

    private int repeats;

    Announcer(MptcpStack stack, MptcpConnection connection) {
        this.stack = stack;
        this.connection = connection;
    }

    void reset() {
        settled = 0;
        current = NONE;
        repeats = 0;
    }

    /** The connection is established, or has a subflow more, or an id is free again. */
    void start(long nowNanos) {
        if (current == NONE) {
            sendNext(nowNanos);
        }
    }

    /** Another policy is in force: what it no longer announces is removed, what is new is told. */
    void follow(MptcpPolicy before, long nowNanos) {
        MptcpPolicy after = connection.policy();
        long settledBefore = settled;
        int currentBefore = current;
        settled = 0;
        current = NONE;
        for (int i = 0; i < before.announcementCount(); i++) {
            int now = after.indexOf(before.announcement(i));
            boolean wasSettled = (settledBefore >>> i & 1) != 0;
            if (now >= 0) {
                settled |= wasSettled ? 1L << now : 0;
                current = i == currentBefore ? now : current;
            } else {
                boolean told = (wasSettled || i == currentBefore);
                remove(before.announcement(i), told, nowNanos);
            }
        }
        if (current == NONE) {
            connection.timers().cancel(ConnectionTimer.ANNOUNCE);
            sendNext(nowNanos);
        }
    }

    void tell(ConnectionEvents to, long nowNanos) {
        MptcpPolicy policy = connection.policy();
        for (int i = 0; i < policy.announcementCount(); i++) {
            Announcement each = policy.announcement(i);
            boolean told = (settled >>> i & 1) != 0 || i == current;
            if (told && !isInitial(each)) {
                to.onAddressAnnounced(
                        connection, each.id(), each.hi(), each.lo(), each.port(), false, nowNanos);
            }
        }
    }

    private void remove(Announcement gone, boolean told, long nowNanos) {
        boolean known = told && !isInitial(gone) || connection.subflows().anyFrom(gone.id());
        if (known) {
            connection.paths().withdraw(gone.id(), nowNanos);
        }
    }

    /** No echo in time. */
    void onTimer(long nowNanos) {
        if (current == NONE) {
            return;
        }
        if (repeats == REPEATS_MAX) {
            stack.count(MptcpCounter.ADD_ADDR_UNANSWERED);
            settle(nowNanos);
        } else {
            repeats++;
            stack.count(MptcpCounter.ADD_ADDR_REPEATED);
            send(nowNanos);
        }
    }

    private void settle(long nowNanos) {
        settled |= 1L << current;
        current = NONE;
        sendNext(nowNanos);
    }

    /**
     * Those whose client is here already by this address need not be told. An id that had another
     * address waits until its removal has been told (RFC 8684 s3.4.1): the two could overtake each
     * other on two subflows.
     */
    private void sendNext(long nowNanos) {
        MptcpPolicy policy = connection.policy();
        for (int i = 0; i < policy.announcementCount(); i++) {
            Announcement each = policy.announcement(i);
            if ((settled >>> i & 1) == 0 && isInitial(each)) {
                settled |= 1L << i;
            } else if ((settled >>> i & 1) == 0 && !connection.paths().removing(each.id())) {
                current = i;
                repeats = 0;
                connection.paths().onAnnounced(each.id());
                send(nowNanos);
                stack.events()
                        .onAddressAnnounced(
                                connection,
                                each.id(),
                                each.hi(),
                                each.lo(),
                                each.port(),
                                false,
                                nowNanos);
                return;
            }
        }
    }

    private boolean isInitial(Announcement each) {
        return connection.agreement().isInitial(each.hi(), each.lo(), each.port());
    }

    private void send(long nowNanos) {
        Announcement each = connection.policy().announcement(current);
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
            stack.events()
                    .onAddressAnnounced(
                            connection,
                            options.addAddressId,
                            options.addAddressHi,
                            options.addAddressLo,
                            options.addPort,
                            true,
                            nowNanos);
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
        if (current == NONE || connection.policy().announcement(current).id() != id) {
            return;
        }
        stack.count(MptcpCounter.ADD_ADDR_ECHOES_RECEIVED);
        stack.events().onAddressEchoed(connection, id, nowNanos);
        connection.timers().cancel(ConnectionTimer.ANNOUNCE);
        settle(nowNanos);
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
