package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.FallbackCause;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.wire.DropReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What middleboxes do to MPTCP, by the numbers of the interference checklist (CONFORMANCE s4): over
 * IPv6 and over IPv4, as their worlds' seeds say.
 */
@ParameterizedClass
@ValueSource(longs = {1, MptcpInterferenceTest.IPV4_SEED})
class MptcpInterferenceTest {
    static final long IPV4_SEED = 2;

    private static final LinkSettings PATH = LinkSettings.CLEAN.withDelay(2_000_000);
    private static final LinkSettings PACED = PATH.withRate(40_000_000, 200_000);
    private static final long MILLI = 1_000_000L;
    private static final int BYTES = 1_000_000;

    @Parameter private long seed;

    private MptcpPair onePath(Middlebox box) {
        return onePath(MptcpPolicy.defaults(), box);
    }

    private MptcpPair onePath(MptcpPolicy policy, Middlebox box) {
        MptcpPair pair = new MptcpPair(seed, policy, BYTES, BYTES, PATH);
        pair.link(0).middlebox(box);
        return pair.open();
    }

    /** Two paths, a transfer that takes a second or two; the box sits on the second. */
    private MptcpPair twoPaths(Middlebox box) {
        return twoPaths(seed, box);
    }

    private static MptcpPair twoPaths(long worldSeed, Middlebox box) {
        MptcpPair pair =
                new MptcpPair(
                        worldSeed, MptcpPolicy.defaults(), 4 * BYTES, 4 * BYTES, PACED, PACED);
        pair.link(1).middlebox(box);
        pair.open();
        pair.run(100 * MILLI);
        assertTrue(pair.join(1, false));
        return pair;
    }

    private static MptcpStack finish(MptcpPair pair) {
        try (pair) {
            boolean ended = pair.runToEnd(120);
            assertEquals("", pair.fault());
            assertTrue(ended);
            assertEquals("", pair.leak());
            return pair.server().mptcp();
        }
    }

    private static void fellBack(MptcpPair pair, FallbackCause cause) {
        assertEquals(1, finish(pair).fallbacks(cause));
    }

    @Test
    void case01_capableStrippedFromSyn_plainWithoutToken() {
        MptcpPair pair = onePath(MptcpBoxes.strip(p -> p.syn()));
        pair.run(50 * MILLI);
        assertEquals(0, pair.server().mptcp().tokensInUse());
        assertEquals(0, finish(pair).counter(MptcpCounter.CAPABLE_SYNS));
    }

