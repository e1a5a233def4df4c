package io.mptcplb.app.house.planted.wire;

import io.mptcplb.app.house.planted.stack.mptcp.KnowsTcp;

/** Planted: wire must not know the stack; and the stack knows wire, a cycle. */
public final class KnowsStack {
    public final KnowsTcp up = new KnowsTcp();
}
