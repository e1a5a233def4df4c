package io.mptcplb.stack.tcp;

import io.mptcplb.wire.DropReason;

/** What stands above an endpoint that nobody uses: closed, or in TIME-WAIT. */
final class NothingAbove implements SegmentExtension {
    @Override
    public int dataOptionBytes() {
        return 0;
    }

    @Override
    public boolean mayMerge() {
        return false;
    }

    @Override
    public boolean displacesTimestamps() {
        return false;
    }

    @Override
    public int writeOptions(TcpEndpoint tcp, OutgoingSegment out, long at, int roomBytes) {
        return 0;
    }

    @Override
    public DropReason onOptions(TcpEndpoint tcp, Segment segment, long nowNanos) {
        return DropReason.NONE;
    }

    @Override
    public void onEstablished(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public void onPayload(TcpEndpoint tcp, long m, long nowNanos) {
        throw new IllegalStateException("payload in " + tcp.state());
    }

    @Override
    public void onFinReceived(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public void onAcked(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public void pump(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public long receiveWindowBytes(TcpEndpoint tcp) {
        return 0;
    }

    @Override
    public long offeredWindowBytes(TcpEndpoint tcp) {
        return 0;
    }

    @Override
    public void onWindowOffered(TcpEndpoint tcp, long bytes) {}

    @Override
    public int budget(TcpEndpoint tcp) {
        return NO_BUDGET;
    }

    @Override
    public void onSilence(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public void onUserTimer(TcpEndpoint tcp, long nowNanos) {}

    @Override
    public void onClosed(TcpEndpoint tcp, CloseCause cause, long nowNanos) {}
}
