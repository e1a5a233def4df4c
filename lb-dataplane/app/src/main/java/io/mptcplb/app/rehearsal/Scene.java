package io.mptcplb.app.rehearsal;

/** One thing that happens to connections, played from open to end. */
enum Scene {
    PLAIN_DOWNLOAD(1, false, 100, 1_000_000, false, Incident.NONE),
    PLAIN_UPLOAD(1, false, 1_000_000, 100, false, Incident.NONE),
    PLAIN_MANY(32, false, 500, 4_000, false, Incident.NONE),
    PLAIN_EXCHANGES(8, false, 100),
    PLAIN_LOSSY(4, false, 200_000, 200_000, true, Incident.NONE),
    PLAIN_CLIENT_ABORTS(1, false, 100, 400_000, false, Incident.CLIENT_ABORTS),
    BACKEND_ABORTS(1, false, 100, 400_000, false, Incident.BACKEND_ABORTS),
    MULTIPATH_DOWNLOAD(1, true, 100, 2_000_000, false, Incident.NONE),
    MULTIPATH_UPLOAD(1, true, 2_000_000, 100, false, Incident.NONE),
    MULTIPATH_MANY(16, true, 500, 4_000, false, Incident.NONE),
    MULTIPATH_EXCHANGES(8, true, 100),
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

    Scene(int connections, boolean multipath, int exchangeBytes) {
        this.connections = connections;
        this.multipath = multipath;
        this.exchangeBytes = exchangeBytes;
        upBytes = 200L * exchangeBytes;
        downBytes = upBytes;
        lossy = false;
        incident = Incident.NONE;
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
    }
}
