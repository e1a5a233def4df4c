package io.mptcplb.bench.load;

import java.io.IOException;

/** The other end did not do what was agreed. The message is one word, for the result line. */
final class LoadException extends IOException {
    private static final long serialVersionUID = 1L;

    LoadException(String word) {
        super(word);
    }
}
