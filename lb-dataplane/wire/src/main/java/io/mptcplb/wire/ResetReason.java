package io.mptcplb.wire;

/** Reason codes of MP_TCPRST (RFC 8684 s3.6). */
public enum ResetReason {
    UNSPECIFIED(0),
    MPTCP_ERROR(1),
    LACK_OF_RESOURCES(2),
    PROHIBITED(3),
    TOO_MUCH_OUTSTANDING_DATA(4),
    UNACCEPTABLE_PERFORMANCE(5),
    MIDDLEBOX_INTERFERENCE(6);

    private static final ResetReason[] BY_CODE = values();

    private final int code;

    ResetReason(int code) {
        this.code = code;
    }

    /** The octet on the wire. */
    public int code() {
        return code;
    }

    /** The reason of a received octet; codes that the RFC does not assign are UNSPECIFIED. */
    public static ResetReason ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNSPECIFIED;
    }
}
