package io.mptcplb.proxy;

import io.mptcplb.stack.tcp.PlainStream;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.TcpStack;
import org.jspecify.annotations.Nullable;

/** Backends over the worker's own TCP. */
final class TcpBackendConnector implements BackendConnector {
    private final TcpStack tcp;

    TcpBackendConnector(TcpStack tcp) {
        this.tcp = tcp;
    }

    @Override
    public @Nullable Stream prepare(Backend backend, long nowNanos) {
        return tcp.prepare(backend.addressHi(), backend.addressLo(), backend.port(), nowNanos);
    }

    @Override
    public void connect(Stream prepared, int mssBytes, long nowNanos) {
        ((PlainStream) prepared).connect(mssBytes, nowNanos);
    }
}
