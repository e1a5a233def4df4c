package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeId;

/**
 * Everything that a message can say, by its number on the wire. The numbering is that of the
 * control socket alone; numbers are never reused, and a new attribute gets a default in the
 * decoder.
 */
enum ControlAttribute implements AttributeId {
    VERSION(1, "version"),
    CLIENT_NAME(2, "client"),
    CONFIG(3, "config"),
    POOLS(4, "pools"),
    PATHS(5, "paths"),
    PRIORITY(6, "priority"),
    VIRTUAL_SERVER(7, "virtualServer"),
    ADVERTISE(8, "address"),
    ADDRESS_ID(9, "addressId"),
    MAX_SUBFLOWS(10, "maxSubflows"),
    DRAINING(11, "draining"),
    PORT(12, "port"),
    CLIENTS(13, "clients"),

    REQUEST(20, "request"),
    CODE(21, "code"),
    TEXT(22, "text"),

    GENERATION(30, "generation"),
    EVENTS(31, "events"),
    UP(32, "up"),
    CONNECTION(33, "connection"),
    CLIENT(34, "client"),
    CLIENT_PORT(35, "clientPort"),
    LOCAL(36, "local"),
    LOCAL_PORT(37, "localPort"),
    TOKEN(38, "token"),
    OFFERED_VERSION(39, "offeredVersion"),
    OFFERED_FLAGS(40, "offeredFlags"),
    ANSWERED_FLAGS(41, "answeredFlags"),
    FALLBACK(42, "fallback"),
    UNIX_NANOS(43, "unixNanos"),
    CAUSE(44, "cause"),
    POOL(45, "pool"),
    BACKEND(46, "backend"),
    HOW(47, "how"),
    RX_BYTES(48, "rxBytes"),
    TX_BYTES(49, "txBytes"),
    SUBFLOW(50, "subflow"),
    REMOTE(51, "remote"),
    REMOTE_PORT(52, "remotePort"),
    BACKUP_BY_US(53, "backupByUs"),
    BACKUP_BY_PEER(54, "backupByPeer"),
    STALLED(55, "stalled"),
    RESET_REASON(56, "resetReason"),
    REASON(57, "reason"),
    ADDRESS(58, "address"),
    TCP_PORT(59, "tcpPort"),
    BY_PEER(60, "byPeer");

    private final int type;
    private final String field;

    ControlAttribute(int type, String field) {
        this.type = type;
        this.field = field;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public String field() {
        return field;
    }
}
