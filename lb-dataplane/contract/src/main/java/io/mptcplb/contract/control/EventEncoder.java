package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeWriter;

/** Events to attributes; mirrors {@link EventDecoder} line by line. */
final class EventEncoder {
    private EventEncoder() {}

    static void write(AttributeWriter to, Event message) {
        switch (message) {
            case Event.SnapshotBegin event -> snapshotBegin(to, event);
            case Event.SnapshotEnd _ -> {}
            case Event.Overrun event -> overrun(to, event);
            case Event.ConfigApplied event -> configApplied(to, event);
            case Event.PolicySettled event -> policySettled(to, event);
            case Event.PortLink event -> portLink(to, event);
            case Event.PathRule event -> pathRule(to, event);
            case Event.Draining event -> draining(to, event);
            case Event.ConnectionOpened event -> connectionOpened(to, event);
            case Event.ConnectionFellBack event -> connectionFellBack(to, event);
            case Event.BackendChosen event -> backendChosen(to, event);
            case Event.ConnectionClosed event -> connectionClosed(to, event);
            case Event.SubflowOpened event -> subflowOpened(to, event);
            case Event.SubflowPriority event -> subflowPriority(to, event);
            case Event.SubflowStalled event -> subflowStalled(to, event);
            case Event.SubflowClosed event -> subflowClosed(to, event);
            case Event.JoinRefused event -> joinRefused(to, event);
            case Event.AddressAnnounced event -> addressAnnounced(to, event);
            case Event.AddressEchoed event -> addressEchoed(to, event);
            case Event.AddressRemoved event -> addressRemoved(to, event);
        }
    }

    private static void snapshotBegin(AttributeWriter to, Event.SnapshotBegin event) {
        to.number(ControlAttribute.GENERATION, event.generation());
    }

    private static void overrun(AttributeWriter to, Event.Overrun event) {
        to.number(ControlAttribute.EVENTS, event.events());
    }

    private static void configApplied(AttributeWriter to, Event.ConfigApplied event) {
        to.number(ControlAttribute.GENERATION, event.generation());
    }

    private static void policySettled(AttributeWriter to, Event.PolicySettled event) {
        to.number(ControlAttribute.GENERATION, event.generation());
    }

    private static void portLink(AttributeWriter to, Event.PortLink event) {
        to.text(ControlAttribute.PORT, event.port()).flag(ControlAttribute.UP, event.up());
    }

    private static void pathRule(AttributeWriter to, Event.PathRule event) {
        to.nested(ControlAttribute.PATHS, event.paths(), CommandBody::selector)
                .coded(ControlAttribute.PRIORITY, event.priority());
    }

    private static void draining(AttributeWriter to, Event.Draining event) {
        to.text(ControlAttribute.VIRTUAL_SERVER, event.virtualServer())
                .flag(ControlAttribute.DRAINING, event.draining());
    }

    private static void connectionOpened(AttributeWriter to, Event.ConnectionOpened event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .text(ControlAttribute.VIRTUAL_SERVER, event.virtualServer())
                .address(ControlAttribute.CLIENT, event.client())
                .number(ControlAttribute.CLIENT_PORT, event.clientPort())
                .address(ControlAttribute.LOCAL, event.local())
                .number(ControlAttribute.LOCAL_PORT, event.localPort())
                .number(ControlAttribute.TOKEN, event.token())
                .number(ControlAttribute.OFFERED_VERSION, event.offeredVersion())
                .number(ControlAttribute.OFFERED_FLAGS, event.offeredFlags())
                .number(ControlAttribute.ANSWERED_FLAGS, event.answeredFlags())
                .text(ControlAttribute.FALLBACK, event.fallback())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void connectionFellBack(AttributeWriter to, Event.ConnectionFellBack event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .text(ControlAttribute.CAUSE, event.cause())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void backendChosen(AttributeWriter to, Event.BackendChosen event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .text(ControlAttribute.POOL, event.pool())
                .text(ControlAttribute.BACKEND, event.backend())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void connectionClosed(AttributeWriter to, Event.ConnectionClosed event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .text(ControlAttribute.HOW, event.how())
                .number(ControlAttribute.RX_BYTES, event.rxBytes())
                .number(ControlAttribute.TX_BYTES, event.txBytes())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void subflowOpened(AttributeWriter to, Event.SubflowOpened event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.SUBFLOW, event.subflow())
                .text(ControlAttribute.PORT, event.port())
                .address(ControlAttribute.LOCAL, event.local())
                .number(ControlAttribute.LOCAL_PORT, event.localPort())
                .address(ControlAttribute.REMOTE, event.remote())
                .number(ControlAttribute.REMOTE_PORT, event.remotePort())
                .number(ControlAttribute.ADDRESS_ID, event.addressId())
                .flag(ControlAttribute.BACKUP_BY_US, event.backupByUs())
                .flag(ControlAttribute.BACKUP_BY_PEER, event.backupByPeer())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void subflowPriority(AttributeWriter to, Event.SubflowPriority event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.SUBFLOW, event.subflow())
                .flag(ControlAttribute.BACKUP_BY_US, event.backupByUs())
                .flag(ControlAttribute.BACKUP_BY_PEER, event.backupByPeer())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void subflowStalled(AttributeWriter to, Event.SubflowStalled event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.SUBFLOW, event.subflow())
                .flag(ControlAttribute.STALLED, event.stalled())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void subflowClosed(AttributeWriter to, Event.SubflowClosed event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.SUBFLOW, event.subflow())
                .text(ControlAttribute.CAUSE, event.cause())
                .text(ControlAttribute.RESET_REASON, event.resetReason())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void joinRefused(AttributeWriter to, Event.JoinRefused event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .address(ControlAttribute.CLIENT, event.client())
                .number(ControlAttribute.CLIENT_PORT, event.clientPort())
                .text(ControlAttribute.REASON, event.reason())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void addressAnnounced(AttributeWriter to, Event.AddressAnnounced event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.ADDRESS_ID, event.addressId())
                .address(ControlAttribute.ADDRESS, event.address())
                .number(ControlAttribute.TCP_PORT, event.tcpPort())
                .flag(ControlAttribute.BY_PEER, event.byPeer())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void addressEchoed(AttributeWriter to, Event.AddressEchoed event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.ADDRESS_ID, event.addressId())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }

    private static void addressRemoved(AttributeWriter to, Event.AddressRemoved event) {
        to.number(ControlAttribute.CONNECTION, event.connection())
                .number(ControlAttribute.ADDRESS_ID, event.addressId())
                .flag(ControlAttribute.BY_PEER, event.byPeer())
                .number(ControlAttribute.UNIX_NANOS, event.unixNanos());
    }
}
