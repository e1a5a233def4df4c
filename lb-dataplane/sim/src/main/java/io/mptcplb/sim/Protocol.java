package io.mptcplb.sim;

/** What a simulated host runs. */
public interface Protocol {
    /** A received frame; the buffer is the protocol's. */
    void onFrame(int portIndex, long m, long nowNanos);

    /** Timers and output, once after the frames of a moment. */
    void cycle(long nowNanos);

    /** When {@link #cycle} is due without any frame; {@code Long.MAX_VALUE} for never. */
    long nextDeadlineNanos();

    /** A host that is not switched on. */
    final class Silent implements Protocol {
        @Override
        public void onFrame(int portIndex, long m, long nowNanos) {
            throw new IllegalStateException("a frame for a host that runs nothing");
        }

        @Override
        public void cycle(long nowNanos) {}

        @Override
        public long nextDeadlineNanos() {
            return Long.MAX_VALUE;
        }
    }
}
