package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import java.util.Optional;

/**
 * One subflow as it stands.
 *
 * @param opened how it began
 * @param backupByUs what we declare now
 * @param backupByPeer what the client declares now
 * @param stalled its retransmission timer has expired, and nothing was acknowledged since
 * @param closed how it ended; absent while it lives
 */
public record Subflow(
        Event.SubflowOpened opened,
        boolean backupByUs,
        boolean backupByPeer,
        boolean stalled,
        Optional<Event.SubflowClosed> closed) {

    static Subflow of(Event.SubflowOpened opened) {
        return new Subflow(
                opened, opened.backupByUs(), opened.backupByPeer(), false, Optional.empty());
    }

    Subflow with(Event.SubflowPriority priority) {
        return new Subflow(opened, priority.backupByUs(), priority.backupByPeer(), stalled, closed);
    }

    Subflow with(Event.SubflowStalled event) {
        return new Subflow(opened, backupByUs, backupByPeer, event.stalled(), closed);
    }

    Subflow with(Event.SubflowClosed end) {
        return new Subflow(opened, backupByUs, backupByPeer, false, Optional.of(end));
    }

    public boolean isOpen() {
        return closed.isEmpty();
    }

    /** Carries data only when no regular subflow can (RFC 8684 s3.3.8). */
    public boolean isBackup() {
        return backupByUs || backupByPeer;
    }
}
