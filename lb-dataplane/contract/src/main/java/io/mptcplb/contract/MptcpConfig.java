package io.mptcplb.contract;

import java.util.List;

/**
 * How a virtual server speaks MPTCP to its clients.
 *
 * @param enabled false answers MP_CAPABLE with plain TCP
 * @param joinInitialAddress false sets the C flag (RFC 8684 s3.1): clients must not join the
 *     address they first connected to, only announced ones
 * @param checksumRequired true sets the A flag: DSS checksums both ways
 * @param maxSubflows subflows beyond the first one, 0 to 8
 * @param advertise addresses announced on each connection, ids distinct, at most 8
 * @param backupPorts NIC ports whose subflows are declared backup (MP_PRIO, B flag)
 */
public record MptcpConfig(
        boolean enabled,
        boolean joinInitialAddress,
        boolean checksumRequired,
        int maxSubflows,
        List<AdvertiseConfig> advertise,
        List<String> backupPorts) {
    public static final int SUBFLOWS_MAX = 8;
    public static final int ADVERTISE_MAX = 8;
    public static final int BACKUP_PORTS_MAX = LbConfig.PORTS_MAX;

    public MptcpConfig {
        Rules.range("mptcp.maxSubflows", maxSubflows, 0, SUBFLOWS_MAX);
        advertise = Rules.list("mptcp.advertise", advertise, 0, ADVERTISE_MAX);
        backupPorts = Rules.list("mptcp.backupPorts", backupPorts, 0, BACKUP_PORTS_MAX);
        Rules.distinct("mptcp.advertise", advertise, AdvertiseConfig::id);
        Rules.distinct(
                "mptcp.advertise",
                advertise,
                entry -> entry.address() + " port " + entry.tcpPort());
        Rules.distinct("mptcp.backupPorts", backupPorts, port -> port);
    }

    /** Enabled, two further subflows, nothing announced, no backup. */
    public static MptcpConfig defaults() {
        return new MptcpConfig(true, true, false, 2, List.of(), List.of());
    }
}
