package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.proxy.BalancerEvents;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.proxy.RevisionException;
import io.mptcplb.proxy.Session;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.mptcp.Subflow;
import io.mptcplb.stack.random.Prng;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The box under traffic while whoever steers it does so at random: priorities, addresses, limits,
 * members, whole configurations, links. No byte is lost, nothing is left, and once it is quiet both
 * ends agree on what was said last.
 */
class PolicyWorldsTest {
    private static final int SEEDS = Integer.getInteger("mptcplb.seeds", 24);
    private static final long FIRST = Long.getLong("mptcplb.seed", 1);
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final LinkSettings CLEAN =
            LinkSettings.CLEAN.withDelay(2 * MILLI).withRate(20_000_000, 60_000);

    /** Steers for a while, then lets go: all rules away, all links up, one last word. */
    private static final class Governor implements BalancerEvents {
        private final LiveBox live;
        private final Prng prng;
        private int settled;
        private int opened;
        private int closed;
        private final StringBuilder broken = new StringBuilder();

        Governor(LiveBox live, Prng prng) {
            this.live = live;
            this.prng = prng;
            live.box.balancer().events(this);
        }

        @Override
        public void onPolicySettled(long generation, long nowNanos) {
            settled++;
        }

        @Override
        public void onSubflowOpened(MptcpConnection of, Subflow subflow, long nowNanos) {
            opened++;
        }

        @Override
        public void onSubflowClosed(
                MptcpConnection of,
                Subflow subflow,
                io.mptcplb.stack.tcp.CloseCause cause,
                long nowNanos) {
            closed++;
        }

        @Override
        public void onConnectionClosed(Session session, SessionEnd how, long nowNanos) {
            if (how != SessionEnd.FINISHED) {
                broken.append(' ').append(how.text());
            }
        }

        void command(Command command) {
            LoadBalancer box = live.box.balancer();
            try {
                box.apply(box.revision().after(command), live.world.nowNanos());
            } catch (RevisionException e) {
                throw new AssertionError(command + " refused", e);
            }
        }

        void link(int port, boolean up) {
            live.links[port].dark(!up);
            live.box.balancer().linkChanged(port, up, live.world.nowNanos());
        }

        void anything() {
            switch (prng.nextInt(8)) {
                case 0, 1, 2 -> command(priority());
                case 3 -> command(new Command.Announce("noisy", entry(1 + prng.nextInt(4))));
                case 4 -> command(new Command.Withdraw("noisy", 1 + prng.nextInt(4)));
                case 5 ->
                        command(
                                new Command.SetSubflowLimit(
                                        "noisy",
                                        prng.chance(1, 3)
                                                ? Optional.empty()
                                                : Optional.of(prng.nextInt(9))));
                case 6 -> command(new Command.ApplyConfig(config()));
                default -> command(new Command.ApplyEndpoints(List.of(pool())));
            }
        }

        private Command priority() {
            PathPriority[] all = PathPriority.values();
            Optional<String> server = prng.chance(1, 2) ? Optional.of("noisy") : Optional.empty();
            Optional<String> port =
                    prng.chance(1, 3)
                            ? Optional.empty()
                            : Optional.of(prng.chance(1, 2) ? "isp-a" : "isp-b");
            Optional<IpPrefix> clients =
                    prng.chance(1, 2)
                            ? Optional.empty()
                            : Optional.of(IpPrefix.parse("198.18." + prng.nextInt(2) + ".0/24"));
            return new Command.SetPathPriority(
                    new PathSelector(server, port, clients), all[prng.nextInt(all.length)]);
        }

        private static AdvertiseConfig entry(int id) {
            return new AdvertiseConfig(id, "isp-b", IpAddress.v4(0xcb00_7140 | id), 0);
        }

        private MptcpConfig mptcp() {
            return new MptcpConfig(
                    prng.chance(9, 10),
                    true,
                    prng.chance(1, 4),
                    prng.nextInt(9),
                    prng.chance(1, 2) ? List.of(entry(1)) : List.of(entry(2), entry(5)),
                    prng.chance(1, 2) ? List.of() : List.of("isp-b"));
        }

        private LbConfig config() {
            LbConfig now = live.box.balancer().revision().config();
            VirtualServerConfig was = now.virtualServers().getFirst();
            ClientPolicyConfig some =
                    new ClientPolicyConfig(List.of(IpPrefix.parse("198.18.0.0/16")), mptcp());
            VirtualServerConfig noisy =
                    new VirtualServerConfig(
                            was.name(),
                            was.addresses(),
                            prng.chance(1, 4) ? was.addresses() : List.of(),
                            was.port(),
                            was.pool(),
                            mptcp(),
                            prng.chance(1, 2) ? List.of() : List.of(some),
                            was.timeouts(),
                            was.maxConnections());
            return new LbConfig(
                    now.generation() + 1,
                    now.workers(),
                    now.buffers(),
                    now.sizes(),
                    now.ports(),
                    List.of(noisy, now.virtualServers().getLast()),
                    now.pools());
        }

