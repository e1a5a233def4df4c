package io.mptcplb.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * Endpoints in the order in which they entered a state. Entries may be out of date; {@link #pollIn}
 * skips them.
 */
final class EndpointRing {
    private final @Nullable TcpEndpoint[] ring;
    private int head;
    private int count;

    EndpointRing(int capacity) {
        ring = new TcpEndpoint[capacity];
    }

    /** Adds one; the oldest falls out of a full ring. */
    void offer(TcpEndpoint tcp) {
        if (count == ring.length) {
            take();
        }
        ring[(head + count) % ring.length] = tcp;
        count++;
    }

    /** The oldest that is still in this state, or null. */
    @Nullable TcpEndpoint pollIn(TcpState state) {
        while (count > 0) {
            TcpEndpoint tcp = take();
            if (tcp != null && tcp.state() == state) {
                return tcp;
            }
        }
        return null;
    }

    private @Nullable TcpEndpoint take() {
        TcpEndpoint tcp = ring[head];
        ring[head] = null;
        head = (head + 1) % ring.length;
        count--;
        return tcp;
    }
}
