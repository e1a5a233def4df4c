package io.mptcplb.stack.ip;

import io.mptcplb.stack.time.TimerWheel;

/**
 * Tells a port's link where our addresses are, twice (RFC 5227 s2.3, RFC 4861 s7.2.6), a few at a
 * time so that a thousand VIPs do not flood it.
 */
final class Announcer {
    private static final int ROUNDS = 2;
    private static final int BATCH = 16;
    private static final long BATCH_NANOS = 5_000_000L;
    private static final long ROUND_NANOS = 2_000_000_000L;
    private static final long DEFEND_NANOS = 10_000_000_000L;

    private final NetPort port;
    private final ControlFrames control;
    private final TimerWheel wheel;
    private final int timer;
    private int roundsLeft;
    private int nextAddress;
    private long defendedNanos;
    private boolean defended;

    Announcer(NetPort port, ControlFrames control, TimerWheel wheel, int timer) {
        this.port = port;
        this.control = control;
        this.wheel = wheel;
        this.timer = timer;
    }

    /** Starts over with the first address. */
    void start(long nowNanos) {
        roundsLeft = ROUNDS;
        nextAddress = 0;
        onTimer(nowNanos);
    }

    void onTimer(long nowNanos) {
        AddressSet addresses = port.answered();
        int end = Math.min(addresses.size(), nextAddress + BATCH);
        for (; nextAddress < end; nextAddress++) {
            control.announce(port, addresses.hi(nextAddress), addresses.lo(nextAddress));
        }
        if (nextAddress < addresses.size()) {
            wheel.arm(timer, nowNanos + BATCH_NANOS);
        } else if (--roundsLeft > 0) {
            nextAddress = 0;
            wheel.arm(timer, nowNanos + ROUND_NANOS);
        }
    }

    /**
     * Another station claims an address of ours: says once in a while whose it is (RFC 5227 s2.4).
     */
    void defend(long hi, long lo, long nowNanos) {
        if (!defended || nowNanos - defendedNanos >= DEFEND_NANOS) {
            defended = true;
            defendedNanos = nowNanos;
            control.announce(port, hi, lo);
        }
    }
}
