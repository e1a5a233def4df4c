package io.mptcplb.dpdk;

/** DPDK cannot do what was asked at start or by configuration. Never thrown on the packet path. */
public final class DpdkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DpdkError error;

    DpdkException(DpdkError error, String what, Object remedyArgument) {
        super(error + ": " + what + ". " + error.remedy(remedyArgument) + ".");
        this.error = error;
    }

    DpdkException(DpdkError error, String what) {
        this(error, what, "");
    }

    public DpdkError error() {
        return error;
    }
}
