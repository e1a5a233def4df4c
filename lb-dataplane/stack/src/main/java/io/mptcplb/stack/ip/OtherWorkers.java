package io.mptcplb.stack.ip;

/**
 * What one worker has to say to the others, which share nothing with it but the rings behind this.
 * No call blocks; what finds no room is refused, and the caller counts that.
 *
 * <p>Each worker tells what its own hands are on: {@link #flowBegins} comes before the first frame
 * that the peer can answer, so that the answer's home knows of it in time.
 */
public interface OtherWorkers {
    /** For the only worker there is. */
    OtherWorkers NONE = new OtherWorkers() {};

    /**
     * Gives another worker a frame as it arrived, that nothing else holds: its reference count is
     * 1. False when there is no room; the frame stays the caller's.
     *
     * @param settled the other one owns the frame's flow, or nobody does: it goes no further
     */
    default boolean handOver(int worker, int portIndex, long m, boolean settled) {
        return false;
    }

    /**
     * Tells the home of a flow that it is ours. False when there is no room to tell this and, some
     * day, its end; {@link #flowEnds} is never refused then.
     */
    default boolean flowBegins(
            int home,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        return false;
    }

    /** Tells the home of a flow that it is nobody's any more. */
    default void flowEnds(
            int home,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {}

    /**
     * Tells everybody that a station has asked for us, and so where it is. False when somebody had
     * no room for it.
     */
    default boolean neighbourAsked(int portIndex, long hi, long lo, long mac) {
        return true;
    }

    /** Tells everybody where a station says an address is. False when somebody had no room. */
    default boolean neighbourClaimed(
            int portIndex, long hi, long lo, long mac, boolean solicited, boolean override) {
        return true;
    }
}
