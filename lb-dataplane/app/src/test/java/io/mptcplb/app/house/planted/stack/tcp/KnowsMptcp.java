package io.mptcplb.app.house.planted.stack.tcp;

import io.mptcplb.app.house.planted.stack.mptcp.KnowsTcp;

/** Planted: TCP must not know MPTCP; and MPTCP knows TCP, a cycle. */
public final class KnowsMptcp {
    final KnowsTcp up = new KnowsTcp();
}
