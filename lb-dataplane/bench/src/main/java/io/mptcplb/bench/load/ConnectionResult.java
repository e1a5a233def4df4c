package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.MptcpInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One bulk connection, as both its ends saw it.
 *
 * @param index 0 for the first connection of a run
 * @param error one word, such as {@code recv:ECONNRESET}; null if all went as agreed
 * @param connectNanos until connect() returned
 * @param totalNanos until the connection was closed at both ends, or failed
 * @param mptcp MPTCP at the end of the transfer
 * @param up what the backend saw; null if it was not to receive, or could not tell
 * @param down what the client saw; null if it was not to receive
 */
public record ConnectionResult(
        int index,
        @Nullable String error,
        long connectNanos,
        long totalNanos,
        MptcpInfo mptcp,
        @Nullable Verdict up,
        @Nullable Verdict down) {

    public boolean verified() {
        return error == null && (up == null || up.verified()) && (down == null || down.verified());
    }

    @Override
    public String toString() {
        return String.format(
                        Locale.ROOT,
                        "conn=%d ok=%d error=%s connect_ms=%.2f total_s=%.3f mptcp=%d subflows=%d"
                                + " retransmits=%d",
                        index,
                        verified() ? 1 : 0,
                        error == null ? "-" : error,
                        connectNanos / 1e6,
                        totalNanos / 1e9,
                        mptcp.mptcp() ? 1 : 0,
                        mptcp.subflows(),
                        mptcp.retransmits())
                + (up == null ? "" : " " + up.text("up_"))
                + (down == null ? "" : " " + down.text("down_"));
    }
}
