package io.mptcplb.dpdk;

/** DPDK cannot do what was asked at start or by configuration. Never thrown on the packet path. */
public final class DpdkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DpdkError error;

    /** An error with {@code what} happened, whose remedy names something. */
    public DpdkException(DpdkError error, String what, Object remedyArgument) {
        super(error + ": " + what + ". " + error.remedy(remedyArgument) + ".");
        this.error = error;
    }

    /** An error with {@code what} happened. */
    public DpdkException(DpdkError error, String what) {
        this(error, what, "");
    }

    /** A system call said {@code minusErrno}. */
    public static DpdkException ofSystemCall(String call, int minusErrno) {
        return new DpdkException(
                DpdkError.SYSTEM_CALL_FAILED, call + ": " + Natives.errorText(minusErrno));
    }

    public DpdkError error() {
        return error;
    }
}
