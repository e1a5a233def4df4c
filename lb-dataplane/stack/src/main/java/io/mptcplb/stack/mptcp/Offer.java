package io.mptcplb.stack.mptcp;

import io.mptcplb.wire.MptcpOptions;
import org.jspecify.annotations.Nullable;

/** What a client's SYN offered, what we answered, and why it is plain TCP if it is. */
public final class Offer {
    /** Instead of a version or flags: there was no MP_CAPABLE. */
    public static final int NONE = -1;

    private int version;
    private int flags;
    private int answered;
    private @Nullable FallbackCause cause;

    Offer() {
        clear();
    }

    void clear() {
        version = NONE;
        flags = NONE;
        answered = NONE;
        cause = null;
    }

    void read(MptcpOptions syn) {
        version = syn.capableVersion;
        flags = syn.capableFlags;
    }

    void copy(Offer from) {
        version = from.version;
        flags = from.flags;
        answered = from.answered;
        cause = from.cause;
    }

    void answered(int answeredFlags) {
        answered = answeredFlags;
    }

    void refused(FallbackCause why) {
        cause = why;
    }

    /** MPTCP version that the SYN offered, or {@link #NONE}. */
    public int version() {
        return version;
    }

    /** Flags of the SYN's MP_CAPABLE, or {@link #NONE}. */
    public int flags() {
        return flags;
    }

    /** Flags of our SYN/ACK's MP_CAPABLE; {@link #NONE} where it had none. */
    public int answeredFlags() {
        return answered;
    }

    /** Why it is plain TCP now; null for MPTCP, and for clients that did not ask. */
    public @Nullable FallbackCause cause() {
        return cause;
    }
}
