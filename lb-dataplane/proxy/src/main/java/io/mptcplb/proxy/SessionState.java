package io.mptcplb.proxy;

/** Where a session stands. {@code Session.become} is the only writer. */
enum SessionState {
    /** In the pool. */
    UNUSED,
    /** A client is there; a backend is being tried. */
    CONNECTING,
    /** Bytes flow both ways, or still one way. */
    OPEN,
    /** Both streams were told to end, or one has and the other was told to. */
    ENDING,
    /** Both streams are gone; buffers that were on their way may still be charged. */
    ENDED;

    boolean mayBecome(SessionState next) {
        return switch (this) {
            case UNUSED -> next == CONNECTING;
            case CONNECTING -> next == OPEN || next == ENDING;
            case OPEN -> next == ENDING || next == ENDED;
            case ENDING -> next == ENDED;
            case ENDED -> next == UNUSED;
        };
    }
}
