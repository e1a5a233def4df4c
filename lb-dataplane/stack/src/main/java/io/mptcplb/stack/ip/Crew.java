package io.mptcplb.stack.ip;

import io.mptcplb.frame.Steering;

/**
 * A worker's place among all of them.
 *
 * @param worker its number, from 0; also that of its queue of every port
 * @param steering where flows are at home
 * @param others the way to the other workers
 */
public record Crew(int worker, Steering steering, OtherWorkers others) {
    /** The only worker there is. */
    public static final Crew ALONE = new Crew(0, Steering.ONE, OtherWorkers.NONE);

    /** How many workers there are. */
    public int workers() {
        return steering.queues();
    }

    /** Speaks for all where one voice is enough. */
    public boolean speaksForAll() {
        return worker == 0;
    }

    /** The worker at which a flow's frames are to arrive. */
    public int homeOf(long remoteHi, long remoteLo, int localPort, int remotePort) {
        return steering.queueOf(remoteHi, remoteLo, localPort, remotePort);
    }
}
