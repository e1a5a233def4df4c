package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.stack.tcp.TcpState;
import io.mptcplb.wire.DropReason;
import java.util.EnumMap;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A million mutants of the very frames that are in flight, at a box in the middle of its work:
 * plain TCP and MPTCP over two paths, both ways at once, half closed, in handshake, in TIME-WAIT.
 *
 * <p>What holds for all of them: no exception; every frame is taken or refused under exactly one
 * name; connections that no mutant was made of finish with every byte; in the end every buffer,
 * record, timer, port, token and session is back. Mutants without a good checksum are all refused,
 * and everybody's bytes arrive. Mutants that lie about anything but the place of bytes may end
 * connections, but no byte that is delivered is ever wrong.
 *
 * <p>Replay with {@code -Dmptcplb.seed=N}; {@code -Dmptcplb.mutants=N} changes how many of each
 * kind.
 */
class LiveMutantsTest {
    private static final long SEED = Long.getLong("mptcplb.seed", 1);
    private static final int MUTANTS = Integer.getInteger("mptcplb.mutants", 334_000);
    private static final int BROKEN_PER_FRAME = 32;
    private static final int GOOD_PER_FRAME = 12;
    private static final int REMEMBERED = 256;
    private static final long SECOND = 1_000_000_000L;

    /** Marks a mutant on its way into the box. */
    private static final int MUTANT = 0x4d55;

    private final EnumMap<DropReason, Integer> refused = new EnumMap<>(DropReason.class);
    private final byte[][] remembered = new byte[REMEMBERED][];
    private int rememberedCount;
    private int mutants;
    private int mutantsTaken;
    private int mutantsRefused;
    private int framesSeen;
    private byte[] lastMutant = new byte[0];
    private int timeWaitPeak;
    private int handshakePeak;
    private int multipathPeak;

    @ParameterizedTest
    @EnumSource(Mutator.Kind.class)
    void mutantsAmongLiveFrames_nothingBreaks_everyFrameAccounted(Mutator.Kind kind) {
        try (LiveBox live = new LiveBox(SEED)) {
            Mutator mutator = new Mutator(SEED + kind.ordinal());
            Prng prng = new Prng(~SEED);
            for (int i = 0; i < 3; i++) {
                live.links[i].middlebox(mutating(live, i, mutator, prng, kind));
            }
            live.box.ledger(this::account);
            live.noisy.keep(24, 200_000);
            live.quiet.keep(2, 100_000);
            run(live);
            for (int i = 0; i < 3; i++) {
                live.links[i].middlebox(Middleboxes.none());
            }
            String leak = live.leak();
            assertEquals("", leak, "-Dmptcplb.seed=" + SEED);
            check(kind, live);
        }
    }

    private void run(LiveBox live) {
        try {
            boolean enough =
                    live.world.runUntil(
                            () -> {
                                look(live);
                                return mutants >= MUTANTS;
                            },
                            600 * SECOND);
            assertTrue(enough, "only " + mutants + " mutants; " + live.noisy);
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(
                    "-Dmptcplb.seed="
                            + SEED
                            + ", mutant "
                            + mutants
                            + ": "
                            + HexFormat.of().formatHex(lastMutant),
                    broken);
        }
    }

    /** The states in which mutants meet connections. */
    private void look(LiveBox live) {
        timeWaitPeak =
                Math.max(timeWaitPeak, live.box.balancer().tcp().inState(TcpState.TIME_WAIT));
        handshakePeak =
                Math.max(handshakePeak, live.box.balancer().tcp().inState(TcpState.SYN_RECEIVED));
        multipathPeak = Math.max(multipathPeak, live.box.balancer().mptcp().paths().subflows(1));
    }

    private Middlebox mutating(
            LiveBox live, int port, Mutator mutator, Prng prng, Mutator.Kind kind) {
        return (frame, fromA, nowNanos, wire) -> {
            if (TcpFrame.isTcp(frame)) {
                int most = kind == Mutator.Kind.BROKEN ? BROKEN_PER_FRAME : GOOD_PER_FRAME;
                for (int i = prng.nextInt(most); i > 0 && mutants < MUTANTS; i--) {
                    if (!fromA) {
                        if (i % 8 == 0) {
                            inject(live, port, mutator.icmpError(frame, kind), prng, kind);
                        }
                    } else {
                        byte[] of = prng.chance(1, 8) ? recall(prng, frame) : frame;
                        lastMutant = of;
                        inject(live, port, mutator.mutate(of, kind), prng, kind);
                    }
                }
                if (fromA) {
                    remembered[rememberedCount++ % REMEMBERED] = frame.clone();
                }
            }
            wire.pass(frame);
        };
    }

