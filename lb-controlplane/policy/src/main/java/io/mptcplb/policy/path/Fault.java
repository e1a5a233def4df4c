package io.mptcplb.policy.path;

/** What can be wrong with a path. */
enum Fault {
    LINK,
    STALLED,
    RETRANSMITTED,
    SLOW
}
