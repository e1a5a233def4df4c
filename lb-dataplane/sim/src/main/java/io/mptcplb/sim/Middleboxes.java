package io.mptcplb.sim;

import io.mptcplb.stack.random.Prng;

/** Ready-made middleboxes. */
public final class Middleboxes {
    private static final int FIN_PSH = 0x09;

    private Middleboxes() {}

    /** Changes nothing. */
    public static Middlebox none() {
        return (frame, fromA, nowNanos, wire) -> wire.pass(frame);
    }

    /**
     * Cuts every {@code oneIn}-th data segment in two, as proxies and offloading devices do; the
     * pieces may overlap by some bytes.
     */
    public static Middlebox cutter(Prng prng, int oneIn) {
        return (frame, fromA, nowNanos, wire) -> {
            if (!TcpFrame.isTcp(frame)
                    || TcpFrame.of(frame).payloadBytes() < 2
                    || prng.nextInt(oneIn) != 0) {
                wire.pass(frame);
                return;
            }
            TcpFrame whole = TcpFrame.of(frame);
            int bytes = whole.payloadBytes();
            int cut = 1 + prng.nextInt(bytes - 1);
            int overlap = prng.nextInt(2) == 0 ? 0 : prng.nextInt(cut);
            TcpFrame first = TcpFrame.of(whole.part(0, cut));
            first.flags(first.flags() & ~FIN_PSH);
            first.seal();
            wire.pass(first.array());
            wire.pass(whole.part(cut - overlap, bytes));
        };
    }

    /**
     * From {@code fromNanos} on the path takes packets of at most {@code mtuBytes}, and says so to
     * who sends larger ones; of IPv6 it takes what every path must.
     */
    public static Middlebox narrow(long fromNanos, int mtuBytes) {
        return (frame, fromA, nowNanos, wire) -> {
            if (nowNanos - fromNanos < 0 || !TcpFrame.isTcp(frame)) {
                wire.pass(frame);
                return;
            }
            TcpFrame segment = TcpFrame.of(frame);
            int most = segment.ipv6() ? Math.max(mtuBytes, TcpFrame.IPV6_MTU_MIN) : mtuBytes;
            if (segment.packetBytes() <= most) {
                wire.pass(frame);
            } else {
                wire.answer(segment.tooBig(most));
            }
        };
    }
}
