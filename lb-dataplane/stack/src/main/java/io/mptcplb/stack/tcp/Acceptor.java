package io.mptcplb.stack.tcp;

/** Who takes the connections of one listening address and port (a virtual server). */
public interface Acceptor {
    /**
     * A client has completed the handshake. Must {@link Stream#attach} the stream, or {@link
     * Stream#abort} it.
     *
     * @param listener the listener it came through
     */
    void onAccepted(Stream stream, Listener listener, long nowNanos);
}
