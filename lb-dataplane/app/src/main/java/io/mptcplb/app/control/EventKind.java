package io.mptcplb.app.control;

/** What an entry of the ring says; each becomes the event of the contract of that name. */
enum EventKind {
    CONNECTION_OPENED,
    CONNECTION_FELL_BACK,
    BACKEND_CHOSEN,
    CONNECTION_CLOSED,
    SUBFLOW_OPENED,
    SUBFLOW_PRIORITY,
    SUBFLOW_STALLED,
    SUBFLOW_CLOSED,
    JOIN_REFUSED,
    ADDRESS_ANNOUNCED,
    ADDRESS_ECHOED,
    ADDRESS_REMOVED,
    POLICY_SETTLED,
    PORT_LINK
}
