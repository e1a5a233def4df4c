package io.mptcplb.stack.tcp;

/** Asking a peer with a closed window for it until it opens (RFC 9293 s3.8.6.1). */
final class WindowProbe {
    private boolean asking;
    private int unanswered;
    private boolean smallAllowed;

    void reset() {
        asking = false;
        smallAllowed = false;
    }

    boolean asking() {
        return asking;
    }

    void start() {
        asking = true;
        unanswered = 0;
    }

    void stop() {
        asking = false;
    }

    /** Another probe is due; returns how many in a row have had no answer, this one included. */
    int next() {
        return ++unanswered;
    }

    /** The peer lives, whatever its window. */
    void onAnswer() {
        unanswered = 0;
    }

    /**
     * A probe went unheeded although there is a small window: take even that (the override timeout
     * of RFC 9293 s3.8.6.2.1).
     */
    void allowSmall() {
        smallAllowed = true;
    }

    boolean smallAllowed() {
        return smallAllowed;
    }

    /** Data goes out again. */
    void onSent() {
        asking = false;
        smallAllowed = false;
    }
}
