package io.mptcplb.stack.mptcp;

import java.util.List;

/**
 * How a virtual server speaks MPTCP to some clients. Immutable; live connections go over to another
 * one (ADR 12). As a {@link PolicySource} it is that of all clients.
 */
public final class MptcpPolicy implements PolicySource {
    /** Most subflows beyond the first one. */
    public static final int SUBFLOWS_MAX = 8;

    /** Most addresses announced on one connection. */
    public static final int ANNOUNCEMENTS_MAX = 16;

    private static final long PATHLESS_NANOS = 60_000_000_000L;

    private final boolean enabled;
    private final boolean checksum;
    private final boolean denyJoinInitial;
    private final int subflowsMax;
    private final Announcement[] announcements;
    private final long backupPorts;
    private final PathRule[] rules;
    private final long pathlessNanos;

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
        this.enabled = enabled;
        this.checksum = checksum;
        this.denyJoinInitial = denyJoinInitial;
        this.subflowsMax = subflowsMax;
        this.announcements = announcements.toArray(new Announcement[0]);
        this.backupPorts = backupPorts;
        rules = new PathRule[0];
        pathlessNanos = PATHLESS_NANOS;
        if (subflowsMax < 0 || subflowsMax > SUBFLOWS_MAX) {
            throw new IllegalArgumentException("subflowsMax " + subflowsMax);
        }
        if (this.announcements.length > ANNOUNCEMENTS_MAX) {
            throw new IllegalArgumentException(this.announcements.length + " announcements");
        }
    }

    private MptcpPolicy(MptcpPolicy of, List<PathRule> rules, long pathlessNanos) {
        enabled = of.enabled;
        checksum = of.checksum;
        denyJoinInitial = of.denyJoinInitial;
        subflowsMax = of.subflowsMax;
        announcements = of.announcements;
        backupPorts = of.backupPorts;
        this.rules = rules.toArray(new PathRule[0]);
        this.pathlessNanos = pathlessNanos;
    }

    /** Two further subflows, no checksum, nothing announced, no backup. */
    public static MptcpPolicy defaults() {
        return new MptcpPolicy(true, false, false, 2, List.of(), 0);
    }

    /** The same under rules that stand above its backup ports: of those that fit, the last. */
    public MptcpPolicy under(List<PathRule> pathRules) {
        return new MptcpPolicy(this, pathRules, pathlessNanos);
    }

    /** The same for connections that wait so long without a subflow; else it is a minute. */
    public MptcpPolicy waiting(long withoutSubflowNanos) {
        return new MptcpPolicy(this, List.of(rules), withoutSubflowNanos);
    }

    @Override
    public MptcpPolicy policyFor(long clientHi, long clientLo) {
        return this;
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

    /** How long a connection without a subflow waits for a join. */
    long pathlessNanos() {
        return pathlessNanos;
    }

    int announcementCount() {
        return announcements.length;
    }

    Announcement announcement(int index) {
        return announcements[index];
    }

    /** Where exactly this is announced, or -1. */
    int indexOf(Announcement wanted) {
        for (int i = 0; i < announcements.length; i++) {
            if (announcements[i].equals(wanted)) {
                return i;
            }
        }
        return -1;
    }

    /** What a subflow over this port is declared as, of a connection from this client address. */
    boolean backup(int portIndex, long clientHi, long clientLo) {
        for (int i = rules.length - 1; i >= 0; i--) {
            if (rules[i].fits(portIndex, clientHi, clientLo)) {
                return rules[i].backup();
            }
        }
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
