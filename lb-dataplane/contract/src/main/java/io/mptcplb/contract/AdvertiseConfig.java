package io.mptcplb.contract;

/**
 * An address that a virtual server announces to its clients with ADD_ADDR (RFC 8684 s3.4.1).
 *
 * @param id the address id on the wire, 1 to 255; 0 is the connection's initial address
 * @param port the NIC port that the address belongs to
 * @param address the announced address: the port's own, or a virtual server address of the same IP
 *     version
 * @param tcpPort the announced TCP port; 0 = none, so that the client joins the port it first
 *     connected to
 */
public record AdvertiseConfig(int id, String port, IpAddress address, int tcpPort) {
    public static final int ID_MAX = 255;

    public AdvertiseConfig {
        Rules.range("advertise.id", id, 1, ID_MAX);
        Rules.name("advertise.port", port);
        Rules.require(
                PortConfig.isHostAddress(address),
                "advertise.address",
                address + " is not a host address");
        Rules.range("advertise.tcpPort", tcpPort, 0, 65_535);
    }
}
