package io.mptcplb.app.house.planted.stack.mptcp;

import io.mptcplb.app.house.planted.stack.tcp.KnowsMptcp;
import io.mptcplb.app.house.planted.wire.KnowsStack;

/** Planted: half of two cycles. */
public final class KnowsTcp {
    static int of(KnowsMptcp tcp, KnowsStack wire) {
        return tcp.hashCode() + wire.hashCode();
    }
}
