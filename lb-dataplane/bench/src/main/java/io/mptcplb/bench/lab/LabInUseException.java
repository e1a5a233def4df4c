package io.mptcplb.bench.lab;

import java.io.IOException;

/** Another lab of the same prefix is in use. */
public final class LabInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    LabInUseException(String prefix) {
        super("a laboratory named " + prefix + " is in use by another process");
    }
}