    private byte[] recall(Prng prng, byte[] otherwise) {
        int known = Math.min(rememberedCount, REMEMBERED);
        return known == 0 ? otherwise : remembered[prng.nextInt(known)];
    }

    /**
     * Puts a mutant into the box's port: in one buffer, or in a chain cut anywhere; where its
     * checksum is good, now and then with the port's word for that.
     */
    private void inject(LiveBox live, int port, byte[] mutant, Prng prng, Mutator.Kind kind) {
        lastMutant = mutant;
        mutants++;
        int first = prng.chance(1, 4) ? 1 + prng.nextInt(mutant.length) : mutant.length;
        long m = piece(live, mutant, 0, first);
        long last = m;
        for (int at = first; at < mutant.length && m != 0; ) {
            int bytes = 1 + prng.nextInt(mutant.length - at);
            long next = piece(live, mutant, at, at + bytes);
            if (next == 0) {
                live.machine.pool().releaseChain(m);
                m = 0;
            } else {
                Mbuf.setNext(last, next);
                Mbuf.setNbSegs(m, Mbuf.nbSegs(m) + 1);
                Mbuf.setPktLen(m, Mbuf.pktLen(m) + bytes);
                last = next;
                at += bytes;
            }
        }
        assertTrue(m != 0, "the box is out of buffers");
        Mbuf.setPort(m, MUTANT);
        if (kind != Mutator.Kind.BROKEN && prng.chance(1, 16)) {
            Mbuf.setOlFlags(m, prng.chance(1, 2) ? Mbuf.RX_L4_GOOD : Mbuf.RX_L4_PARTIAL);
        }
        assertTrue(live.machine.port(port).memoryPort().deliver(m), "the port is full");
    }

    private static long piece(LiveBox live, byte[] bytes, int from, int to) {
        long m = live.machine.pool().alloc();
        if (m != 0) {
            Mem.copyIn(bytes, from, Mbuf.data(m), to - from);
            Mbuf.setLength(m, to - from);
        }
        return m;
    }

    private void account(int tag, int refusals, DropReason reason) {
        framesSeen++;
        if (refusals > 1) {
            fail(refusals + " reasons for one frame, " + reason + " the last");
        }
        if (refusals == 1) {
            refused.merge(reason, 1, Integer::sum);
        }
        if (tag == MUTANT) {
            mutantsTaken += 1 - refusals;
            mutantsRefused += refusals;
        }
    }

    private void check(Mutator.Kind kind, LiveBox live) {
        String seed = "-Dmptcplb.seed=" + SEED + " " + refused + ": ";
        long received = 0;
        for (int i = 0; i < live.links.length; i++) {
            received += live.box.balancer().ip().port(i).rxFrames();
        }
        assertEquals(framesSeen, received, seed + "frames in");
        assertEquals(mutants, mutantsTaken + mutantsRefused, seed + "mutants in");
        assertEquals(0, live.quiet.broken(), seed + "bystanders: " + live.quiet);
        assertEquals(-1, live.quiet.corruptAt(), seed + "bystanders: " + live.quiet);
        assertTrue(live.quiet.finished() > mutants / 10_000, seed + "bystanders: " + live.quiet);
        assertTrue(timeWaitPeak > 0 && handshakePeak > 0 && multipathPeak > 0, seed + "all states");
        assertTrue(live.noisy.finished() > mutants / 10_000, seed + live.noisy);
        if (kind == Mutator.Kind.BROKEN) {
            assertEquals(0, mutantsTaken, seed + "a mutant without a good checksum was taken");
            assertEquals(0, live.noisy.broken(), seed + live.noisy);
        } else {
            assertTrue(mutantsTaken > mutants / 100, seed + "the mutation is too wild");
            assertTrue(mutantsRefused > mutants / 10, seed + "the mutation is too tame");
        }
        if (kind != Mutator.Kind.ANY) {
            assertEquals(-1, live.noisy.corruptAt(), seed + live.noisy);
        }
    }
}
