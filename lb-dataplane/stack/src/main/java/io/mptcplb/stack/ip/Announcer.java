package io.mptcplb.stack.ip;

import io.mptcplb.stack.time.TimerWheel;

/**
 * Tells a port's link where our addresses are, three times (RFC 5227 s2.3 wants two, RFC 4861
 * s7.2.6 allows three), a few at a time so that a thousand VIPs do not flood it. Later rounds are
 * for those who missed the first, and for addresses that another box still defended then.
 */
final class Announcer {
    private static final int ROUNDS = 3;
    private static final int BATCH = 16;
    private static final long BATCH_NANOS = 5_000_000L;
    private static final long ROUND_NANOS = 1_000_000_000L;
    private static final long DEFEND_NANOS = 10_000_000_000L;

    private final NetPort port;
    private final ControlFrames control;
    private final TimerWheel wheel;
    private final int timer;

    /** What is told in the rounds at hand. */
    private final AddressSet telling;

    private int roundsLeft;
    private int nextAddress;
    private long defendedNanos;
    private boolean defended;
    private boolean fresh;

    Announcer(
            NetPort port, ControlFrames control, TimerWheel wheel, int timer, AddressSet telling) {
        this.port = port;
        this.control = control;
        this.wheel = wheel;
        this.timer = timer;
        this.telling = telling;
    }

    /** The link has to hear of this address, from the next {@link #startFresh} on. */
    void add(long hi, long lo) {
        fresh |= telling.add(hi, lo);
    }

    /** Tells of what was added, and again of what is being told. */
    void startFresh(long nowNanos) {
        if (fresh) {
            start(nowNanos);
        }
    }

    /** Tells of everything that we answer for. */
    void startAll(long nowNanos) {
        AddressSet answered = port.answered();
        for (int i = 0; i < answered.size(); i++) {
            telling.add(answered.hi(i), answered.lo(i));
        }
        start(nowNanos);
    }

    private void start(long nowNanos) {
        fresh = false;
        roundsLeft = ROUNDS;
        nextAddress = 0;
        onTimer(nowNanos);
    }

    void onTimer(long nowNanos) {
        int end = Math.min(telling.size(), nextAddress + BATCH);
        for (; nextAddress < end; nextAddress++) {
            long hi = telling.hi(nextAddress);
            long lo = telling.lo(nextAddress);
            if (port.answersFor(hi, lo)) { // still
                control.announce(port, hi, lo);
            }
        }
        if (nextAddress < telling.size()) {
            wheel.arm(timer, nowNanos + BATCH_NANOS);
        } else if (--roundsLeft > 0) {
            nextAddress = 0;
            wheel.arm(timer, nowNanos + ROUND_NANOS);
        } else {
            telling.clear();
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
