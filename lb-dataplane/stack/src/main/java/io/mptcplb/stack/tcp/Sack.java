package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;

/** D-SACK: a first block that reports what was received twice (RFC 2883 s4). */
final class Sack {
    private Sack() {}

    /**
     * True when the first block lies below the cumulative acknowledgement or inside the second
     * block.
     */
    static boolean reportsDuplicate(TcpOptions options, int ack) {
        if (options.sackCount == 0) {
            return false;
        }
        int left = options.sackLeft[0];
        int right = options.sackRight[0];
        if (Seq32.before(left, ack)) {
            return Seq32.atOrBefore(right, ack);
        }
        return options.sackCount > 1
                && Seq32.atOrAfter(left, options.sackLeft[1])
                && Seq32.atOrBefore(right, options.sackRight[1]);
    }
}
