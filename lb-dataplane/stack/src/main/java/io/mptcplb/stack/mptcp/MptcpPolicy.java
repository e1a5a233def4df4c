package io.mptcplb.stack.mptcp;

import java.util.List;

/** How one virtual server speaks MPTCP. Immutable; a live connection may be given another one. */
public final class MptcpPolicy {
    /** Most subflows beyond the first one. */
    public static final int SUBFLOWS_MAX = 8;

    private final boolean enabled;
    private final boolean checksum;
    private final boolean denyJoinInitial;
    private final int subflowsMax;
    private final Announcement[] announcements;
    private final long backupPorts;

    /**
     * @param checksum A flag: DSS checksums both ways
     * @param denyJoinInitial C flag: clients join announced addresses only
     * @param subflowsMax subflows beyond the first one, 0 to {@link #SUBFLOWS_MAX}
     * @param backupPorts bit per NIC port index: subflows there are declared backup
     */
    public MptcpPolicy(
            boolean enabled,
            boolean checksum,
            boolean denyJoinInitial,
            int subflowsMax,
            List<Announcement> announcements,
            long backupPorts) {
        if (subflowsMax < 0 || subflowsMax > SUBFLOWS_MAX) {
            throw new IllegalArgumentException("subflowsMax " + subflowsMax);
        }
        this.enabled = enabled;
        this.checksum = checksum;
        this.denyJoinInitial = denyJoinInitial;
        this.subflowsMax = subflowsMax;
        this.announcements = announcements.toArray(new Announcement[0]);
        this.backupPorts = backupPorts;
    }

    /** Two further subflows, no checksum, nothing announced, no backup. */
    public static MptcpPolicy defaults() {
        return new MptcpPolicy(true, false, false, 2, List.of(), 0);
    }

    boolean enabled() {
        return enabled;
    }

    boolean checksum() {
        return checksum;
    }

    boolean denyJoinInitial() {
        return denyJoinInitial;
    }

    int subflowsMax() {
        return subflowsMax;
    }

    int announcementCount() {
        return announcements.length;
    }

    Announcement announcement(int index) {
        return announcements[index];
    }

    boolean backup(int portIndex) {
        return (backupPorts >>> portIndex & 1) != 0;
    }

    /** The id by which this address and port were announced; -1 if they were not. */
    int announcedId(long hi, long lo, int port, int initialPort) {
        for (Announcement each : announcements) {
            int announcedPort = each.port() == 0 ? initialPort : each.port();
            if (each.hi() == hi && each.lo() == lo && announcedPort == port) {
                return each.id();
            }
        }
        return -1;
    }
}
