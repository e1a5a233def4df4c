package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records exist in a valid state only: each rule with the message of its breach. */
class ConfigRulesTest {
    private static final IpAddress VIP = IpAddress.parse("203.0.113.10");

    private static PortConfig port(
            String name, String device, PortRole role, String address, String... gateways) {
        List<RouteConfig> routes =
                List.of(gateways).stream()
                        .map(via -> new RouteConfig(IpPrefix.DEFAULT_V4, IpAddress.parse(via)))
                        .toList();
        return new PortConfig(
                name,
                PortDevice.afPacket(device),
                role,
                0,
                List.of(IpPrefix.parse(address)),
                routes);
    }

    private static VirtualServerConfig server(
            String name, int port, String pool, MptcpConfig mptcp) {
        return new VirtualServerConfig(
                name, List.of(VIP), port, pool, mptcp, TimeoutConfig.defaults(), 10);
    }

    private static VirtualServerConfig serving(ClientPolicyConfig... policies) {
        return new VirtualServerConfig(
                "a",
                List.of(VIP),
                List.of(),
                80,
                "web",
                MptcpConfig.defaults(),
                List.of(policies),
                TimeoutConfig.defaults(),
                10);
    }

    private static ClientPolicyConfig to(String prefix, MptcpConfig mptcp) {
        return new ClientPolicyConfig(List.of(IpPrefix.parse(prefix)), mptcp);
    }

    private static ClientPolicyConfig toMany(int prefixes) {
        return new ClientPolicyConfig(
                IntStream.range(0, prefixes)
                        .mapToObj(i -> new IpPrefix(IpAddress.v4(0xc612_0000 | i << 8), 24))
                        .toList(),
                MptcpConfig.defaults());
    }

    private static MptcpConfig backup(String port) {
        return new MptcpConfig(true, true, false, 2, List.of(), List.of(port));
    }

    private static LbConfig config(List<PortConfig> ports, List<VirtualServerConfig> servers) {
        PoolConfig pool = new PoolConfig("web", Balance.ROUND_ROBIN, List.of(backend("one", 80)));
        return new LbConfig(
                1,
                WorkerConfig.defaults(),
                BufferConfig.defaults(),
                SizeConfig.defaults(),
                ports,
                servers,
                List.of(pool));
    }

    private static LbConfig straysTo(List<IpAddress> boxes) {
        LbConfig sound = config(List.of(BOTH), List.of());
        return new LbConfig(
                sound.generation(),
                sound.workers(),
                sound.buffers(),
                sound.sizes(),
                sound.ports(),
                sound.virtualServers(),
                sound.pools(),
                boxes);
    }

    private static BackendConfig backend(String name, int port) {
        return new BackendConfig(name, IpAddress.parse("192.0.2.21"), port, 1);
    }

    private static final PortConfig BOTH = port("one", "eth1", PortRole.BOTH, "192.0.2.10/24");

    private static Arguments breach(String message, Supplier<Object> making) {
        return Arguments.of(message, making);
    }

