package io.mptcplb.proxy;

import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;

/** A client that is turned away: may only be aborted. */
final class AbortedUnattached implements Stream {
    int aborts;

    @Override
    public void attach(StreamListener to, StreamQueue received, StreamQueue source, int budget) {
        throw new AssertionError("a refused client was attached");
    }

    @Override
    public void sourceChanged(long nowNanos) {
        throw new AssertionError("a refused client was given bytes");
    }

    @Override
    public void windowMayHaveGrown(long nowNanos) {
        throw new AssertionError("a refused client was asked for more");
    }

    @Override
    public long bandwidthDelayBytes() {
        return 0;
    }

    @Override
    public int payloadMax() {
        return FakeStream.PAYLOAD_MAX;
    }

    @Override
    public void abort(long nowNanos) {
        aborts++;
    }

    @Override
    public void armTimer(long deadlineNanos) {
        throw new AssertionError("a refused client was given time");
    }
}
