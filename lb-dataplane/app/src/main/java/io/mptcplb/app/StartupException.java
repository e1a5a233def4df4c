package io.mptcplb.app;

/** The process cannot serve what it was asked to; carries the exit status and one line. */
final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Statuses of sysexits.h: the supervisor does not restart a process that ends with one. */
    static final int USAGE = 64;

    static final int BAD_DATA = 65;
    static final int NO_INPUT = 66;
    static final int UNAVAILABLE = 69;
    static final int OS_ERROR = 71;
    static final int CANNOT_CREATE = 73;
    static final int NO_PERMISSION = 77;
    static final int BAD_CONFIG = 78;

    private final int status;

    StartupException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** What the process exits with. */
    int status() {
        return status;
    }
}