    static List<Arguments> breaches() {
        return List.of(
                breach(
                        "passStraysTo: 9 entries, must have 0 to 8",
                        () ->
                                straysTo(
                                        IntStream.range(0, 9)
                                                .mapToObj(i -> new IpAddress(1L << 61, i))
                                                .toList())),
                breach(
                        "passStraysTo: 192.0.2.11 appears twice",
                        () ->
                                straysTo(
                                        List.of(
                                                IpAddress.parse("192.0.2.11"),
                                                IpAddress.parse("192.0.2.11")))),
                breach("ports: 0 entries, must have 1 to 32", () -> config(List.of(), List.of())),
                breach(
                        "ports: none faces clients",
                        () ->
                                config(
                                        List.of(
                                                port(
                                                        "one",
                                                        "eth1",
                                                        PortRole.BACKEND,
                                                        "192.0.2.10/24")),
                                        List.of())),
                breach(
                        "ports: none faces backends",
                        () ->
                                config(
                                        List.of(
                                                port(
                                                        "one",
                                                        "eth1",
                                                        PortRole.CLIENT,
                                                        "192.0.2.10/24")),
                                        List.of())),
                breach(
                        "ports: one appears twice",
                        () ->
                                config(
                                        List.of(
                                                BOTH,
                                                port(
                                                        "one",
                                                        "eth2",
                                                        PortRole.BOTH,
                                                        "198.51.100.10/24")),
                                        List.of())),
                breach(
                        "ports: eth1 appears twice",
                        () ->
                                config(
                                        List.of(
                                                BOTH,
                                                port(
                                                        "two",
                                                        "eth1",
                                                        PortRole.BOTH,
                                                        "198.51.100.10/24")),
                                        List.of())),
                breach(
                        "ports: 192.0.2.10 appears twice",
                        () ->
                                config(
                                        List.of(
                                                BOTH,
                                                port(
                                                        "two",
                                                        "eth2",
                                                        PortRole.BOTH,
                                                        "192.0.2.10/25")),
                                        List.of())),
                breach(
                        "virtualServers.pool: no pool is named api",
                        () ->
                                config(
                                        List.of(BOTH),
                                        List.of(server("a", 80, "api", MptcpConfig.defaults())))),
                breach(
                        "mptcp.backupPorts: no port is named two",
                        () ->
                                config(
                                        List.of(BOTH),
                                        List.of(server("a", 80, "web", backup("two"))))),
                breach(
                        "mptcp.backupPorts: no port is named three",
                        () ->
                                config(
                                        List.of(BOTH),
                                        List.of(serving(to("198.18.0.0/16", backup("three")))))),
                breach(
                        "clientPolicies.clients: 198.18.0.1/16 has host bits set, the network is"
                                + " 198.18.0.0/16",
                        () -> to("198.18.0.1/16", MptcpConfig.defaults())),
                breach(
                        "clientPolicies.clients: 198.18.0.0/16 appears twice",
                        () ->
                                serving(
                                        to("198.18.0.0/16", MptcpConfig.defaults()),
                                        to("198.18.0.0/16", backup("one")))),
                breach(
                        "clientPolicies.clients: 65 entries, must have 0 to 64",
                        () -> serving(toMany(64), to("2001:db8::/32", MptcpConfig.defaults()))),
                breach(
                        "virtualServers: 203.0.113.10 port 80 belongs to two virtual servers",
                        () ->
                                config(
                                        List.of(BOTH),
                                        List.of(
                                                server("a", 80, "web", MptcpConfig.defaults()),
                                                server("b", 80, "web", MptcpConfig.defaults())))),
                breach(
                        "ports.routes: 198.51.100.1 is on no link of one",
                        () -> port("one", "eth1", PortRole.BOTH, "192.0.2.10/24", "198.51.100.1")),
                breach(
                        "ports.routes: 0.0.0.0/0 appears twice",
                        () ->
                                port(
                                        "one",
                                        "eth1",
                                        PortRole.BOTH,
                                        "192.0.2.10/24",
                                        "192.0.2.1",
                                        "192.0.2.2")),
                breach(
                        "ports.addresses: ff02::1/64 is not a host address",
                        () -> port("one", "eth1", PortRole.BOTH, "ff02::1/64")),
                breach(
                        "routes.via: IP version differs from 0.0.0.0/0",
                        () -> new RouteConfig(IpPrefix.DEFAULT_V4, IpAddress.parse("2001:db8::1"))),
                breach(
                        "routes.to: 192.0.2.1/24 has host bits set, the network is 192.0.2.0/24",
                        () ->
                                new RouteConfig(
                                        IpPrefix.parse("192.0.2.1/24"),
                                        IpAddress.parse("192.0.2.1"))),
                breach(
                        "pools.backends: one appears twice",
                        () ->
                                new PoolConfig(
                                        "web",
                                        Balance.ROUND_ROBIN,
                                        List.of(backend("one", 80), backend("one", 81)))),
                breach(
                        "pools.backends: 192.0.2.21 port 80 appears twice",
                        () ->
                                new PoolConfig(
                                        "web",
                                        Balance.ROUND_ROBIN,
                                        List.of(backend("one", 80), backend("two", 80)))),
                breach("backends.port: 0 is not in 1 to 65535", () -> backend("one", 0)),
                breach(
                        "mptcp.maxSubflows: 9 is not in 0 to 8",
                        () -> new MptcpConfig(true, true, false, 9, List.of(), List.of())),
                breach(
                        "mptcp.advertise: 1 appears twice",
                        () ->
                                new MptcpConfig(
                                        true,
                                        true,
                                        false,
                                        2,
                                        List.of(
                                                new AdvertiseConfig(1, "a", VIP, 0),
                                                new AdvertiseConfig(1, "b", VIP, 1)),
                                        List.of())),
                breach(
                        "advertise.id: 0 is not in 1 to 255",
                        () -> new AdvertiseConfig(0, "a", VIP, 0)),
                breach(
                        "timeouts.idle: 999999 is not in 1000000 to 604800000000000",
                        () -> new TimeoutConfig(999_999, 1_000_000, 1_000_000, 1_000_000)),
                breach(
                        "workers.cores: 1 cores for 2 workers",
                        () -> new WorkerConfig(2, IdleMode.SPIN, List.of(1))),
                breach(
                        "buffers.workerBudget: less than one session's budget",
                        () ->
                                new BufferConfig(
                                        MemoryMode.PLAIN, 1 << 15, 2176, 0, 1 << 20, 1 << 19)),
                breach(
                        "queueFrames: 1000 is not a power of two",
                        () ->
                                new PortDevice(
                                        PortDriver.AF_PACKET, "eth1", 0, MacAddress.AUTO, 1000)),
                breach("vlan: 4095 is not in 0 to 4094", () -> tagged(PortDriver.PACKET, 4095)),
                breach(
                        "vlan: a port on a VLAN has driver packet",
                        () -> tagged(PortDriver.AF_PACKET, 100)),
                breach(
                        "device: 'eth 1' is not a kernel network device (at most 15 characters, no"
                                + " space, '/', ',' or ':')",
                        () -> PortDevice.afPacket("eth 1")),
                breach(
                        "ports.role: a port that shares the kernel's address has role backend",
                        () -> shared(PortRole.BOTH, PortDevice.packet("eth0"))),
                breach(
                        "ports.driver: a port that shares the kernel's address has driver packet",
                        () -> shared(PortRole.BACKEND, PortDevice.afPacket("eth0"))),
                breach("prefix length: 33 is not in 0 to 32", () -> new IpPrefix(VIP, 33)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("breaches")
    void breach_isRefusedByName(String message, Supplier<Object> making) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, making::get).getMessage());
    }

