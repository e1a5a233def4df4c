package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeReader;
import io.mptcplb.contract.CodecException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Attributes to messages; what a record refuses becomes a {@link CodecException}. */
final class MessageDecoder {
    private static final String SEPARATOR = ": ";

    private MessageDecoder() {}

    static Message message(int number, ByteBuffer body) throws CodecException {
        @Nullable MessageType type = MessageType.of(number);
        if (type == null) {
            throw new CodecException("frame.type", "unknown type " + number);
        }
        AttributeReader from = AttributeReader.of(type.field(), body);
        try {
            return message(type, from);
        } catch (IllegalArgumentException e) {
            throw broken(type, String.valueOf(e.getMessage()));
        }
    }

    /** A record's rule, whose message begins with the field. */
    private static CodecException broken(MessageType type, String message) {
        int end = message.indexOf(SEPARATOR);
        return end <= 0
                ? new CodecException(type.field(), message)
                : new CodecException(
                        message.substring(0, end), message.substring(end + SEPARATOR.length()));
    }

    private static Message message(MessageType type, AttributeReader from) throws CodecException {
        return switch (type) {
            case HELLO -> CommandBody.hello(from);
            case APPLY_CONFIG -> CommandBody.applyConfig(from);
            case APPLY_ENDPOINTS -> CommandBody.applyEndpoints(from);
            case SET_PATH_PRIORITY -> CommandBody.setPathPriority(from);
            case ANNOUNCE -> CommandBody.announce(from);
            case WITHDRAW -> CommandBody.withdraw(from);
            case SET_SUBFLOW_LIMIT -> CommandBody.setSubflowLimit(from);
            case DRAIN -> CommandBody.drain(from);
            case RESYNC -> new Command.Resync();
            case RESTART -> CommandBody.restart(from);
            case REPLY -> reply(from);
            case SNAPSHOT_BEGIN -> EventDecoder.snapshotBegin(from);
            case SNAPSHOT_END -> new Event.SnapshotEnd();
            case OVERRUN -> EventDecoder.overrun(from);
            case CONFIG_APPLIED -> EventDecoder.configApplied(from);
            case POLICY_SETTLED -> EventDecoder.policySettled(from);
            case PORT_LINK -> EventDecoder.portLink(from);
            case PATH_RULE -> EventDecoder.pathRule(from);
            case CONNECTION_OPENED -> EventDecoder.connectionOpened(from);
            case CONNECTION_FELL_BACK -> EventDecoder.connectionFellBack(from);
            case BACKEND_CHOSEN -> EventDecoder.backendChosen(from);
            case CONNECTION_CLOSED -> EventDecoder.connectionClosed(from);
            case SUBFLOW_OPENED -> EventDecoder.subflowOpened(from);
            case SUBFLOW_PRIORITY -> EventDecoder.subflowPriority(from);
            case SUBFLOW_STALLED -> EventDecoder.subflowStalled(from);
            case SUBFLOW_CLOSED -> EventDecoder.subflowClosed(from);
            case JOIN_REFUSED -> EventDecoder.joinRefused(from);
            case ADDRESS_ANNOUNCED -> EventDecoder.addressAnnounced(from);
            case ADDRESS_ECHOED -> EventDecoder.addressEchoed(from);
            case ADDRESS_REMOVED -> EventDecoder.addressRemoved(from);
            case DRAINING -> EventDecoder.draining(from);
        };
    }

    private static Reply reply(AttributeReader from) throws CodecException {
        return new Reply(
                from.number(ControlAttribute.REQUEST),
                from.coded(ControlAttribute.CODE, ReplyCode.values()),
                from.text(ControlAttribute.TEXT));
    }
}
