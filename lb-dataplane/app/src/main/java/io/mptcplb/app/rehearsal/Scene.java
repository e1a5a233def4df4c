package io.mptcplb.app.rehearsal;

/** One thing that happens to connections, played from open to end. */
enum Scene {
    PLAIN_DOWNLOAD(1, false, 100, 1_000_000, false, Incident.NONE),
    PLAIN_UPLOAD(1, false, 1_000_000, 100, false, Incident.NONE),
    PLAIN_MANY(32, false, 500, 4_000, false, Incident.NONE),
    PLAIN_EXCHANGES(8, false, 100, false),
    PLAIN_BULK(8, false, 100, 1_500_000, false, Incident.NONE),
    PLAIN_SLOW_READER(2, false, 100, 1_500_000),
    PLAIN_LOSSY_EXCHANGES(8, false, 100, true),
    PLAIN_LOSSY(4, false, 200_000, 200_000, true, Incident.NONE),
    PLAIN_CLIENT_ABORTS(1, false, 100, 400_000, false, Incident.CLIENT_ABORTS),
    BACKEND_ABORTS(1, false, 100, 400_000, false, Incident.BACKEND_ABORTS),
    MULTIPATH_DOWNLOAD(1, true, 100, 2_000_000, false, Incident.NONE),
    MULTIPATH_UPLOAD(1, true, 2_000_000, 100, false, Incident.NONE),
    MULTIPATH_MANY(16, true, 500, 4_000, false, Incident.NONE),
    /** Joins that come too late, or that the client resets. */
    MULTIPATH_HASTY(16, true, 100, 100, false, Incident.NONE),
    MULTIPATH_EXCHANGES(8, true, 100, false),
    MULTIPATH_BULK(8, true, 100, 1_500_000, false, Incident.NONE),
    MULTIPATH_SLOW_READER(2, true, 100, 1_500_000),
    MULTIPATH_LOSSY_EXCHANGES(8, true, 100, true),
    MULTIPATH_LOSSY(4, true, 300_000, 300_000, true, Incident.NONE),
    MULTIPATH_PATH_DARK(2, true, 1_000_000, 1_000_000, false, Incident.PATH_DARK),
    MULTIPATH_CLIENT_ABORTS(1, true, 100, 400_000, false, Incident.CLIENT_ABORTS),
    MULTIPATH_BACKEND_ABORTS(1, true, 100, 400_000, false, Incident.BACKEND_ABORTS);

    /** What happens once the first client has received a quarter of its bytes. */
    enum Incident {
        NONE,
        /** The second path swallows everything for a second. */
        PATH_DARK,
        CLIENT_ABORTS,
        BACKEND_ABORTS
    }

    final int connections;
    final boolean multipath;
    final long upBytes;
    final long downBytes;
    final boolean lossy;
    final Incident incident;

    /** Bytes of a request, which waits for the answer to the one before it; 0: no such turns. */
    final int exchangeBytes;

    /** The clients read so little at a time that their windows hold the box up. */
    final boolean slow;

    /** Connections end before their joins have come to anything. */
    boolean hasty() {
        return this == MULTIPATH_HASTY;
    }

    Scene(int connections, boolean multipath, int exchangeBytes, boolean lossy) {
        this.connections = connections;
        this.multipath = multipath;
        this.exchangeBytes = exchangeBytes;
        this.lossy = lossy;
        upBytes = 200L * exchangeBytes;
        downBytes = upBytes;
        incident = Incident.NONE;
        slow = false;
    }

    Scene(int connections, boolean multipath, long upBytes, long downBytes) {
        this.connections = connections;
        this.multipath = multipath;
        this.upBytes = upBytes;
        this.downBytes = downBytes;
        lossy = false;
        incident = Incident.NONE;
        exchangeBytes = 0;
        slow = true;
    }

    Scene(
            int connections,
            boolean multipath,
            long upBytes,
            long downBytes,
            boolean lossy,
            Incident incident) {
        this.connections = connections;
        this.multipath = multipath;
        this.upBytes = upBytes;
        this.downBytes = downBytes;
        this.lossy = lossy;
        this.incident = incident;
        exchangeBytes = 0;
        slow = false;
    }
}
