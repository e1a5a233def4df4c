package io.mptcplb.proxy;

import io.mptcplb.stack.tcp.Stream;
import org.jspecify.annotations.Nullable;

/** Opens connections to backends, in two steps so that the session is bound before a byte moves. */
interface BackendConnector {
    /** A stream to this backend with route and port chosen; null when there is no way. */
    @Nullable Stream prepare(Backend backend, long nowNanos);

    /**
     * Sends the first segment of a prepared and attached stream.
     *
     * @param mssBytes what the backend may send in one segment, TCP options included
     */
    void connect(Stream prepared, int mssBytes, long nowNanos);
}
