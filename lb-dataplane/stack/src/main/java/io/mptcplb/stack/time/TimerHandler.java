package io.mptcplb.stack.time;

/** What a {@link TimerWheel} calls for a deadline that has passed. */
public interface TimerHandler {
    /**
     * The entry's deadline has passed and the entry is no longer armed. May arm and cancel any
     * entry, this one too; one that arms itself with a deadline already past is called by the next
     * {@link TimerWheel#expire}, so that it cannot loop.
     */
    void onTimer(int id, long nowNanos);
}
