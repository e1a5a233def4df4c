package io.mptcplb.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MemoryMode;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortRole;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.random.ChaChaKeySource;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a command makes of what is in force, and how it is refused. */
class RevisionTest {
    private static final long NOW = 1_000;
    private static final IpAddress CLIENT = IpAddress.parse("198.18.9.9");

    private final ArenaBufferPool buffers = new ArenaBufferPool(1024, Mbuf.DEFAULT_ROOM_BYTES);
    private final LoadBalancer balancer = balancer();

    private LoadBalancer balancer() {
        FrameIo[] ports = new FrameIo[2];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new MemoryPort(buffers, 1L << 41 | i, MemoryPort.plain(1500), 64);
        }
        ChaChaKeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        LbConfig config = config(1, List.of(server("web", "203.0.113.1")), List.of(pool("a", "b")));
        return new LoadBalancer(config, 0, ports, buffers, keys, NOW);
    }

    @AfterEach
    void close() {
        balancer.close(NOW);
        buffers.close();
    }

    private static PortConfig port(String name, PortRole role, String address) {
        return new PortConfig(
                name,
                PortDevice.afPacket(name),
                role,
                0,
                List.of(IpPrefix.parse(address)),
                List.of());
    }

    private static LbConfig config(
            long generation, List<VirtualServerConfig> servers, List<PoolConfig> pools) {
        return config(generation, 64, servers, pools);
    }

    private static LbConfig config(
            long generation,
            int connections,
            List<VirtualServerConfig> servers,
            List<PoolConfig> pools) {
        return new LbConfig(
                generation,
                WorkerConfig.defaults(),
                new BufferConfig(MemoryMode.PLAIN, 1 << 13, 2176, 64, 1L << 20, 0),
                new SizeConfig(connections, 64, 64, 64),
                List.of(
                        port("isp-a", PortRole.BOTH, "198.18.0.1/24"),
                        port("isp-b", PortRole.BOTH, "198.18.1.1/24")),
                servers,
                pools);
    }

    private static VirtualServerConfig server(String name, String vip) {
        return server(name, vip, MptcpConfig.defaults());
    }

    private static VirtualServerConfig server(
            String name, String vip, MptcpConfig mptcp, ClientPolicyConfig... policies) {
        return new VirtualServerConfig(
                name,
                List.of(IpAddress.parse(vip)),
                List.of(),
                80,
                "pool",
                mptcp,
                List.of(policies),
                TimeoutConfig.defaults(),
                10);
    }

    private static PoolConfig pool(String... names) {
        List<BackendConfig> members = new ArrayList<>();
        for (String name : names) {
            IpAddress address = IpAddress.v4(0xc000_0200 | name.charAt(0));
            members.add(new BackendConfig(name, address, 8080, 1));
        }
        return new PoolConfig("pool", Balance.ROUND_ROBIN, members);
    }

    private void apply(Command command) throws RevisionException {
        balancer.apply(balancer.revision().after(command), NOW);
    }

    private void refused(ReplyCode code, String text, Command command) {
        Revision before = balancer.revision();
        RevisionException refusal =
                assertThrows(RevisionException.class, () -> before.after(command));
        assertEquals(code, refusal.code());
        assertEquals(text, refusal.text());
    }

    private VirtualServer web() {
        return balancer.virtualServers().getFirst();
    }

    private MptcpPolicy policy() {
        return web().policyFor(CLIENT.hi(), CLIENT.lo());
    }

    private String picks(int count) {
        StringBuilder picked = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Backend next = web().pool().pick(new Backend[1], 0);
            picked.append(next == null ? "-" : next.name());
        }
        return picked.toString();
    }

    // ---- configuration

    @Test
    void sameConfiguration_changesNothing() throws RevisionException {
        MptcpPolicy before = policy();
        apply(new Command.ApplyConfig(balancer.revision().config()));
        assertSame(before, policy());
        assertEquals(0, balancer.revision().change().servers.length);
        assertEquals(0, balancer.revision().change().pools.length);
    }

    @Test
    void serverGoneAndBack_figuresCarryOn() throws RevisionException {
        VirtualServer web = web();
        Backend a = web.pool().backend(0);
        web.countReceived(100);
        a.countSent(7);
        apply(new Command.ApplyConfig(config(2, List.of(), List.of())));
        assertEquals(List.of(), balancer.virtualServers());
        LbConfig back = config(3, List.of(server("web", "203.0.113.2")), List.of(pool("b", "a")));
        apply(new Command.ApplyConfig(back));
        assertSame(web, web());
        assertEquals(100, web().rxBytes());
        assertEquals(7, web().pool().backend(1).txBytes());
    }

    @Test
    void addressesMoveBetweenServers() throws RevisionException {
        LbConfig two =
                config(
                        2,
                        List.of(server("web", "203.0.113.1"), server("api", "203.0.113.2")),
                        List.of(pool("a")));
        apply(new Command.ApplyConfig(two));
        LbConfig swapped =
                config(
                        3,
                        List.of(server("web", "203.0.113.2"), server("api", "203.0.113.1")),
                        List.of(pool("a")));
        apply(new Command.ApplyConfig(swapped));
        assertEquals(2, balancer.revision().change().closed.length);
        assertEquals(2, balancer.revision().change().opened.length);
        assertEquals(0, balancer.revision().change().vipsSet.length);
    }

    @Test
    void whatIsFixedAtStart_refusedByItsFirstField() {
        List<PoolConfig> pools = List.of(pool("a"));
        refused(
                ReplyCode.RESTART_REQUIRED,
                "sizes.maxConnections: 65 needs a restart, started with 64",
                new Command.ApplyConfig(config(2, 65, List.of(), pools)));
        LbConfig now = balancer.revision().config();
        LbConfig moved =
                new LbConfig(
                        2,
                        now.workers(),
                        now.buffers(),
                        now.sizes(),
                        List.of(
                                port("isp-a", PortRole.BOTH, "198.18.0.1/24"),
                                port("isp-b", PortRole.BOTH, "198.18.1.2/24")),
                        List.of(),
                        pools);
        refused(
                ReplyCode.RESTART_REQUIRED,
                "ports[1].addresses[0]: 198.18.1.2/24 needs a restart, started with 198.18.1.1/24",
                new Command.ApplyConfig(moved));
    }

    @Test
    void olderGeneration_stale() {
        refused(
                ReplyCode.STALE,
                "generation: 0 is older than 1 in force",
                new Command.ApplyConfig(config(0, List.of(), List.of())));
    }

    @Test
    void moreThanTheTablesHold_full() {
        List<VirtualServerConfig> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(server("s" + i, "203.0.113." + (i + 1)));
        }
        refused(
                ReplyCode.FULL,
                "virtualServers.addresses: 200 in all, the tables have room for 129",
                new Command.ApplyConfig(config(2, many, List.of(pool("a")))));
    }

    @Test
    void clientPrefix_hasItsOwnPolicy() throws RevisionException {
        MptcpPolicy before = policy();
        ClientPolicyConfig own =
                new ClientPolicyConfig(
                        List.of(IpPrefix.parse("198.18.9.0/24")), MptcpConfig.defaults());
        VirtualServerConfig server = server("web", "203.0.113.1", MptcpConfig.defaults(), own);
        apply(new Command.ApplyConfig(config(2, List.of(server), List.of(pool("a")))));
        assertNotSame(before, policy());
        assertNotSame(policy(), web().policyFor(CLIENT.hi(), CLIENT.lo() + 256));
    }

    // ---- endpoints

    @Test
    void membersSwapped_turnIsKept_newOneJoinsIn() throws RevisionException {
        assertEquals("aba", picks(3));
        apply(new Command.ApplyEndpoints(List.of(pool("a", "b", "c"))));
        assertEquals("bca", picks(3));
        apply(new Command.ApplyEndpoints(List.of(pool("c"))));
        assertEquals("cc", picks(2));
        apply(new Command.ApplyEndpoints(List.of(pool())));
        assertEquals("-", picks(1));
        assertEquals(List.of(pool()), balancer.revision().config().pools());
    }

    @Test
    void membersOfUnknownPool_refused() {
        refused(
                ReplyCode.UNKNOWN_NAME,
                "endpoints.pools: no pool is named other",
                new Command.ApplyEndpoints(
                        List.of(new PoolConfig("other", Balance.ROUND_ROBIN, List.of()))));
    }

    // ---- above the configuration

    private static Command priority(String server, String port, PathPriority priority) {
        return new Command.SetPathPriority(
                new PathSelector(
                        Optional.ofNullable(server.isEmpty() ? null : server),
                        Optional.ofNullable(port.isEmpty() ? null : port),
                        Optional.empty()),
                priority);
    }

    @Test
    void pathRule_setAgain_isTheLast_configuredTakesItAway() throws RevisionException {
        apply(priority("web", "isp-a", PathPriority.BACKUP));
        apply(priority("", "isp-b", PathPriority.REGULAR));
        apply(priority("web", "isp-a", PathPriority.REGULAR));
        List<Event.PathRule> rules = balancer.revision().pathRules();
        assertEquals(2, rules.size());
        assertEquals(Optional.of("web"), rules.getLast().paths().virtualServer());
        assertEquals(PathPriority.REGULAR, rules.getLast().priority());
        apply(priority("web", "isp-a", PathPriority.CONFIGURED));
        apply(priority("", "isp-b", PathPriority.CONFIGURED));
        assertEquals(List.of(), balancer.revision().pathRules());
    }

    @Test
    void pathRule_unknownNames_andOneTooMany_refused() throws RevisionException {
        refused(
                ReplyCode.UNKNOWN_NAME,
                "selector.virtualServer: no virtual server is named api",
                priority("api", "", PathPriority.BACKUP));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "selector.port: no port is named isp-z",
                priority("", "isp-z", PathPriority.BACKUP));
        for (int i = 0; i < Command.PATH_RULES_MAX; i++) {
            apply(clients(i));
        }
        refused(ReplyCode.FULL, "selector: 64 path rules are in force", clients(64));
        apply(clients(3));
        assertEquals(64, balancer.revision().pathRules().size());
    }

    private static Command clients(int network) {
        IpPrefix prefix = new IpPrefix(IpAddress.v4(0xc612_0000 | network << 8 | 7), 24);
        return new Command.SetPathPriority(
                new PathSelector(Optional.empty(), Optional.empty(), Optional.of(prefix)),
                PathPriority.BACKUP);
    }

    @Test
    void configurationApplied_leavesWhatWasSaid_asFarAsNamesExist() throws RevisionException {
        apply(priority("web", "isp-a", PathPriority.BACKUP));
        apply(priority("", "isp-b", PathPriority.BACKUP));
        apply(new Command.Drain("web", true));
        LbConfig more =
                config(
                        2,
                        List.of(server("web", "203.0.113.1"), server("api", "203.0.113.2")),
                        List.of(pool("a")));
        apply(new Command.ApplyConfig(more));
        assertEquals(2, balancer.revision().pathRules().size());
        assertTrue(web().draining());
        LbConfig fewer = config(3, List.of(server("api", "203.0.113.2")), List.of(pool("a")));
        apply(new Command.ApplyConfig(fewer));
        assertEquals(1, balancer.revision().pathRules().size());
        apply(new Command.ApplyConfig(config(4, more.virtualServers(), more.pools())));
        assertTrue(!web().draining());
    }

    private static LbConfig silent(long generation, boolean web, boolean api) {
        IpAddress vip = IpAddress.parse("203.0.113.1");
        return config(
                generation,
                List.of(silent("web", 80, vip, web), silent("api", 81, vip, api)),
                List.of(pool("a")));
    }

    private static VirtualServerConfig silent(
            String name, int port, IpAddress vip, boolean silent) {
        return new VirtualServerConfig(
                name,
                List.of(vip),
                silent ? List.of(vip) : List.of(),
                port,
                "pool",
                MptcpConfig.defaults(),
                List.of(),
                TimeoutConfig.defaults(),
                10);
    }

    private void assertChange(String text) {
        Change change = balancer.revision().change();
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < change.vipsSet.length; i++) {
            found.append(change.vipsSet[i]).append(change.vipsAnnounced[i] ? " ours" : " silent");
        }
        assertEquals(text, found.toString());
        assertEquals(0, change.vipsGone.length);
    }

    @Test
    void vipOfTwoServers_isAnnouncedWhileOneOfThemAnnouncesIt() throws RevisionException {
        apply(new Command.ApplyConfig(silent(2, true, false)));
        assertChange("");
        apply(new Command.ApplyConfig(silent(3, true, true)));
        assertChange("203.0.113.1 silent");
        IpAddress vip = IpAddress.parse("203.0.113.1");
        apply(new Command.Announce("web", new AdvertiseConfig(9, "isp-b", vip, 0)));
        assertChange("");
        apply(new Command.ApplyConfig(silent(4, false, true)));
        assertChange("203.0.113.1 ours");
    }

    @Test
    void announcedAndWithdrawn_vipsFollow() throws RevisionException {
        IpAddress address = IpAddress.parse("203.0.113.77");
        AdvertiseConfig entry = new AdvertiseConfig(9, "isp-b", address, 0);
        apply(new Command.Announce("web", entry));
        assertEquals(List.of(address), List.of(balancer.revision().change().vipsSet));
        apply(new Command.Announce("web", entry));
        assertEquals(0, balancer.revision().change().vipsSet.length);
        apply(new Command.Withdraw("web", 9));
        assertEquals(List.of(address), List.of(balancer.revision().change().vipsGone));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "announce.address.port: no port is named isp-z",
                new Command.Announce("web", new AdvertiseConfig(9, "isp-z", address, 0)));
        refused(
                ReplyCode.UNKNOWN_NAME,
                "withdraw.virtualServer: no virtual server is named api",
                new Command.Withdraw("api", 9));
    }

    @Test
    void announcedByCommand_moreThanEight_full() throws RevisionException {
        for (int id = 1; id <= 8; id++) {
            apply(new Command.Announce("web", entry(id)));
        }
        refused(
                ReplyCode.FULL,
                "announce.address: 8 addresses are announced by command",
                new Command.Announce("web", entry(9)));
    }

    private static AdvertiseConfig entry(int id) {
        return new AdvertiseConfig(id, "isp-b", IpAddress.v4(0xcb00_7140 | id), 0);
    }

    @Test
    void withdrawn_configuredAddress_isAnnouncedNoMore_untilAnnounced() throws RevisionException {
        MptcpConfig told =
                new MptcpConfig(true, true, false, 2, List.of(entry(1), entry(2)), List.of());
        ServerOverrides said = ServerOverrides.NONE.withdraw(1);
        assertEquals(List.of(entry(2)), said.effective(told.advertise()));
        AdvertiseConfig other = new AdvertiseConfig(1, "isp-a", entry(5).address(), 443);
        assertEquals(List.of(entry(2), other), said.announce(other).effective(told.advertise()));
        assertEquals(
                List.of(entry(2)), said.announce(other).withdraw(1).effective(told.advertise()));
    }

    // ---- the worker's side

    @Test
    void applied_allocatesNothing() throws RevisionException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            String vip = "203.0.113." + (1 + round % 2);
            LbConfig config =
                    config(
                            2 + round,
                            List.of(server("web", vip), server("s" + round % 3, "203.0.113.9")),
                            List.of(pool("a", round % 2 == 0 ? "b" : "c")));
            Revision next = balancer.revision().after(new Command.ApplyConfig(config));
            long before = threads.getCurrentThreadAllocatedBytes();
            balancer.apply(next, NOW);
            while (balancer.runPolicy(NOW, 16) > 0) {}
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, fewest);
    }
}
