package io.mptcplb.stack.tcp;

/**
 * What a session hears of one of its streams. Called from the worker thread; may call the stream
 * back.
 */
public interface StreamListener {
    /** An active open has completed. */
    void onConnected(Stream stream, long nowNanos);

    /** The received queue grew or was finished. */
    void onReceived(Stream stream, long nowNanos);

    /** The source queue was released further: the other side's window may grow. */
    void onReleased(Stream stream, long nowNanos);

    /** The deadline of {@link Stream#armTimer} has passed. */
    void onTimer(Stream stream, long nowNanos);

    /**
     * The stream's last word; it holds nothing of the session any more. {@code FINISHED} only if
     * both directions ended cleanly.
     */
    void onClosed(Stream stream, CloseCause cause, long nowNanos);
}