        /** The same server under one name or two. */
        private PoolConfig pool() {
            PoolConfig was = live.box.balancer().revision().config().pools().getFirst();
            BackendConfig one = was.backends().getFirst();
            BackendConfig other = new BackendConfig("x", IpAddress.parse("198.18.2.10"), 8081, 0);
            List<BackendConfig> members =
                    prng.chance(1, 2)
                            ? List.of(one)
                            : List.of(
                                    new BackendConfig(
                                            one.name(),
                                            one.address(),
                                            one.port(),
                                            1 + prng.nextInt(9)),
                                    other);
            return new PoolConfig(was.name(), was.balance(), members);
        }
    }

    @Test
    void everySeed_steeredAtRandom_everyByte_bothEndsAgree() {
        int told = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            told += world(seed);
        }
        assertTrue(told > 20 * SEEDS, "only " + told + " priorities were told");
    }

    private static int world(long seed) {
        Prng prng = new Prng(seed);
        boolean lossy = prng.chance(1, 2);
        LinkSettings isp = lossy ? CLEAN.withFaults(15, 50, 10, 0) : CLEAN;
        try (LiveBox live = new LiveBox(seed, isp)) {
            Governor governor = new Governor(live, prng);
            live.noisy.keep(8, 150_000);
            long at = 0;
            for (int i = 0; i < 60; i++) {
                at += prng.between(MILLI, 60 * MILLI);
                live.world.after(at, governor::anything);
            }
            flaps(live, governor, prng, at);
            live.world.runUntil(() -> false, at);
            calm(live, governor);
            live.world.runUntil(() -> false, 900 * MILLI);
            String name = "seed " + seed;
            assertEquals(Set.of(), lastingDisagreements(live), name);
            assertTrue(governor.settled > 0, name);
            MptcpStack box = live.box.balancer().mptcp();
            int told = (int) box.counter(MptcpCounter.PRIO_SENT);
            String leak = live.leak();
            assertEquals("", leak, name);
            assertEquals(-1, live.noisy.corruptAt(), name);
            assertEquals("", governor.broken.toString(), name);
            // Whose SYN was lost twice comes again, before it is anybody's.
            int unheard = live.noisy.opened() - live.noisy.accepted();
            assertEquals(unheard, live.noisy.broken(), name + ": " + live.noisy);
            assertTrue(live.noisy.finished() > 20, name);
            assertEquals(governor.opened, governor.closed, name);
            return told;
        }
    }

    private static void flaps(LiveBox live, Governor governor, Prng prng, long untilNanos) {
        long at = 0;
        while (at < untilNanos - 400 * MILLI) {
            int port = prng.nextInt(2);
            long down = at + prng.between(20 * MILLI, 300 * MILLI);
            at = down + prng.between(5 * MILLI, 350 * MILLI);
            live.world.after(down, () -> governor.link(port, false));
            live.world.after(at, () -> governor.link(port, true));
        }
    }

    /** Nothing above the configuration but one rule for both ends to agree on. */
    private static void calm(LiveBox live, Governor governor) {
        governor.link(0, true);
        governor.link(1, true);
        for (Event.PathRule rule : live.box.balancer().revision().pathRules()) {
            governor.command(new Command.SetPathPriority(rule.paths(), PathPriority.CONFIGURED));
        }
        governor.command(
                new Command.SetPathPriority(PathSelector.ofPort("isp-a"), PathPriority.BACKUP));
        governor.command(
                new Command.SetPathPriority(PathSelector.ofPort("isp-b"), PathPriority.REGULAR));
    }

    /** What is told of subflows that have just been opened is given time to be told again. */
    private static Set<String> lastingDisagreements(LiveBox live) {
        Set<String> lasting = disagreements(live);
        live.world.runUntil(() -> false, 700 * MILLI);
        lasting.retainAll(disagreements(live));
        return lasting;
    }

    /** Where box and client take a subflow for different things, or the box not what was said. */
    private static Set<String> disagreements(LiveBox live) {
        Set<String> found = new HashSet<>();
        MptcpStack box = live.box.balancer().mptcp();
        for (int i = 0; i < box.connectionCapacity(); i++) {
            MptcpConnection connection = box.connection(i);
            for (int s = 0; connection.established() && s < connection.subflowCount(); s++) {
                Subflow subflow = connection.subflow(s);
                if (!subflow.established() || subflow.portIndex() > 1) {
                    continue;
                }
                boolean wanted = subflow.portIndex() == 0;
                String which = subflow.tcp().remotePort() + " over port " + subflow.portIndex();
                Subflow theirs = find(live.noisyClient.mptcp(), subflow.tcp().remotePort());
                if (subflow.backupByUs() != wanted) {
                    found.add(which + " was left out");
                }
                if (theirs != null && theirs.backupByPeer() != wanted) {
                    found.add(which + ": the client has not heard");
                }
            }
        }
        return found;
    }

    private static @Nullable Subflow find(MptcpStack client, int localPort) {
        for (int i = 0; i < client.connectionCapacity(); i++) {
            MptcpConnection connection = client.connection(i);
            for (int s = 0; connection.established() && s < connection.subflowCount(); s++) {
                Subflow subflow = connection.subflow(s);
                if (subflow.established() && subflow.tcp().localPort() == localPort) {
                    return subflow;
                }
            }
        }
        return null;
    }
}
