package io.mptcplb.stack.tcp;

import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The segment that is being processed: one per worker, reused, never kept. */
public final class Segment {
    final TcpOptions options = new TcpOptions();
    @Nullable NetPort port;
    @Nullable IpFacts facts;
    long m;
    boolean taken;
    int seq;
    int ack;
    int flags;
    int window;
    int localPort;
    int remotePort;
    int payloadBytes;
    int headerBytes;

    public TcpOptions options() {
        return options;
    }

    /** The port it arrived on. */
    public NetPort port() {
        return Objects.requireNonNull(port);
    }

    /** Addresses, seen from here. */
    public IpFacts facts() {
        return Objects.requireNonNull(facts);
    }

    /**
     * The buffer, its data starting at the payload; an extension may note a mapping in its {@code
     * Payload}.
     */
    public long buffer() {
        return m;
    }

    public int seq() {
        return seq;
    }

    public int ack() {
        return ack;
    }

    /** {@code flag} is one of {@code TcpView.FIN} and its fellows. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Window field, not scaled. */
    public int window() {
        return window;
    }

    public int localPort() {
        return localPort;
    }

    public int remotePort() {
        return remotePort;
    }

    public int payloadBytes() {
        return payloadBytes;
    }

    /** Sequence space that the segment takes. */
    int length() {
        return payloadBytes + (has(TcpView.SYN) ? 1 : 0) + (has(TcpView.FIN) ? 1 : 0);
    }
}
