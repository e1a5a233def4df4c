package io.mptcplb.contract;

import java.io.IOException;

/**
 * A file that is not a counter file, or one of another version or machine; the message says what
 * was found.
 */
public final class CounterFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public CounterFileException(String message) {
        super(message);
    }
}
