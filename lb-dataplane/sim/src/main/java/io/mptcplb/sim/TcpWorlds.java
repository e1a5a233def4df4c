package io.mptcplb.sim;

import io.mptcplb.stack.random.Prng;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection in a world drawn from a seed: sizes, delays, rates, faults, dark times and
 * stalled readers all differ.
 */
public final class TcpWorlds {
    private static final long SECOND = 1_000_000_000L;
    private static final long LIMIT_SECONDS = 900;

    private TcpWorlds() {}

    /**
     * Runs the world of one seed to its end.
     *
     * @param trace where every frame is printed, or null
     * @return what went wrong, or an empty string: every byte arrived, both ends closed, everything
     *     was given back
     */
    public static String run(long seed, @Nullable PrintStream trace) {
        Prng prng = new Prng(seed);
        LinkSettings settings = settings(prng);
        long up = prng.nextInt(4) == 0 ? prng.nextInt(3) : prng.nextInt(300_000);
        long down = prng.nextInt(4) == 0 ? prng.nextInt(3) : prng.nextInt(300_000);
        try (TcpPair pair = new TcpPair(seed, settings, up, down)) {
            shape(pair, prng);
            Middlebox box = middlebox(pair, prng);
            if (trace != null) {
                trace.printf("seed %d: %s, %d bytes up, %d down%n", seed, settings, up, down);
                box = new Trace(trace, pair.world().nowNanos(), box);
            }
            pair.link().middlebox(box);
            pair.open();
            boolean ended = pair.runToEnd(LIMIT_SECONDS);
            pair.serverPeer().reading(true, pair.world().nowNanos());
            String fault = pair.fault();
            if (fault != null) {
                return fault;
            }
            return ended ? pair.leak() : "still open after " + LIMIT_SECONDS + " s";
        }
    }

    private static LinkSettings settings(Prng prng) {
        LinkSettings settings = LinkSettings.CLEAN.withDelay(prng.between(10_000, 50_000_000));
        if (prng.nextInt(2) == 0) {
            settings =
                    settings.withRate(
                            prng.between(1_000_000, 200_000_000), 16_000 + prng.nextInt(200_000));
        }
        return settings.withFaults(
                prng.nextInt(50), prng.nextInt(200), prng.nextInt(50), prng.nextInt(20));
    }

    private static Middlebox middlebox(TcpPair pair, Prng prng) {
        return switch (prng.nextInt(4)) {
            case 0 -> Middleboxes.cutter(prng, 1 + prng.nextInt(8));
            case 1 ->
                    Middleboxes.narrow(
                            pair.world().nowNanos() + prng.between(0, SECOND),
                            576 + prng.nextInt(900));
            default -> Middleboxes.none();
        };
    }

    private static void shape(TcpPair pair, Prng prng) {
        pair.clientPeer().chunks(1 + prng.nextInt(2000));
        pair.serverPeer().chunks(1 + prng.nextInt(2000));
        if (prng.nextInt(3) == 0) {
            pair.clientPeer().finishAfterPeer();
        }
        if (prng.nextInt(3) == 0) {
            long from = prng.between(0, SECOND);
            long length = prng.between(0, 5 * SECOND);
            pair.world().after(from, () -> pair.link().dark(true));
            pair.world().after(from + length, () -> pair.link().dark(false));
        }
        if (prng.nextInt(4) == 0) {
            World world = pair.world();
            world.after(
                    prng.between(0, SECOND),
                    () -> pair.serverPeer().reading(false, world.nowNanos()));
            // The link is dark when the reader comes back: its window update is lost.
            world.after(9 * SECOND, () -> pair.link().dark(true));
            world.after(10 * SECOND, () -> pair.serverPeer().reading(true, world.nowNanos()));
            world.after(11 * SECOND, () -> pair.link().dark(false));
        }
    }
}
