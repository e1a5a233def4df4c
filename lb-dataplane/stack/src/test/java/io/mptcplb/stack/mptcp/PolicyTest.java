package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.TestPeer.Reply;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policies that change while connections live, byte by byte. */
class PolicyTest {
    private static final Announcement SECOND =
            new Announcement(3, 0, IpAddresses.v4(Bench.SERVER[1]), 0);
    private static final Announcement OTHER =
            new Announcement(4, 0, IpAddresses.v4(Bench.OTHER_VIP), 8443);
    private static final MptcpPolicy REGULAR = policy(2, 0);
    private static final MptcpPolicy BACKUP_BY_PORT_1 = policy(2, 0b10);

    /** A removal is told at 0, 200 and 600 ms. */
    private static final long REMOVAL_NANOS = 700 * Bench.SECOND / 1000;

    private final Bench bench = new Bench(REGULAR);
    private final TestPeer first = new TestPeer(bench, 0);
    private final TestPeer second = new TestPeer(bench, 1);

    private static MptcpPolicy policy(int subflowsMax, long backupPorts, Announcement... told) {
        return new MptcpPolicy(true, false, false, subflowsMax, List.of(told), backupPorts);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void follow(PolicySource changed) {
        bench.policy = changed;
        bench.connection().follow(bench.now);
        bench.cycle();
    }

    private static int prios(TestPeer peer, boolean backup) {
        int seen = 0;
        while (!peer.quiet()) {
            MptcpOptions options = peer.next().mptcp();
            seen += options.has(MptcpOptions.MP_PRIO) && options.prioBackup == backup ? 1 : 0;
        }
        return seen;
    }

    // ---- priority (s3.3.8)

    @Test
    void portBecomesBackup_toldAndObeyed_andBack() {
        second.join(first.establish());
        follow(BACKUP_BY_PORT_1);
        assertTrue(second.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
        bench.write(100);
        assertEquals(100, first.expect(TcpView.PSH).payload.length);
        first.send(TcpView.ACK, first.dataAck(100), "");
        follow(policy(2, 0b01));
        assertFalse(second.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
        assertTrue(first.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
        bench.write(100);
        assertEquals(100, second.expect(TcpView.PSH).payload.length);
    }

    @Test
    void samePolicy_nothingIsSaid() {
        second.join(first.establish());
        first.clear();
        second.clear();
        follow(policy(2, 0));
        bench.pass(2 * Bench.SECOND);
        assertTrue(first.quiet() && second.quiet());
    }

    @Test
    void priority_nobodyAcknowledgesIt_saidTwiceMore() {
        second.join(first.establish());
        second.clear();
        follow(BACKUP_BY_PORT_1);
        assertEquals(1, prios(second, true));
        bench.pass(3 * Bench.SECOND);
        assertEquals(2, prios(second, true));
    }

    @Test
    void firstSubflowOnBackupPort_toldOnceEstablished() {
        bench.policy = policy(2, 0b01);
        first.establish();
        assertTrue(first.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
        assertTrue(bench.connection().subflow(0).backup());
        assertEquals(1, bench.mptcp.paths().backupSubflows(0));
    }

    @Test
    void policyChangesDuringJoin_toldOnceJoined() {
        first.establish();
        Reply answer = second.joinSyn(first, TestPeer.token(first.serverKey));
        assertFalse(answer.mptcp().joinBackup);
        follow(BACKUP_BY_PORT_1);
        second.joinAck(0);
        assertTrue(second.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
    }

    @Test
    void policyChangesDuringFirstHandshake_followedOnceEstablished() {
        first.send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        Reply answer = first.expect(TcpView.SYN);
        first.serverKey = answer.mptcp().sendersKey;
        first.ack = answer.seq + 1;
        bench.policy = policy(0, 0);
        first.send(TcpView.ACK, first.capableAck(), "");
        Reply refused = second.joinSyn(first, TestPeer.token(first.serverKey));
        assertTrue(refused.is(TcpView.RST));
    }

    // ---- rules above a policy

    /** A client with two networks is one client: its join comes from another prefix. */
    @Test
    void ruleForClients_joinFromElsewhere_isTheConnectionsClient() {
        long network = IpAddresses.v4(Bench.SERVER[0] & ~0xff);
        PathRule rule = new PathRule(1, new ClientPrefix(0, network, 120), true);
        bench.policy = REGULAR.under(List.of(rule));
        first.establish();
        Reply answer = second.joinSyn(first, TestPeer.token(first.serverKey));
        assertTrue(answer.mptcp().joinBackup);
        second.joinAck(0);
        follow(REGULAR);
        assertFalse(second.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
        follow(REGULAR.under(List.of(rule)));
        assertTrue(second.expectOption(MptcpOptions.MP_PRIO).mptcp().prioBackup);
    }

    @Test
    void rules_lastThatFits_wins() {
        long hi = 0;
        long lo = IpAddresses.v4(Bench.SERVER[1] + 9);
        ClientPrefix theirs = new ClientPrefix(0, IpAddresses.v4(Bench.SERVER[1] & ~0xff), 120);
        ClientPrefix v6 = new ClientPrefix(0, 0, 0);
        PathRule all = new PathRule(PathRule.ANY_PORT, null, true);
        PathRule port = new PathRule(1, null, false);
        assertTrue(REGULAR.under(List.of(all)).backup(1, hi, lo));
        assertFalse(REGULAR.under(List.of(all, port)).backup(1, hi, lo));
        assertTrue(REGULAR.under(List.of(all, port)).backup(0, hi, lo));
        assertTrue(REGULAR.under(List.of(port, all)).backup(1, hi, lo));
        PathRule clients = new PathRule(1, theirs, true);
        assertTrue(REGULAR.under(List.of(port, clients)).backup(1, hi, lo));
        assertFalse(REGULAR.under(List.of(clients)).backup(1, hi, lo + 256));
        PathRule six = new PathRule(PathRule.ANY_PORT, v6, true);
        assertFalse(REGULAR.under(List.of(six)).backup(1, hi, lo), "::/0 says nothing of IPv4");
        assertTrue(REGULAR.under(List.of(six)).backup(1, 0x2001_0db8L << 32, 1));
    }

    @Test
    void clientPrefixes_longestWins_decidedAtSyn() {
        ClientPrefix wide = new ClientPrefix(0, IpAddresses.v4(Bench.SERVER[0] & ~0xffff), 112);
        ClientPrefix near = new ClientPrefix(0, IpAddresses.v4(Bench.SERVER[0] & ~0xff), 120);
        MptcpPolicy denying = new MptcpPolicy(true, false, true, 2, List.of(), 0);
        MptcpPolicy off = new MptcpPolicy(false, false, false, 2, List.of(), 0);
        bench.policy =
                new ClientPolicies(
                        REGULAR,
                        List.of(
                                new ClientPolicies.Entry(wide, off),
                                new ClientPolicies.Entry(near, denying)));
        first.send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        assertTrue(
                (first.expect(TcpView.SYN).mptcp().capableFlags
                                & MptcpOptions.FLAG_DENY_JOIN_INITIAL)
                        != 0);
        second.send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        assertFalse(second.expect(TcpView.SYN).has(MptcpOptions.MP_CAPABLE));
    }

    // ---- addresses (s3.4)

    @Test
    void addressAdded_toldAlone_whatWasEchoedIsNotRepeated() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        first.expectOption(MptcpOptions.ADD_ADDR);
        echo(3);
        first.clear();
        follow(policy(2, 0, OTHER, SECOND));
        assertEquals(4, first.expectOption(MptcpOptions.ADD_ADDR).mptcp().addAddressId);
        echo(4);
        bench.pass(5 * Bench.SECOND);
        while (!first.quiet()) {
            assertFalse(first.next().has(MptcpOptions.ADD_ADDR));
        }
    }

    private void echo(int id) {
        long lo = IpAddresses.v4(Bench.SERVER[1]);
        first.send(TcpView.ACK, at -> OptionWriter.addAddrEcho(at, id, 0, lo, 0), "");
    }

    @Test
    void addressGone_removedAndItsSubflowReset_saidTwiceMore() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        second.server = Bench.SERVER[1];
        second.join(first);
        first.clear();
        follow(REGULAR);
        assertEquals(3, first.expectOption(MptcpOptions.REMOVE_ADDR).mptcp().removeIds[0]);
        assertTrue(second.next().is(TcpView.RST));
        assertEquals(1, bench.connection().subflowCount());
        bench.pass(3 * Bench.SECOND);
        assertEquals(3, bench.mptcp.counter(MptcpCounter.REMOVE_ADDR_SENT));
    }

    @Test
    void addressGone_lastSubflowOnIt_leftToThePeer() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        second.server = Bench.SERVER[1];
        second.join(first);
        first.send(TcpView.RST | TcpView.ACK, TestPeer.NO_OPTIONS, "");
        second.clear();
        follow(REGULAR);
        assertEquals(3, second.expectOption(MptcpOptions.REMOVE_ADDR).mptcp().removeIds[0]);
        assertEquals(1, bench.connection().subflowCount());
    }

    @Test
    void addressReturns_removalIsNotRepeatedBehindIt() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        echo(3);
        first.clear();
        follow(REGULAR);
        follow(policy(2, 0, SECOND));
        bench.pass(REMOVAL_NANOS);
        assertEquals(List.of("remove 3", "remove 3", "remove 3", "add 3"), addressesTold(first));
        echo(3);
        bench.pass(2 * Bench.SECOND);
        assertEquals(List.of(), addressesTold(first));
    }

    /** RFC 8684 s3.4.1: an id stands for one address; what it was is removed before. */
    @Test
    void idMovesToAnotherAddress_removalIsToldBeforeOnEverySubflow() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        second.join(first);
        echo(3);
        first.clear();
        second.clear();
        follow(policy(2, 0, new Announcement(3, OTHER.hi(), OTHER.lo(), 0)));
        assertEquals(List.of("remove 3"), addressesTold(first));
        assertEquals(List.of(), addressesTold(second));
        bench.pass(REMOVAL_NANOS);
        assertEquals(List.of("remove 3", "remove 3", "add 3"), addressesTold(first));
        assertEquals(List.of(), addressesTold(second));
        echo(3);
        bench.pass(2 * Bench.SECOND);
        assertEquals(List.of(), addressesTold(first));
    }

    /** While an id waits for its removal, others are told. */
    @Test
    void idMoves_otherAddressesDoNotWait() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        echo(3);
        first.clear();
        follow(policy(2, 0, new Announcement(3, OTHER.hi(), OTHER.lo(), 0), OTHER));
        assertEquals(List.of("remove 3", "add 4"), addressesTold(first));
        echo(4);
        bench.pass(REMOVAL_NANOS);
        assertEquals(List.of("remove 3", "remove 3", "add 3"), addressesTold(first));
    }

    private static List<String> addressesTold(TestPeer peer) {
        List<String> told = new ArrayList<>();
        while (!peer.quiet()) {
            MptcpOptions options = peer.next().mptcp();
            if (options.has(MptcpOptions.ADD_ADDR)) {
                told.add("add " + options.addAddressId);
            }
            if (options.has(MptcpOptions.REMOVE_ADDR)) {
                told.add("remove " + options.removeIds[0]);
            }
        }
        return told;
    }

    // ---- limits

    @Test
    void limitLowered_existingStay_nextIsRefused() {
        second.join(first.establish());
        follow(policy(1, 0));
        assertEquals(2, bench.connection().subflowCount());
        TestPeer third = new TestPeer(bench, 1);
        Reply answer = third.joinSyn(first, TestPeer.token(first.serverKey));
        assertTrue(answer.is(TcpView.RST));
        assertEquals(ResetReason.PROHIBITED.code(), answer.mptcp().resetReason);
        follow(REGULAR);
        new TestPeer(bench, 1).join(first);
        assertEquals(3, bench.connection().subflowCount());
    }

    // ---- links

    @Test
    void linkLost_whatItCarriedGoesOverTheOther_atOnce() {
        second.join(first.establish());
        follow(policy(2, 0b01));
        first.clear();
        second.clear();
        bench.write(100);
        assertEquals(100, second.expect(TcpView.PSH).payload.length);
        bench.ip.port(1).setLinkUp(false);
        bench.connection().follow(bench.now);
        bench.cycle();
        assertEquals(100, first.expect(TcpView.PSH).payload.length, "no timeout was waited for");
        assertTrue(bench.connection().subflow(1).stalled());
        assertEquals(1, bench.mptcp.paths().stalledSubflows(1));
        bench.write(50);
        assertEquals(50, first.expect(TcpView.PSH).payload.length);
    }

    @Test
    void linkBack_triedAtOnce_usedAgainOnceItAcknowledges() {
        linkLost_whatItCarriedGoesOverTheOther_atOnce();
        first.send(TcpView.ACK, first.dataAck(150), "");
        bench.pass(10 * Bench.SECOND);
        second.clear();
        bench.ip.port(1).setLinkUp(true);
        bench.connection().follow(bench.now);
        bench.cycle();
        assertEquals(100, second.expect(TcpView.PSH).payload.length, "no back-off was waited for");
        assertTrue(bench.connection().subflow(1).stalled());
        second.ack += 100;
        second.send(TcpView.ACK, second.dataAck(150), "");
        assertFalse(bench.connection().subflow(1).stalled());
        assertEquals(0, bench.mptcp.paths().stalledSubflows(1));
        second.clear();
        bench.write(70);
        assertEquals(70, second.expect(TcpView.PSH).payload.length);
    }

    @Test
    void tailProbeUnanswered_whatItCarriedGoesOverTheOther_beforeATimeout_andNobodyIsTold() {
        carriedBySecond();
        bench.write(3_000);
        second.clear();
        bench.pass(60 * Bench.MILLI);
        second.expect(TcpView.PSH);
        assertFalse(bench.connection().subflow(1).stalled(), "the probe has its time");
        bench.pass(60 * Bench.MILLI);
        assertTrue(bench.connection().subflow(1).stalled());
        assertEquals(0, bench.connection().subflow(1).tcp().sender().backoff());
        int again = 0;
        while (again < 3_000) {
            again += first.next().payload.length;
        }
        assertEquals(3_000, again);
        assertEquals(1, bench.mptcp.counter(MptcpCounter.PATHS_STALLED));
        assertEquals(0, bench.mptcp.paths().stalledSubflows(1), "a path is left for a timeout");
    }

    @Test
    void tailProbeAnswered_pathIsUsedOn() {
        carriedBySecond();
        bench.write(3_000);
        bench.pass(60 * Bench.MILLI);
        second.ack += 3_000;
        second.send(TcpView.ACK, second.dataAck(3_100), "");
        second.clear();
        bench.pass(200 * Bench.MILLI);
        assertFalse(bench.connection().subflow(1).stalled());
        bench.write(50);
        assertEquals(50, second.expect(TcpView.PSH).payload.length);
    }

    /** The first is backup; the second has carried 100 bytes, over 20 ms. */
    private void carriedBySecond() {
        second.withSack = true;
        second.join(first.establish());
        follow(policy(2, 0b01));
        bench.write(100);
        bench.pass(20 * Bench.MILLI);
        second.ack += 100;
        second.send(TcpView.ACK, second.dataAck(100), "");
        first.clear();
    }

    // ---- events

    private static final class Recorder implements ConnectionEvents {
        final List<String> lines = new ArrayList<>();

        @Override
        public void onFellBack(MptcpConnection connection, FallbackCause cause, long nowNanos) {
            lines.add("fell back " + cause);
        }

        @Override
        public void onSubflowOpened(MptcpConnection of, Subflow subflow, long nowNanos) {
            lines.add("opened " + subflow.number() + " of " + of.number());
        }

        @Override
        public void onSubflowPriority(MptcpConnection of, Subflow subflow, long nowNanos) {
            lines.add(
                    "priority "
                            + subflow.number()
                            + " us "
                            + subflow.backupByUs()
                            + " peer "
                            + subflow.backupByPeer());
        }

        @Override
        public void onSubflowStalled(
                MptcpConnection of, Subflow subflow, boolean stalled, long nowNanos) {
            lines.add("stalled " + subflow.number() + " " + stalled);
        }

        @Override
        public void onSubflowClosed(
                MptcpConnection of, Subflow subflow, CloseCause cause, long nowNanos) {
            lines.add("closed " + subflow.number() + " " + cause + " " + subflow.peersReason());
        }

        @Override
        public void onJoinRefused(
                @Nullable MptcpConnection connection,
                long remoteHi,
                long remoteLo,
                int remotePort,
                MptcpCounter reason,
                long nowNanos) {
            lines.add("refused " + (connection == null ? 0 : connection.number()) + " " + reason);
        }

        @Override
        public void onAddressAnnounced(
                MptcpConnection connection,
                int addressId,
                long hi,
                long lo,
                int tcpPort,
                boolean byPeer,
                long nowNanos) {
            lines.add("announced " + addressId + (byPeer ? " by peer" : ""));
        }

        @Override
        public void onAddressEchoed(MptcpConnection connection, int addressId, long nowNanos) {
            lines.add("echoed " + addressId);
        }

        @Override
        public void onAddressRemoved(
                MptcpConnection connection, int addressId, boolean byPeer, long nowNanos) {
            lines.add("removed " + addressId + (byPeer ? " by peer" : ""));
        }
    }

    @Test
    void events_toldInTheOrderInWhichThingsHappen() {
        Recorder recorder = new Recorder();
        bench.mptcp.events(recorder);
        bench.policy = policy(1, 0, SECOND);
        first.establish();
        bench.connection().number(77);
        echo(3);
        second.join(first);
        second.send(TcpView.ACK, at -> OptionWriter.mpPrio(at, true), "");
        new TestPeer(bench, 1).joinSyn(first, TestPeer.token(first.serverKey));
        new TestPeer(bench, 1).joinSyn(first, 1);
        follow(policy(1, 0b01));
        bench.ip.port(1).setLinkUp(false);
        bench.connection().follow(bench.now);
        first.send(TcpView.ACK, at -> OptionWriter.removeAddr(at, 9), "");
        second.send(
                TcpView.RST | TcpView.ACK,
                at -> OptionWriter.mpTcpRst(at, false, ResetReason.UNACCEPTABLE_PERFORMANCE),
                "");
        assertEquals(
                List.of(
                        "announced 3",
                        "opened 0 of 0",
                        "echoed 3",
                        "opened 1 of 77",
                        "priority 1 us false peer true",
                        "refused 77 JOIN_OVER_LIMIT",
                        "refused 0 JOIN_UNKNOWN_TOKEN",
                        "removed 3",
                        "priority 0 us true peer false",
                        "stalled 1 true",
                        "removed 9 by peer",
                        "closed 1 RESET_BY_PEER UNACCEPTABLE_PERFORMANCE"),
                recorder.lines);
    }

    @Test
    void told_whatIsTrueNow() {
        bench.policy = policy(2, 0, SECOND);
        first.establish();
        echo(3);
        second.join(first);
        bench.ip.port(1).setLinkUp(false);
        bench.connection().follow(bench.now);
        Recorder recorder = new Recorder();
        bench.connection().tell(recorder, bench.now);
        assertEquals(
                List.of("opened 0 of 0", "opened 1 of 0", "stalled 1 true", "announced 3"),
                recorder.lines);
    }
}
