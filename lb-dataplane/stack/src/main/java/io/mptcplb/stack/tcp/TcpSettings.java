package io.mptcplb.stack.tcp;

/**
 * Limits of one worker's TCP, fixed at start.
 *
 * @param endpoints TCP endpoints (subflows and backend connections) at once
 * @param synReceivedMax endpoints that may wait for a third ACK
 * @param windowShift window scale that we announce, 0 to 14 (RFC 7323 s2.3)
 * @param initialWindowBytes window offered before a session exists
 * @param runsMax holes that one peer may open in its stream
 * @param timeWaitNanos how long TIME-WAIT lasts; short of endpoints, the oldest ends earlier
 * @param timeWaitActiveNanos the same for connections that we opened
 * @param connectNanos how long an active open may take
 */
public record TcpSettings(
        int endpoints,
        int synReceivedMax,
        int windowShift,
        int initialWindowBytes,
        int runsMax,
        long timeWaitNanos,
        long timeWaitActiveNanos,
        long connectNanos) {
    /** RFC 9293 s3.7.1, when the peer names none. */
    static final int DEFAULT_MSS_BYTES = 536;

    /** Below this an MSS option is an attack, not a path. */
    static final int MSS_BYTES_MIN = 88;

    /** What a load balancer of ordinary size wants. */
    public static TcpSettings defaults(int endpoints) {
        return new TcpSettings(
                endpoints,
                Math.max(endpoints / 4, 16),
                8,
                65_535,
                256,
                10_000_000_000L,
                1_000_000_000L,
                5_000_000_000L);
    }
}
