package io.mptcplb.stack.mptcp;

/**
 * Limits of one worker's MPTCP, fixed at start.
 *
 * @param connections MPTCP connections at once; beyond them clients get plain TCP
 * @param workerId which worker this is, 0 to 2^workerBits - 1
 * @param workerBits leading bits of a token that name its worker, 0 to 8
 * @param keysReady keys drawn ahead
 * @param runsMax holes in one connection's data
 */
public record MptcpSettings(
        int connections, int workerId, int workerBits, int keysReady, int runsMax) {
    public MptcpSettings {
        if (workerBits < 0 || workerBits > 8 || workerId < 0 || workerId >> workerBits != 0) {
            throw new IllegalArgumentException(
                    "worker " + workerId + " in " + workerBits + " bits");
        }
    }

    /** What a load balancer of ordinary size wants, with one worker. */
    public static MptcpSettings defaults(int connections) {
        return new MptcpSettings(connections, 0, 0, Math.min(connections, 1024), 512);
    }
}
