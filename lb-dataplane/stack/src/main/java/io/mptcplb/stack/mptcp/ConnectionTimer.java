package io.mptcplb.stack.mptcp;

/** The deadlines of one connection. */
enum ConnectionTimer {
    /** Sent data without a DATA_ACK. */
    DATA_TIMEOUT,
    /** Without a subflow, or with subflows that do not close: how long still. */
    LINGER,
    /** The repeat of an ADD_ADDR. */
    ANNOUNCE,
    /** The repeat of MP_PRIO and REMOVE_ADDR. */
    REPEAT,
    /** The session's own. */
    SESSION;

    static final int COUNT = values().length;
}
