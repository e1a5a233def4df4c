package io.mptcplb.bench.lab;

import java.io.IOException;

/** The laboratory could not be built, or a tool in it failed: which, and what it said. */
public final class LabException extends IOException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }
}
