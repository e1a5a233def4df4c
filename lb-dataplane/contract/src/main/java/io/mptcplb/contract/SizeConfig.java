package io.mptcplb.contract;

/**
 * The sizes of tables, allocated at start. A full table refuses by name; none ever grows. What
 * counts for all workers together is divided: each has its share of it, rounded up, to itself.
 *
 * @param maxConnections client connections of all workers together, 1 to 4,194,304
 * @param maxHalfOpen handshakes that are remembered before they are answered by cookie, of all
 *     workers together, 16 to 1,048,576
 * @param maxTimeWait closed connections that are remembered, of all workers together, 16 to
 *     4,194,304
 * @param maxNeighbours link-layer addresses that a port remembers, 16 to 65,536
 */
public record SizeConfig(int maxConnections, int maxHalfOpen, int maxTimeWait, int maxNeighbours) {
    public static final int CONNECTIONS_MAX = 1 << 22;
    public static final int TABLE_MIN = 16;
    public static final int HALF_OPEN_MAX = 1 << 20;
    public static final int NEIGHBOURS_MAX = 1 << 16;

    public SizeConfig {
        Rules.range("sizes.maxConnections", maxConnections, 1, CONNECTIONS_MAX);
        Rules.range("sizes.maxHalfOpen", maxHalfOpen, TABLE_MIN, HALF_OPEN_MAX);
        Rules.range("sizes.maxTimeWait", maxTimeWait, TABLE_MIN, CONNECTIONS_MAX);
        Rules.range("sizes.maxNeighbours", maxNeighbours, TABLE_MIN, NEIGHBOURS_MAX);
    }

    public static SizeConfig defaults() {
        return new SizeConfig(4096, 1024, 4096, 256);
    }
}
