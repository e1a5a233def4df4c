package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeReader;
import io.mptcplb.contract.CodecException;

/** Attributes to events. */
final class EventDecoder {
    private EventDecoder() {}

    static Event.SnapshotBegin snapshotBegin(AttributeReader from) throws CodecException {
        return new Event.SnapshotBegin(from.number(ControlAttribute.GENERATION));
    }

    static Event.Overrun overrun(AttributeReader from) throws CodecException {
        return new Event.Overrun(from.number(ControlAttribute.EVENTS));
    }

    static Event.ConfigApplied configApplied(AttributeReader from) throws CodecException {
        return new Event.ConfigApplied(from.number(ControlAttribute.GENERATION));
    }

    static Event.PolicySettled policySettled(AttributeReader from) throws CodecException {
        return new Event.PolicySettled(from.number(ControlAttribute.GENERATION));
    }

    static Event.PortLink portLink(AttributeReader from) throws CodecException {
        return new Event.PortLink(from.text(ControlAttribute.PORT), from.flag(ControlAttribute.UP));
    }

    static Event.PathRule pathRule(AttributeReader from) throws CodecException {
        return new Event.PathRule(
                CommandBody.selector(from.nested(ControlAttribute.PATHS)),
                from.coded(ControlAttribute.PRIORITY, PathPriority.values()));
    }

    static Event.Draining draining(AttributeReader from) throws CodecException {
        return new Event.Draining(
                from.text(ControlAttribute.VIRTUAL_SERVER), from.flag(ControlAttribute.DRAINING));
    }

    static Event.ConnectionOpened connectionOpened(AttributeReader from) throws CodecException {
        return new Event.ConnectionOpened(
                from.number(ControlAttribute.CONNECTION),
                from.text(ControlAttribute.VIRTUAL_SERVER),
                from.address(ControlAttribute.CLIENT),
                from.integer(ControlAttribute.CLIENT_PORT),
                from.address(ControlAttribute.LOCAL),
                from.integer(ControlAttribute.LOCAL_PORT),
                from.integer(ControlAttribute.TOKEN),
                from.integer(ControlAttribute.OFFERED_VERSION),
                from.integer(ControlAttribute.OFFERED_FLAGS),
                from.integer(ControlAttribute.ANSWERED_FLAGS),
                from.text(ControlAttribute.FALLBACK),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.ConnectionFellBack connectionFellBack(AttributeReader from) throws CodecException {
        return new Event.ConnectionFellBack(
                from.number(ControlAttribute.CONNECTION),
                from.text(ControlAttribute.CAUSE),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.BackendChosen backendChosen(AttributeReader from) throws CodecException {
        return new Event.BackendChosen(
                from.number(ControlAttribute.CONNECTION),
                from.text(ControlAttribute.POOL),
                from.text(ControlAttribute.BACKEND),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.ConnectionClosed connectionClosed(AttributeReader from) throws CodecException {
        return new Event.ConnectionClosed(
                from.number(ControlAttribute.CONNECTION),
                from.text(ControlAttribute.HOW),
                from.number(ControlAttribute.RX_BYTES),
                from.number(ControlAttribute.TX_BYTES),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.SubflowOpened subflowOpened(AttributeReader from) throws CodecException {
        return new Event.SubflowOpened(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.SUBFLOW),
                from.text(ControlAttribute.PORT),
                from.address(ControlAttribute.LOCAL),
                from.integer(ControlAttribute.LOCAL_PORT),
                from.address(ControlAttribute.REMOTE),
                from.integer(ControlAttribute.REMOTE_PORT),
                from.integer(ControlAttribute.ADDRESS_ID),
                from.flag(ControlAttribute.BACKUP_BY_US),
                from.flag(ControlAttribute.BACKUP_BY_PEER),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.SubflowPriority subflowPriority(AttributeReader from) throws CodecException {
        return new Event.SubflowPriority(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.SUBFLOW),
                from.flag(ControlAttribute.BACKUP_BY_US),
                from.flag(ControlAttribute.BACKUP_BY_PEER),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.SubflowStalled subflowStalled(AttributeReader from) throws CodecException {
        return new Event.SubflowStalled(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.SUBFLOW),
                from.flag(ControlAttribute.STALLED),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.SubflowClosed subflowClosed(AttributeReader from) throws CodecException {
        return new Event.SubflowClosed(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.SUBFLOW),
                from.text(ControlAttribute.CAUSE),
                from.text(ControlAttribute.RESET_REASON),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.JoinRefused joinRefused(AttributeReader from) throws CodecException {
        return new Event.JoinRefused(
                from.number(ControlAttribute.CONNECTION),
                from.address(ControlAttribute.CLIENT),
                from.integer(ControlAttribute.CLIENT_PORT),
                from.text(ControlAttribute.REASON),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.AddressAnnounced addressAnnounced(AttributeReader from) throws CodecException {
        return new Event.AddressAnnounced(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.ADDRESS_ID),
                from.address(ControlAttribute.ADDRESS),
                from.integer(ControlAttribute.TCP_PORT),
                from.flag(ControlAttribute.BY_PEER),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.AddressEchoed addressEchoed(AttributeReader from) throws CodecException {
        return new Event.AddressEchoed(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.ADDRESS_ID),
                from.number(ControlAttribute.UNIX_NANOS));
    }

    static Event.AddressRemoved addressRemoved(AttributeReader from) throws CodecException {
        return new Event.AddressRemoved(
                from.number(ControlAttribute.CONNECTION),
                from.integer(ControlAttribute.ADDRESS_ID),
                from.flag(ControlAttribute.BY_PEER),
                from.number(ControlAttribute.UNIX_NANOS));
    }
}