    private static PortDevice tagged(PortDriver driver, int vlan) {
        return new PortDevice(driver, "eth1", 0, MacAddress.AUTO, 1024, vlan);
    }

    private static PortConfig shared(PortRole role, PortDevice device) {
        return new PortConfig("pods", device, role, 0, true, List.of(), List.of());
    }

    /** As a pod's network may have it: one address, and a gateway that only a route tells of. */
    @Test
    void learned_isForgottenForASnapshot() {
        PortConfig port = shared(PortRole.BACKEND, PortDevice.packet("eth0"));
        List<RouteConfig> routes =
                List.of(
                        RouteConfig.onLink(IpPrefix.parse("192.0.2.1/32")),
                        new RouteConfig(IpPrefix.DEFAULT_V4, IpAddress.parse("192.0.2.1")));
        PortConfig learned = port.learned(List.of(IpPrefix.parse("192.0.2.77/32")), routes);
        assertEquals(true, learned.reaches(IpAddress.parse("198.51.100.1")));
        assertEquals(port, learned.configured());
    }

    @Test
    void reach_isLinkOrRoute() {
        PortConfig port = port("one", "eth1", PortRole.BOTH, "192.0.2.10/24", "192.0.2.1");
        assertEquals(true, port.isOnLink(IpAddress.parse("192.0.2.200")));
        assertEquals(false, port.isOnLink(IpAddress.parse("198.51.100.1")));
        assertEquals(true, port.reaches(IpAddress.parse("198.51.100.1")));
        assertEquals(false, port.reaches(IpAddress.parse("2001:db8::1")));
    }

    /** RFC 4861 s5.1: routers of IPv6 are known by the addresses that every link has. */
    @Test
    void linkLocalGateway_isOnEveryLink_butNoWayToABackend() {
        PortConfig port =
                new PortConfig(
                        "one",
                        PortDevice.afPacket("eth1"),
                        PortRole.BOTH,
                        0,
                        List.of(IpPrefix.parse("2001:db8::10/64")),
                        List.of(new RouteConfig(IpPrefix.DEFAULT_V6, IpAddress.parse("fe80::1"))));
        assertEquals(true, port.reaches(IpAddress.parse("2001:db8:1::1")));
        assertEquals(false, port.isOnLink(IpAddress.parse("fe80::1")));
    }
}
