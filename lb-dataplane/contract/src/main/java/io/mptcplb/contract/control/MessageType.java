package io.mptcplb.contract.control;

import org.jspecify.annotations.Nullable;

/** Kinds of messages by their number in a frame, which is never reused. */
enum MessageType {
    HELLO(1, "hello"),
    APPLY_CONFIG(2, "applyConfig"),
    APPLY_ENDPOINTS(3, "applyEndpoints"),
    SET_PATH_PRIORITY(4, "setPathPriority"),
    ANNOUNCE(5, "announce"),
    WITHDRAW(6, "withdraw"),
    SET_SUBFLOW_LIMIT(7, "setSubflowLimit"),
    DRAIN(8, "drain"),
    RESYNC(9, "resync"),
    RESTART(10, "restart"),

    REPLY(64, "reply"),

    SNAPSHOT_BEGIN(128, "snapshotBegin"),
    SNAPSHOT_END(129, "snapshotEnd"),
    OVERRUN(130, "overrun"),
    CONFIG_APPLIED(131, "configApplied"),
    POLICY_SETTLED(132, "policySettled"),
    PORT_LINK(133, "portLink"),
    PATH_RULE(134, "pathRule"),
    CONNECTION_OPENED(135, "connectionOpened"),
    CONNECTION_FELL_BACK(136, "connectionFellBack"),
    BACKEND_CHOSEN(137, "backendChosen"),
    CONNECTION_CLOSED(138, "connectionClosed"),
    SUBFLOW_OPENED(139, "subflowOpened"),
    SUBFLOW_PRIORITY(140, "subflowPriority"),
    SUBFLOW_STALLED(141, "subflowStalled"),
    SUBFLOW_CLOSED(142, "subflowClosed"),
    JOIN_REFUSED(143, "joinRefused"),
    ADDRESS_ANNOUNCED(144, "addressAnnounced"),
    ADDRESS_ECHOED(145, "addressEchoed"),
    ADDRESS_REMOVED(146, "addressRemoved"),
    DRAINING(147, "draining");

    private final int number;
    private final String field;

    MessageType(int number, String field) {
        this.number = number;
        this.field = field;
    }

    int number() {
        return number;
    }

    /** The message as refusals name it. */
    String field() {
        return field;
    }

    static @Nullable MessageType of(int number) {
        for (MessageType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return null;
    }

    static MessageType of(Message message) {
        return switch (message) {
            case Command.Hello _ -> HELLO;
            case Command.ApplyConfig _ -> APPLY_CONFIG;
            case Command.ApplyEndpoints _ -> APPLY_ENDPOINTS;
            case Command.SetPathPriority _ -> SET_PATH_PRIORITY;
            case Command.Announce _ -> ANNOUNCE;
            case Command.Withdraw _ -> WITHDRAW;
            case Command.SetSubflowLimit _ -> SET_SUBFLOW_LIMIT;
            case Command.Drain _ -> DRAIN;
            case Command.Resync _ -> RESYNC;
            case Command.Restart _ -> RESTART;
            case Reply _ -> REPLY;
            case Event.SnapshotBegin _ -> SNAPSHOT_BEGIN;
            case Event.SnapshotEnd _ -> SNAPSHOT_END;
            case Event.Overrun _ -> OVERRUN;
            case Event.ConfigApplied _ -> CONFIG_APPLIED;
            case Event.PolicySettled _ -> POLICY_SETTLED;
            case Event.PortLink _ -> PORT_LINK;
            case Event.PathRule _ -> PATH_RULE;
            case Event.ConnectionOpened _ -> CONNECTION_OPENED;
            case Event.ConnectionFellBack _ -> CONNECTION_FELL_BACK;
            case Event.BackendChosen _ -> BACKEND_CHOSEN;
            case Event.ConnectionClosed _ -> CONNECTION_CLOSED;
            case Event.SubflowOpened _ -> SUBFLOW_OPENED;
            case Event.SubflowPriority _ -> SUBFLOW_PRIORITY;
            case Event.SubflowStalled _ -> SUBFLOW_STALLED;
            case Event.SubflowClosed _ -> SUBFLOW_CLOSED;
            case Event.JoinRefused _ -> JOIN_REFUSED;
            case Event.AddressAnnounced _ -> ADDRESS_ANNOUNCED;
            case Event.AddressEchoed _ -> ADDRESS_ECHOED;
            case Event.AddressRemoved _ -> ADDRESS_REMOVED;
            case Event.Draining _ -> DRAINING;
        };
    }
}
