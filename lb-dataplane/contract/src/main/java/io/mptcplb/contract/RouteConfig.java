package io.mptcplb.contract;

/**
 * Where a port sends what is not on its own link. The longest prefix wins.
 *
 * @param destination a network, host bits zero; {@code 0.0.0.0/0} and {@code ::/0} are default
 *     routes
 * @param gateway an on-link neighbour of the same IP version; unspecified where all of the
 *     destination is on the link, as the kernel says of some
 */
public record RouteConfig(IpPrefix destination, IpAddress gateway) {
    public RouteConfig {
        Rules.require(
                destination.equals(destination.network()),
                "routes.to",
                destination + " has host bits set, the network is " + destination.network());
        Rules.require(
                destination.address().isV4() == gateway.isV4(),
                "routes.via",
                "IP version differs from " + destination);
    }

    /** Without a gateway. */
    public static RouteConfig onLink(IpPrefix destination) {
        IpAddress none = destination.address().isV4() ? IpAddress.v4(0) : new IpAddress(0, 0);
        return new RouteConfig(destination, none);
    }

    /** True when the destination's hosts are neighbours. */
    public boolean isOnLink() {
        return gateway.isUnspecified();
    }
}