    @Test
    void case02_capableStrippedFromSynAck_plainAndTokenFreed() {
        MptcpPair pair = onePath(MptcpBoxes.strip(p -> p.synAck()));
        pair.run(50 * MILLI);
        assertEquals(0, pair.server().mptcp().tokensInUse());
        fellBack(pair, FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
    }

    @Test
    void case03_capableStrippedFromThirdAckOnly_plain() {
        AtomicInteger acks = new AtomicInteger();
        fellBack(
                onePath(
                        MptcpBoxes.strip(
                                p -> p.fromA() && !p.syn() && acks.incrementAndGet() == 1)),
                FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
    }

    @Test
    void case04_thirdAckDropped_firstDataCompletes() {
        AtomicInteger acks = new AtomicInteger();
        MptcpPair pair =
                onePath(
                        MptcpBoxes.drop(p ->
                                p.fromA() && !p.syn() && !p.data() && acks.incrementAndGet() == 1));
        assertEquals(1, finish(pair).counter(MptcpCounter.CAPABLE_ESTABLISHED));
    }

    @Test
    void case06_synsWithOptionDropped_plainSynAccepted() {
        MptcpPair pair = onePath(MptcpBoxes.drop(p -> p.syn() && p.hasMptcp()));
        assertEquals(0, finish(pair).counter(MptcpCounter.CAPABLE_SYNS));
    }

    @Test
    void case07_synAcksWithOptionDropped_plainAfterTwoRepeats() {
        fellBack(
                onePath(MptcpBoxes.drop(p -> p.synAck() && p.hasMptcp())),
                FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
    }

    @Test
    void case08_version0_plain() {
        fellBack(onePath(setVersion(0)), FallbackCause.VERSION_0);
    }

    @Test
    void case08_version2_answeredWith1() {
        MptcpPair pair = onePath(setVersion(2));
        assertEquals(1, finish(pair).counter(MptcpCounter.CAPABLE_ESTABLISHED));
    }

    private static Middlebox setVersion(int version) {
        return MptcpBoxes.edit(
                p -> p.syn() && p.hasMptcp(),
                s -> s.array()[MptcpBoxes.find(s, MptcpBoxes.CAPABLE) + 2] = (byte) version);
    }

    @Test
    void case09_extensibilityFlagInSyn_plain() {
        fellBack(
                onePath(
                        MptcpBoxes.edit(
                                p -> p.syn() && p.hasMptcp(),
                                s ->
                                        s.array()[MptcpBoxes.find(s, MptcpBoxes.CAPABLE) + 3] |=
                                                0x40)),
                FallbackCause.BAD_FLAGS);
    }

    @Test
    void case09_algorithmClearedInThirdAck_plain() {
        fellBack(
                onePath(
                        MptcpBoxes.edit(
                                p -> p.fromA() && !p.syn() && p.has(MptcpBoxes.CAPABLE),
                                s -> s.array()[MptcpBoxes.find(s, MptcpBoxes.CAPABLE) + 3] &= ~1)),
                FallbackCause.THIRD_ACK_WRONG);
    }

    @Test
    void case10_checksumFlagSetInSyn_checksumsBothWays() {
        MptcpPair pair =
                onePath(
                        MptcpBoxes.edit(
                                p -> p.syn() && p.hasMptcp(),
                                s ->
                                        s.array()[MptcpBoxes.find(s, MptcpBoxes.CAPABLE) + 3] |=
                                                (byte) 0x80));
        assertEquals(1, finish(pair).counter(MptcpCounter.CAPABLE_ESTABLISHED));
    }

    @Test
    void case11_keyChangedInThirdAck_plain() {
        fellBack(
                onePath(
                        MptcpBoxes.edit(
                                p -> p.fromA() && !p.syn() && p.has(MptcpBoxes.CAPABLE),
                                s -> s.array()[MptcpBoxes.find(s, MptcpBoxes.CAPABLE) + 15] ^= 1)),
                FallbackCause.THIRD_ACK_WRONG);
    }

    @Test
    void case13_handshakeSegmentsThreefold_oneConnection() {
        MptcpPair pair =
                onePath((frame, fromA, nowNanos, wire) -> {
                    boolean shake =
                            TcpFrame.isTcp(frame)
                                    && MptcpBoxes.find(TcpFrame.of(frame), MptcpBoxes.CAPABLE) > 0;
                    for (int i = shake ? 3 : 1; i > 0; i--) {
                        wire.pass(frame.clone());
                    }
                });
        assertEquals(1, finish(pair).counter(MptcpCounter.CAPABLE_ESTABLISHED));
    }

    @Test
    void case14_optionsStrippedFromFirstClientByte_plain() {
        fellBack(
                onePath(MptcpBoxes.strip(p -> p.fromA() && p.data())),
                FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
    }

    @Test
    void case14_optionsStrippedAfterThePureThirdAck_plain() {
        MptcpPair pair = new MptcpPair(seed, MptcpPolicy.defaults(), 0, BYTES, PATH);
        AtomicInteger acks = new AtomicInteger();
        pair.link(0)
                .middlebox(
                        MptcpBoxes.strip(p -> p.fromA() && !p.syn() && acks.incrementAndGet() > 1));
        fellBack(pair.open(), FallbackCause.FIRST_ACK_WITHOUT_DATA_ACK);
    }

    @Test
    void case15_everythingFromServerStripped_plain() {
        MptcpPair pair = onePath(MptcpBoxes.strip(p -> !p.fromA() && !p.synAck()));
        finish(pair);
    }

    @Test
    void case16_everythingStrippedInTheMiddle_plain() {
        MptcpPair pair = new MptcpPair(seed, MptcpPolicy.defaults(), 4 * BYTES, 4 * BYTES, PACED);
        pair.open();
        pair.run(200 * MILLI);
        pair.link(0).middlebox(MptcpBoxes.strip(p -> true));
        finish(pair);
    }

    @Test
    void case17_everythingStrippedOnJoinedPath_thatSubflowReset() {
        MptcpPair pair =
                new MptcpPair(seed, MptcpPolicy.defaults(), 8 * BYTES, 8 * BYTES, PACED, PACED);
        pair.open();
        pair.run(50 * MILLI);
        assertTrue(pair.join(1, false));
        pair.run(200 * MILLI);
        pair.link(1).middlebox(MptcpBoxes.strip(p -> true));
        MptcpStack server = finish(pair);
        // Whichever end notices first resets the subflow.
        MptcpStack client = pair.client().mptcp();
        assertTrue(
                server.counter(MptcpCounter.UNMAPPED_DATA)
                                + client.counter(MptcpCounter.UNMAPPED_DATA)
                        > 0);
        assertEquals(0, server.fallbacks(FallbackCause.MAPPINGS_CEASED));
    }

    @Test
    void case18_joinStrippedFromSyn_cleanedUp() {
        finish(twoPaths(MptcpBoxes.strip(p -> p.syn())));
    }

    @Test
    void case19_joinStrippedFromSynAck_cleanedUp() {
        MptcpStack server = finish(twoPaths(MptcpBoxes.strip(p -> p.synAck())));
        assertEquals(0, server.counter(MptcpCounter.JOINS_ESTABLISHED));
    }

    @Test
    void case20_joinStrippedFromThirdAck_resetNeverEstablished() {
        MptcpStack server =
                finish(
                        twoPaths(
                                MptcpBoxes.strip(
                                        p -> p.fromA() && p.has(MptcpBoxes.JOIN) && !p.syn())));
        assertEquals(0, server.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertTrue(server.counter(MptcpCounter.JOIN_BAD_HMAC) > 0);
    }

    @Test
    void case20_hmacAltered_resetNeverEstablished() {
        MptcpStack server =
                finish(
                        twoPaths(
                                MptcpBoxes.edit(
                                        p -> p.fromA() && !p.syn() && p.has(MptcpBoxes.JOIN),
                                        s ->
                                                s.array()[
                                                                MptcpBoxes.find(s, MptcpBoxes.JOIN)
                                                                        + 9] ^=
                                                        4)));
        assertEquals(0, server.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertEquals(1, server.counter(MptcpCounter.JOIN_BAD_HMAC));
    }

    @Test
    void case23_halfOfTheAcksStripped_everyByte() {
        AtomicInteger acks = new AtomicInteger();
        MptcpPair pair = new MptcpPair(seed, MptcpPolicy.defaults(), 10_000, 4 * BYTES, PACED);
        pair.open();
        pair.run(100 * MILLI);
        pair.link(0)
                .middlebox(
                        MptcpBoxes.strip(
                                p -> p.fromA() && !p.data() && acks.incrementAndGet() % 2 == 0));
        MptcpStack server = finish(pair);
        assertEquals(0, server.fallbacks(FallbackCause.DATA_ACKS_CEASED));
    }

    /**
     * A box that gives the client's second address another one on its way to the server, and back:
     * in ARP as in TCP, of IPv4 as such boxes are.
     */
    private static Middlebox nat(byte inside, byte outside) {
        return (frame, fromA, nowNanos, wire) -> {
            boolean arp = frame[13] == 0x06;
            // Where the client stands: source on the way up, destination on the way down.
            int lastByte = arp ? (fromA ? 31 : 41) : fromA ? 29 : 33;
            if (frame[lastByte] == (fromA ? inside : outside)) {
                frame[lastByte] = fromA ? outside : inside;
            }
            if (TcpFrame.isTcp(frame)) {
                TcpFrame.of(frame).seal();
            }
            wire.pass(frame);
        };
    }

    @Test
    void case28_addressTranslatedOnJoinPath_joinedById_removedById() {
        AtomicInteger before = new AtomicInteger();
        MptcpPair pair = twoPaths(IPV4_SEED, nat((byte) 10, (byte) 77));
        pair.run(300 * MILLI);
        MptcpStack server = pair.server().mptcp();
        assertEquals(1, server.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertTrue(server.paths().receivedBytes(1) > 100_000, "the translated path carries data");
        for (int i = 0; i < server.connection(0).subflowCount(); i++) {
            long remote = server.connection(0).subflow(i).tcp().route().remoteLo();
            before.addAndGet((int) (remote & 0xff));
        }
        assertEquals(10 + 77, before.get(), "the server sees the outer address");
        pair.connection().withdraw(1, pair.world().nowNanos());
        pair.run(50 * MILLI);
        assertEquals(1, server.counter(MptcpCounter.REMOVE_ADDR_RECEIVED));
        assertEquals(1, server.connection(0).subflowCount());
        finish(pair);
    }

    /** Timestamps and DSS alone take more than the 28 bytes that such a path leaves. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 68, 80, 551, 1280})
    void case72_pathMtuOfAnySize_everyByte(int mtuBytes) {
        AtomicInteger data = new AtomicInteger();
        MptcpPair pair =
                onePath((frame, fromA, nowNanos, wire) -> {
                    if (TcpFrame.isTcp(frame)
                            && TcpFrame.of(frame).payloadBytes() > 0
                            && data.incrementAndGet() % 50 == 1) {
                        wire.answer(TcpFrame.of(frame).tooBig(mtuBytes));
                    }
                    wire.pass(frame);
                });
        finish(pair);
        assertTrue(data.get() > 100);
    }

    private MptcpPair checksummed(int paths) {
        LinkSettings[] links = new LinkSettings[paths];
        java.util.Arrays.fill(links, PACED);
        MptcpPolicy checksums = new MptcpPolicy(true, true, false, 2, List.of(), 0);
        return new MptcpPair(seed, checksums, 4 * BYTES, 4 * BYTES, links).open();
    }

    private static Middlebox flipOnce(boolean fromA) {
        AtomicInteger done = new AtomicInteger();
        return MptcpBoxes.edit(
                p -> p.fromA() == fromA && p.data() && done.compareAndSet(0, 1),
                MptcpInterferenceTest::flip);
    }

    @Test
    void case44_firstPayloadChanged_silentlyPlain() {
        try (MptcpPair pair = checksummed(1)) {
            pair.link(0).middlebox(flipOnce(true));
            assertTrue(pair.runToEnd(60));
            assertEquals(0, pair.serverPeer().corruptAt());
            assertEquals(1, pair.server().mptcp().fallbacks(FallbackCause.CHECKSUM_FAILED));
        }
    }

    @Test
    void case44_laterPayloadToServerChanged_failAndInfiniteMapping_everyByte() {
        MptcpPair pair = checksummed(1);
        pair.run(100 * MILLI);
        pair.link(0).middlebox(flipOnce(true));
        MptcpStack server = finish(pair);
        assertEquals(1, server.counter(MptcpCounter.FAIL_SENT));
        assertEquals(1, server.fallbacks(FallbackCause.CHECKSUM_FAILED));
    }

    @Test
    void case44_laterPayloadToClientChanged_failAndInfiniteMapping_everyByte() {
        MptcpPair pair = checksummed(1);
        pair.run(100 * MILLI);
        pair.link(0).middlebox(flipOnce(false));
        MptcpStack server = finish(pair);
        assertEquals(1, server.counter(MptcpCounter.FAIL_RECEIVED));
        assertEquals(1, server.fallbacks(FallbackCause.MP_FAIL));
    }

    @Test
    void case45_payloadChangedOnJoinedPath_failAndReset() {
        MptcpPolicy checksums = new MptcpPolicy(true, true, false, 2, List.of(), 0);
        MptcpPair pair = new MptcpPair(seed, checksums, 4 * BYTES, 4 * BYTES, PACED, PACED);
        pair.open();
        pair.run(50 * MILLI);
        assertTrue(pair.join(1, false));
        pair.run(100 * MILLI);
        pair.link(1).middlebox(MptcpBoxes.edit(p -> p.fromA() && p.data(), s -> flip(s)));
        MptcpStack server = finish(pair);
        assertTrue(server.counter(MptcpCounter.CHECKSUM_FAILURES) > 0);
        assertTrue(server.counter(MptcpCounter.FAIL_SENT) > 0);
    }

    /** Case 45: the first payload byte changes, and TCP does not notice. */
    private static void flip(TcpFrame segment) {
        segment.array()[segment.payloadStart()] ^= 1;
    }

    @Test
    void case63_resetsInWindowButNotExact_everyByte() {
        AtomicInteger segments = new AtomicInteger();
        MptcpPair pair =
                onePath((frame, fromA, nowNanos, wire) -> {
                    if (TcpFrame.isTcp(frame) && fromA && segments.incrementAndGet() > 10) {
                        TcpFrame reset = TcpFrame.of(TcpFrame.of(frame).part(0, 0));
                        reset.flags(4);
                        reset.seq(reset.seq() + (segments.get() % 2 == 0 ? 2000 : 1 << 28));
                        reset.seal();
                        wire.pass(reset.array());
                    }
                    wire.pass(frame);
                });
        MptcpStack server = finish(pair);
        assertTrue(segments.get() > 100, segments + " segments");
        assertEquals(0, server.counter(MptcpCounter.SUBFLOWS_RESET));
        assertTrue(pair.server().ip().port(0).drops(DropReason.BAD_RST) > 0);
        assertTrue(pair.server().ip().port(0).drops(DropReason.OUT_OF_WINDOW) > 0);
    }

    @Test
    void case64_resetOfOneSubflow_otherCarriesOn() {
        AtomicInteger done = new AtomicInteger();
        MptcpPair pair = twoPaths(Middleboxes.none());
        pair.run(100 * MILLI);
        pair.link(1)
                .middlebox(
                        MptcpBoxes.edit(
                                p -> p.fromA() && !p.data() && done.compareAndSet(0, 1),
                                s -> s.flags(4)));
        finish(pair);
        assertEquals(1, done.get());
    }

    @Test
    void case64_resetOfTheOnlySubflow_joinRevives() {
        MptcpPair pair =
                new MptcpPair(seed, MptcpPolicy.defaults(), 4 * BYTES, 4 * BYTES, PACED, PACED);
        pair.open();
        pair.run(200 * MILLI);
        pair.connection().subflow(0).tcp().abort(CloseCause.ABORTED, pair.world().nowNanos());
        pair.run(5_000 * MILLI);
        assertEquals(null, pair.serverPeer().cause());
        assertTrue(pair.join(1, false));
        MptcpStack server = finish(pair);
        assertEquals(1, server.counter(MptcpCounter.PATHLESS));
        assertEquals(1, server.counter(MptcpCounter.REVIVED));
    }

    @Test
    void case64_nobodyJoins_connectionEndsAfterAMinute() {
        try (MptcpPair pair =
                new MptcpPair(seed, MptcpPolicy.defaults(), 4 * BYTES, 4 * BYTES, PACED)) {
            pair.open();
            pair.run(200 * MILLI);
            pair.connection().subflow(0).tcp().abort(CloseCause.ABORTED, pair.world().nowNanos());
            pair.run(50_000 * MILLI);
            assertEquals(null, pair.serverPeer().cause());
            pair.run(12_000 * MILLI);
            assertEquals(CloseCause.RESET_BY_PEER, pair.serverPeer().cause());
            assertEquals("", pair.leak());
        }
    }

    @Test
    void case68_fastclose_bothSidesEnd() {
        try (MptcpPair pair = twoPaths(Middleboxes.none())) {
            pair.run(200 * MILLI);
            pair.connection().abort(pair.world().nowNanos());
            pair.run(50 * MILLI);
            assertEquals(CloseCause.ABORTED, pair.clientPeer().cause());
            assertEquals(CloseCause.RESET_BY_PEER, pair.serverPeer().cause());
            assertEquals("", pair.leak());
        }
    }

    @Test
    void case68_fastcloseOnResetOnly_bothSidesEnd() {
        try (MptcpPair pair =
                twoPaths(
                        MptcpBoxes.drop(
                                p -> p.has(MptcpBoxes.FASTCLOSE) && p.segment().flags() == 16))) {
            pair.link(0)
                    .middlebox(
                            MptcpBoxes.drop(
                                    p -> p.has(MptcpBoxes.FASTCLOSE) && p.segment().flags() == 16));
            pair.run(200 * MILLI);
            pair.connection().abort(pair.world().nowNanos());
            pair.run(50 * MILLI);
            assertEquals(CloseCause.RESET_BY_PEER, pair.serverPeer().cause());
            assertEquals("", pair.leak());
        }
    }

    @Test
    void case68_fastcloseWithWrongKey_onlyThatSubflowEnds() {
        MptcpPair pair = twoPaths(Middleboxes.none());
        pair.run(100 * MILLI);
        AtomicInteger done = new AtomicInteger();
        pair.link(1)
                .middlebox((frame, fromA, nowNanos, wire) -> {
                    boolean hit =
                            TcpFrame.isTcp(frame)
                                    && fromA
                                    && TcpFrame.of(frame).payloadBytes() == 0
                                    && MptcpBoxes.find(TcpFrame.of(frame), MptcpBoxes.DSS) > 0
                                    && done.compareAndSet(0, 1);
                    if (hit) {
                        TcpFrame s = TcpFrame.of(frame);
                        int at = MptcpBoxes.find(s, MptcpBoxes.DSS);
                        frame[at + 2] = (byte) (MptcpBoxes.FASTCLOSE << 4);
                        frame[at + 3] = 0;
                        s.seal();
                    }
                    wire.pass(frame);
                });
        MptcpStack server = finish(pair);
        assertEquals(1, server.counter(MptcpCounter.FASTCLOSE_BAD_KEY));
        assertEquals(0, server.counter(MptcpCounter.FASTCLOSE_RECEIVED));
    }
}
