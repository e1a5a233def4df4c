package io.mptcplb.stack.tcp;

/**
 * States of RFC 9293 s3.3.2. {@code TcpEndpoint.become} is the only writer. Codes are exported and
 * never renumbered.
 */
public enum TcpState {
    /** No connection; the endpoint is free. LISTEN has no endpoint: see {@link Listener}. */
    CLOSED(0),
    SYN_SENT(1),
    SYN_RECEIVED(2),
    ESTABLISHED(3),
    FIN_WAIT_1(4),
    FIN_WAIT_2(5),
    CLOSE_WAIT(6),
    CLOSING(7),
    LAST_ACK(8),
    TIME_WAIT(9);

    private final int code;

    TcpState(int code) {
        this.code = code;
    }

    /** Stable number of this state. */
    public int code() {
        return code;
    }

    boolean mayBecome(TcpState next) {
        if (next == CLOSED) {
            return true;
        }
        return switch (this) {
            case CLOSED -> next == SYN_SENT || next == SYN_RECEIVED;
            case SYN_SENT -> next == ESTABLISHED;
            case SYN_RECEIVED -> next == ESTABLISHED;
            case ESTABLISHED -> next == FIN_WAIT_1 || next == CLOSE_WAIT;
            case FIN_WAIT_1 -> next == FIN_WAIT_2 || next == CLOSING || next == TIME_WAIT;
            case FIN_WAIT_2 -> next == TIME_WAIT;
            case CLOSE_WAIT -> next == LAST_ACK;
            case CLOSING -> next == TIME_WAIT;
            case LAST_ACK, TIME_WAIT -> false;
        };
    }

    /** Both ends have agreed on sequence numbers (RFC 9293 s3.3.2). */
    public boolean synchronised() {
        return switch (this) {
            case CLOSED, SYN_SENT, SYN_RECEIVED -> false;
            default -> true;
        };
    }

    /** New data may still be sent. */
    public boolean maySend() {
        return this == ESTABLISHED || this == CLOSE_WAIT;
    }

    /** The peer may still send data. */
    public boolean mayReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }
}
