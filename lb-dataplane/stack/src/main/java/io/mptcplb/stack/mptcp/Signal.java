package io.mptcplb.stack.mptcp;

/** An option that rides one acknowledgement, sent at once. */
enum Signal {
    NONE,
    ADD_ADDR,
    ADD_ADDR_ECHO,
    REMOVE_ADDR,
    PRIO,
    FASTCLOSE,
    FAIL
}
