package io.mptcplb.stack.mptcp;

import io.mptcplb.wire.ResetReason;

/**
 * What one connection does about the policy in force: which that is, what its subflows are declared
 * as, and which addresses its peer has to forget.
 *
 * <p>MP_PRIO and REMOVE_ADDR ride acknowledgements, which nobody acknowledges (RFC 8684 s3.3.8,
 * s3.4.2): each goes twice more, so that a lost one is made good.
 */
final class PathPolicy {
    private static final int REPEATS = 2;
    private static final long REPEAT_NANOS = 200_000_000L;

    private final MptcpStack stack;
    private final MptcpConnection connection;
    private final int[] removedIds = new int[MptcpPolicy.ANNOUNCEMENTS_MAX];
    private PolicySource source = MptcpPolicy.defaults();
    private MptcpPolicy policy = MptcpPolicy.defaults();
    private int removedCount;
    private int removalRepeats;

    PathPolicy(MptcpStack stack, MptcpConnection connection) {
        this.stack = stack;
        this.connection = connection;
    }

    void begin(PolicySource from, MptcpPolicy agreed) {
        source = from;
        policy = agreed;
        removedCount = 0;
        removalRepeats = 0;
    }

    /** In force for this connection. */
    MptcpPolicy policy() {
        return policy;
    }

    // ---- what has changed

    /** Goes over to what is in force for this client now; true when that is another policy. */
    boolean follow(long nowNanos) {
        Agreement agreement = connection.agreement();
        if (agreement.client()) {
            return false;
        }
        MptcpPolicy wanted = source.policyFor(agreement.clientHi(), agreement.clientLo());
        if (wanted == policy) {
            return false;
        }
        MptcpPolicy before = policy;
        policy = wanted;
        if (connection.established()) {
            connection.announcer().follow(before, nowNanos);
            declareAll(nowNanos);
        }
        return true;
    }

    private void declareAll(long nowNanos) {
        for (int i = 0; i < connection.subflowCount(); i++) {
            declare(connection.subflow(i), nowNanos);
        }
    }

    /** Tells the peer of this subflow what policy says, where it does not know. */
    void declare(Subflow subflow, long nowNanos) {
        if (subflow.state() == SubflowState.OPEN && !connection.agreement().client()) {
            prioritise(subflow, declared(subflow.portIndex()), nowNanos);
        }
    }

    /** Whether this client's subflows over a port are backup, wherever they come from. */
    boolean declared(int portIndex) {
        Agreement agreement = connection.agreement();
        return policy.backup(portIndex, agreement.clientHi(), agreement.clientLo());
    }

    /** Declares a subflow backup, or regular again: told by MP_PRIO and obeyed here (s3.3.8). */
    void prioritise(Subflow subflow, boolean backup, long nowNanos) {
        if (subflow.state() == SubflowState.OPEN && subflow.backupByUs() != backup) {
            subflow.backupByUs(backup);
            stack.count(MptcpCounter.PRIO_SENT);
            stack.optionOutput().sendPrio(subflow, backup, nowNanos);
            stack.events().onSubflowPriority(connection, subflow, nowNanos);
            connection.subflows().markAll();
            repeatPriority(subflow, nowNanos);
        }
    }

    /** The peer may not have heard what this subflow is. */
    void repeatPriority(Subflow subflow, long nowNanos) {
        subflow.prioRepeats(REPEATS);
        repeatSoon(nowNanos);
    }

    /**
     * Tells the peer that an address is gone (s3.4.2) and ends the subflows that use it; a last one
     * is left to the peer, which may have another way to open first.
     */
    void withdraw(int addressId, long nowNanos) {
        if (!connection.established()) {
            return;
        }
        remember(addressId);
        sendRemoveAddr(addressId, nowNanos);
        stack.events().onAddressRemoved(connection, addressId, false, nowNanos);
        removalRepeats = REPEATS;
        repeatSoon(nowNanos);
        SubflowSet subflows = connection.subflows();
        for (int i = subflows.count() - 1; i >= 0; i--) {
            Subflow subflow = subflows.get(i);
            if (subflow.localId() == addressId
                    && subflow.state() == SubflowState.OPEN
                    && subflows.openBeside(subflow)) {
                subflow.drop(ResetReason.UNSPECIFIED, nowNanos);
            }
        }
    }

    /** Its removal is still to be told again: nothing may be announced by this id. */
    boolean removing(int addressId) {
        for (int i = 0; i < removedCount; i++) {
            if (removedIds[i] == addressId) {
                return removalRepeats > 0;
            }
        }
        return false;
    }

    /** An address is announced, perhaps again: its removal must not be repeated behind that. */
    void onAnnounced(int addressId) {
        for (int i = 0; i < removedCount; i++) {
            if (removedIds[i] == addressId) {
                removedIds[i] = removedIds[--removedCount];
                return;
            }
        }
    }

    private void remember(int addressId) {
        onAnnounced(addressId);
        if (removedCount < removedIds.length) {
            removedIds[removedCount++] = addressId;
        }
    }

    private void sendRemoveAddr(int addressId, long nowNanos) {
        Subflow on = connection.subflows().forSignal();
        if (on != null) {
            stack.count(MptcpCounter.REMOVE_ADDR_SENT);
            stack.optionOutput().sendRemoveAddr(on, addressId, nowNanos);
        }
    }

    // ---- again

    /** There is a subflow again: what was removed meanwhile was told to nobody. */
    void onRevived(long nowNanos) {
        if (removedCount > 0) {
            removalRepeats = REPEATS;
            repeatSoon(nowNanos);
        }
    }

    private void repeatSoon(long nowNanos) {
        if (!connection.timers().armed(ConnectionTimer.REPEAT)) {
            connection.timers().arm(ConnectionTimer.REPEAT, nowNanos + REPEAT_NANOS);
        }
    }

    void onTimer(long nowNanos) {
        if (!connection.established()) {
            return;
        }
        boolean more = removalRepeats > 1;
        if (removalRepeats > 0) {
            removalRepeats--;
            for (int i = 0; i < removedCount; i++) {
                sendRemoveAddr(removedIds[i], nowNanos);
            }
            if (removalRepeats == 0) {
                connection.announcer().start(nowNanos);
            }
        }
        for (int i = 0; i < connection.subflowCount(); i++) {
            Subflow subflow = connection.subflow(i);
            int left = subflow.prioRepeats();
            if (left > 0 && subflow.state() == SubflowState.OPEN) {
                subflow.prioRepeats(left - 1);
                more |= left > 1;
                stack.count(MptcpCounter.PRIO_SENT);
                stack.optionOutput().sendPrio(subflow, subflow.backupByUs(), nowNanos);
            }
        }
        if (more) {
            connection.timers().arm(ConnectionTimer.REPEAT, nowNanos + 2 * REPEAT_NANOS);
        }
    }
}
