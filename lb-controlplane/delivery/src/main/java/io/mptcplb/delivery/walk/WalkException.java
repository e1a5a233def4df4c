package io.mptcplb.delivery.walk;

import java.io.IOException;

/** Something that the walk wants is not so. */
final class WalkException extends IOException {
    private static final long serialVersionUID = 1L;

    WalkException(String what) {
        super(what);
    }
}
