package io.mptcplb.contract;

/**
 * One server of a pool, reached by plain TCP.
 *
 * @param name unique in its pool
 * @param address where it listens
 * @param port its TCP port, 1 to 65,535
 * @param weight its share of new sessions relative to the others, 0 to 256; 0 gets none
 */
public record BackendConfig(String name, IpAddress address, int port, int weight) {
    public static final int WEIGHT_MAX = 256;

    public BackendConfig {
        Rules.name("backends.name", name);
        Rules.require(
                PortConfig.isHostAddress(address),
                "backends.address",
                address + " is not a host address");
        Rules.range("backends.port", port, 1, 65_535);
        Rules.range("backends.weight", weight, 0, WEIGHT_MAX);
    }
}
