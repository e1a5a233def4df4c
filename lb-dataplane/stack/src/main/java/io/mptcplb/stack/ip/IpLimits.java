package io.mptcplb.stack.ip;

/**
 * What an {@link IpLayer} is sized for; nothing grows afterwards.
 *
 * @param portsMax ports, 1 to 64
 * @param addressesPerPort own addresses and VIPs of one port
 * @param routesPerPort prefixes in one port's routing table, on-link ones included
 * @param neighboursPerPort entries in one port's neighbour table, at least 2
 * @param waitingFramesPerPort frames that wait for neighbours to be resolved, over all entries
 * @param echoRepliesPerSecond ICMP echo replies that one port sends in a second
 */
public record IpLimits(
        int portsMax,
        int addressesPerPort,
        int routesPerPort,
        int neighboursPerPort,
        int waitingFramesPerPort,
        int echoRepliesPerSecond) {
    /** Eight ports, a thousand VIPs and a thousand neighbours on each. */
    public static IpLimits standard() {
        return new IpLimits(8, 1_024, 64, 1_024, 256, 1_000);
    }
}
