package io.mptcplb.sim;

import io.mptcplb.stack.random.Prng;

/** A cable between two host ports. */
public final class SimLink {
    private static final int ETHERNET_BYTES = 14;

    private final World world;
    private final Prng prng;
    private final SimPort a;
    private final SimPort b;
    private LinkSettings settings;
    private Middlebox middlebox = Middleboxes.none();
    private boolean dark;
    private boolean whole;
    private final long[] busyUntilNanos = new long[2];
    private long carried;
    private long lost;

    SimLink(World world, SimPort a, SimPort b, LinkSettings settings, Prng prng) {
        this.world = world;
        this.a = a;
        this.b = b;
        this.settings = settings;
        this.prng = prng;
    }

    public void settings(LinkSettings changed) {
        settings = changed;
    }

    /** A middlebox wants finished frames: what was carried whole is no more. */
    public void middlebox(Middlebox box) {
        middlebox = box;
        whole = false;
    }

    /** While dark, frames vanish in both directions and nobody is told. */
    public void dark(boolean isDark) {
        dark = isDark;
    }

    /**
     * From now on what a device would have to finish crosses as it is, super-segments and
     * unfinished checksums, as between virtual devices. No bit of it flips: the checksum that would
     * tell is not there.
     */
    public void carryWhole() {
        whole = true;
    }

    boolean whole() {
        return whole;
    }

    /** Frames delivered. */
    public long carried() {
        return carried;
    }

    public long lost() {
        return lost;
    }

    void onSent(SimPort from, byte[] sent, long nowNanos) {
        SimPort to = from == a ? b : a;
        middlebox.onFrame(
                sent,
                from == a,
                nowNanos,
                new Middlebox.Wire() {
                    @Override
                    public void pass(byte[] frame) {
                        carry(to, frame, nowNanos);
                    }

                    @Override
                    public void answer(byte[] frame) {
                        carry(from, frame, nowNanos);
                    }
                });
    }

    void onSentWhole(SimPort from, byte[] frame, int segmentBytes, long nowNanos) {
        if (!loses()) {
            deliver(from == a ? b : a, frame, segmentBytes, nowNanos);
        }
    }

    private void carry(SimPort to, byte[] frame, long nowNanos) {
        if (loses()) {
            return;
        }
        if (isIp(frame) && chance(settings.corruptPerMille())) {
            frame[ETHERNET_BYTES + prng.nextInt(frame.length - ETHERNET_BYTES)] ^=
                    (byte) (1 << prng.nextInt(8));
        }
        deliver(to, frame, SimPort.FINISHED, nowNanos);
    }

    private boolean loses() {
        boolean loses = dark || chance(settings.lossPerMille());
        lost += loses ? 1 : 0;
        return loses;
    }

    private void deliver(SimPort to, byte[] frame, int segmentBytes, long nowNanos) {
        long arrival = queue(to == b ? 0 : 1, frame.length, nowNanos);
        if (arrival < 0) {
            lost++;
            return;
        }
        if (chance(settings.reorderPerMille())) {
            arrival += prng.between(1, settings.reorderNanos());
        }
        world.schedule(to, frame, segmentBytes, arrival);
        carried++;
        if (chance(settings.duplicatePerMille())) {
            world.schedule(
                    to,
                    frame.clone(),
                    segmentBytes,
                    arrival + prng.between(1, settings.reorderNanos()));
        }
    }

    /** When the frame arrives, or -1 when the queue in front of the rate is full. */
    private long queue(int direction, int bytes, long nowNanos) {
        if (settings.bitsPerSecond() == 0) {
            return nowNanos + settings.delayNanos();
        }
        long start = Math.max(nowNanos, busyUntilNanos[direction]);
        long waitingBytes = (start - nowNanos) * settings.bitsPerSecond() / 8_000_000_000L;
        if (waitingBytes + bytes > settings.queueBytes()) {
            return -1;
        }
        busyUntilNanos[direction] = start + bytes * 8_000_000_000L / settings.bitsPerSecond();
        return busyUntilNanos[direction] + settings.delayNanos();
    }

    /**
     * What damages Ethernet or ARP is caught by the frame check sequence, which the simulation does
     * not have.
     */
    private static boolean isIp(byte[] frame) {
        return frame.length > ETHERNET_BYTES && (frame[12] != 0x08 || frame[13] == 0x00);
    }

    private boolean chance(int perMille) {
        return perMille > 0 && prng.chance(perMille, 1000);
    }
}
