package io.mptcplb.app.crew;

/**
 * An entry of a ring of news: what it is and its small parts in one long, then four more.
 *
 * <pre>
 *  63            48 47            32 31          16 15     8 7      0
 * |   local port   |  remote port   |   port index |  flags |  kind  |
 * </pre>
 */
final class News {
    static final int LONGS = 5;

    static final int FLOW_BEGINS = 0;
    static final int FLOW_ENDS = 1;
    static final int NEIGHBOUR_ASKED = 2;
    static final int NEIGHBOUR_CLAIMED = 3;

    private static final int SOLICITED = 1;
    private static final int OVERRIDE = 2;

    private News() {}

    static long ofFlow(int kind, int localPort, int remotePort) {
        return (long) localPort << 48 | (long) remotePort << 32 | kind;
    }

    static long ofNeighbour(int kind, int portIndex, boolean solicited, boolean override) {
        int flags = (solicited ? SOLICITED : 0) | (override ? OVERRIDE : 0);
        return (long) portIndex << 16 | flags << 8 | kind;
    }

    static int kind(long head) {
        return (int) head & 0xff;
    }

    static boolean solicited(long head) {
        return (head >>> 8 & SOLICITED) != 0;
    }

    static boolean override(long head) {
        return (head >>> 8 & OVERRIDE) != 0;
    }

    static int portIndex(long head) {
        return (int) (head >>> 16) & 0xffff;
    }

    static int remotePort(long head) {
        return (int) (head >>> 32) & 0xffff;
    }

    static int localPort(long head) {
        return (int) (head >>> 48);
    }
}
