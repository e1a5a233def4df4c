package io.mptcplb.contract;

/**
 * How long a session waits, each from 1 ms to 7 days.
 *
 * @param idleNanos neither side sent a byte: the session is reset
 * @param backendConnectNanos one backend's handshake: then the next backend is tried
 * @param halfClosedNanos one side has finished and the other sent nothing since: the session is
 *     reset
 * @param withoutSubflowNanos an MPTCP connection has no subflow left: it waits this long for a new
 *     one
 */
public record TimeoutConfig(
        long idleNanos, long backendConnectNanos, long halfClosedNanos, long withoutSubflowNanos) {
    public static final long NANOS_MIN = 1_000_000L;
    public static final long NANOS_MAX = 7L * 86_400 * 1_000_000_000;

    public TimeoutConfig {
        Rules.range("timeouts.idle", idleNanos, NANOS_MIN, NANOS_MAX);
        Rules.range("timeouts.backendConnect", backendConnectNanos, NANOS_MIN, NANOS_MAX);
        Rules.range("timeouts.halfClosed", halfClosedNanos, NANOS_MIN, NANOS_MAX);
        Rules.range("timeouts.withoutSubflow", withoutSubflowNanos, NANOS_MIN, NANOS_MAX);
    }

    /** 5 min idle, 5 s to connect, 30 s half closed, 60 s without a subflow. */
    public static TimeoutConfig defaults() {
        return new TimeoutConfig(
                300_000_000_000L, 5_000_000_000L, 30_000_000_000L, 60_000_000_000L);
    }
}
