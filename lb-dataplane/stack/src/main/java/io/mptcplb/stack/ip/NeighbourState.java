package io.mptcplb.stack.ip;

/**
 * States of a neighbour entry, for ARP and neighbour discovery alike. {@code NeighbourTable.become}
 * is the only writer.
 */
enum NeighbourState {
    /** The entry is not in use. */
    FREE,
    /** Solicited, no answer yet; frames wait (RFC 4861 s7.3.2). */
    INCOMPLETE,
    /** Known to work: confirmed by an answer or by progress of TCP. */
    REACHABLE,
    /** Once known, long not confirmed; used as it is until someone sends. */
    STALE,
    /** Used after being stale: TCP has a while to confirm it. */
    DELAY,
    /** Being asked by unicast. */
    PROBE,
    /**
     * Does not answer; still used while it is asked by broadcast ever more rarely (RFC 7048 s3).
     */
    UNREACHABLE,
    /** Never answered: frames to it are dropped at once for a while. */
    FAILED;

    boolean mayBecome(NeighbourState next) {
        return switch (this) {
            case FREE -> next == INCOMPLETE || next == STALE;
            case INCOMPLETE -> next == REACHABLE || next == STALE || next == FAILED;
            case REACHABLE -> next == STALE || next == REACHABLE || next == PROBE;
            case STALE -> next == REACHABLE || next == DELAY || next == FREE || next == STALE;
            case DELAY -> next == REACHABLE || next == PROBE || next == STALE;
            case PROBE -> next == REACHABLE || next == UNREACHABLE || next == STALE;
            case UNREACHABLE -> next == REACHABLE || next == STALE || next == FREE;
            case FAILED -> next == FREE || next == REACHABLE || next == STALE;
        };
    }

    /** True when the entry's hardware address may be used. */
    boolean usable() {
        return switch (this) {
            case REACHABLE, STALE, DELAY, PROBE, UNREACHABLE -> true;
            case FREE, INCOMPLETE, FAILED -> false;
        };
    }
}
