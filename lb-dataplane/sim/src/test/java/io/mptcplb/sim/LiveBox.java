package io.mptcplb.sim;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.IdleMode;
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
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.wire.IpAddresses;
import java.util.List;

/**
 * The box with two sets of neighbours that share nothing else:
 *
 * <pre>
 *   noisy client  0 198.18.0.10 --- 0 isp-a  198.18.0.1
 *                 1 198.18.1.10 --- 1 isp-b  198.18.1.1
 *   noisy backend   198.18.2.10 --- 2 lan    198.18.2.1
 *   quiet client    192.0.2.66  --- 3 isp-q  192.0.2.1
 *   quiet backend   192.0.2.229 --- 4 lan-q  192.0.2.129
 * </pre>
 */
final class LiveBox implements AutoCloseable {
    static final int NOISY_VIP = v4("203.0.113.1");
    static final int QUIET_VIP = v4("203.0.113.254");
    private static final int PORT = 443;
    private static final int QUIET_PORT = 21_930;
    private static final int BUFFERS = 1 << 13;
    private static final long SECOND = 1_000_000_000L;
    private static final TcpSettings PEERS =
            new TcpSettings(256, 64, 8, 65_535, 256, SECOND, SECOND, 60 * SECOND);
    private static final LinkSettings LINK =
            LinkSettings.CLEAN.withDelay(1_000_000).withRate(50_000_000, 1_000_000);

    /** Wide enough for windows of several super-segments; a few of them are lost. */
    private static final LinkSettings VIRTUAL_LINK =
            LinkSettings.CLEAN
                    .withDelay(500_000)
                    .withRate(1_000_000_000, 4_000_000)
                    .withFaults(2, 2, 2, 0);

    private static final int ENDING_BYTES_MAX = 60_000;

    final World world;
    final SimHost machine;
    final BalancerHost box;
    final SimLink[] links = new SimLink[5];
    final Traffic noisy;
    final Traffic quiet;
    final MptcpHost noisyClient;
    private final TcpHost noisyBackend;
    private final LinkSettings isp;

    LiveBox(long seed) {
        this(seed, LINK);
    }

    /**
     * @param isp the noisy client's two links
     */
    LiveBox(long seed, LinkSettings isp) {
        this(new World(seed, seed * 1_000_003L), isp, false, ENDING_BYTES_MAX, 1);
    }

    /**
     * All devices offload, and what they would have to finish crosses as it is.
     *
     * @param downBytes noisy backends send up to so many on each connection
     */
    static LiveBox ofVirtualDevices(long seed, int downBytes) {
        World world = new World(seed, seed * 1_000_003L);
        return new LiveBox(world, VIRTUAL_LINK, true, downBytes, 1);
    }

    /** The same, and the box has several workers. */
    static LiveBox ofWorkers(long seed, int downBytes, int workers) {
        World world = new World(seed, seed * 1_000_003L);
        return new LiveBox(world, VIRTUAL_LINK, true, downBytes, workers);
    }

    private LiveBox(World around, LinkSettings isp, boolean virtual, int downBytes, int workers) {
        this.isp = isp;
        world = around;
        SimHost client = host("noisy client", 4096, virtual);
        SimHost backend = host("noisy backend", 4096, virtual);
        SimHost quietClient = host("quiet client", 4096, virtual);
        SimHost quietBackend = host("quiet backend", 4096, virtual);
        machine = host("box", BUFFERS, virtual);
        plug(0, client);
        plug(1, client);
        plug(2, backend);
        plug(3, quietClient);
        plug(4, quietBackend);
        if (virtual) {
            for (SimLink link : links) {
                link.settings(VIRTUAL_LINK);
                link.carryWhole();
            }
        }
        String second = "198.18.1.10";
        noisyClient = new MptcpHost(world, client, PEERS, 64, at("198.18.0.10"), at(second));
        noisyBackend = new TcpHost(world, backend, at("198.18.2.10"), PEERS, 64);
        MptcpHost still = new MptcpHost(world, quietClient, PEERS, 64, at("192.0.2.66"));
        TcpHost stillBackend = new TcpHost(world, quietBackend, at("192.0.2.229"), PEERS, 64);
        route(noisyClient, 0, NOISY_VIP, "198.18.0.1");
        route(noisyClient, 1, NOISY_VIP, "198.18.1.1");
        route(still, 0, QUIET_VIP, "192.0.2.1");
        box = new BalancerHost(world, machine, config(workers));
        noisy =
                new Traffic(
                        world,
                        noisyClient,
                        noisyBackend,
                        NOISY_VIP,
                        PORT,
                        v4(second),
                        v4("198.18.2.10"),
                        downBytes);
        quiet =
                new Traffic(
                        world,
                        still,
                        stillBackend,
                        QUIET_VIP,
                        QUIET_PORT,
                        0,
                        v4("192.0.2.229"),
                        ENDING_BYTES_MAX);
    }

    private SimHost host(String name, int buffers, boolean virtual) {
        return virtual ? world.host(name, buffers, true) : world.host(name, buffers);
    }

    private void plug(int index, SimHost neighbour) {
        SimPort near = neighbour.addPort(0x02_5a_00_00_0a_00L | index, 1500);
        links[index] =
                world.link(
                        near,
                        machine.addPort(0x02_a5_00_00_0b_00L | index, 1500),
                        index < 2 ? isp : LINK);
    }

    private static void route(MptcpHost host, int port, int vip, String gateway) {
        host.ip().port(port).addGatewayRoute(0, IpAddresses.v4(vip), 32, 0, lo(gateway));
    }

    private static long lo(String address) {
        return IpAddresses.v4(v4(address));
    }

    private static int v4(String address) {
        return IpAddress.parse(address).v4();
    }

    private static io.mptcplb.wire.IpAddress at(String address) {
        return io.mptcplb.wire.IpAddress.parse(address);
    }

    private static LbConfig config(int workers) {
        List<PortConfig> ports =
                List.of(
                        port("isp-a", PortRole.CLIENT, "198.18.0.1", 24),
                        port("isp-b", PortRole.CLIENT, "198.18.1.1", 24),
                        port("lan", PortRole.BACKEND, "198.18.2.1", 24),
                        port("isp-q", PortRole.CLIENT, "192.0.2.1", 25),
                        port("lan-q", PortRole.BACKEND, "192.0.2.129", 25));
        return new LbConfig(
                1,
                new WorkerConfig(workers, IdleMode.ADAPTIVE, List.of()),
                new BufferConfig(MemoryMode.PLAIN, BUFFERS, 2176, 128, 1L << 20, 0),
                new SizeConfig(128, 1024, 256, 64),
                ports,
                List.of(
                        server("noisy", NOISY_VIP, PORT, "noisy"),
                        server("quiet", QUIET_VIP, QUIET_PORT, "quiet")),
                List.of(pool("noisy", "198.18.2.10"), pool("quiet", "192.0.2.229")));
    }

    private static PortConfig port(String name, PortRole role, String address, int bits) {
        return new PortConfig(
                name,
                PortDevice.afPacket(name),
                role,
                0,
                List.of(new IpPrefix(IpAddress.parse(address), bits)),
                List.of());
    }

    private static VirtualServerConfig server(String name, int vip, int port, String pool) {
        return new VirtualServerConfig(
                name,
                List.of(IpAddress.v4(vip)),
                port,
                pool,
                MptcpConfig.defaults(),
                new TimeoutConfig(20 * SECOND, 5 * SECOND, 10 * SECOND, 10 * SECOND),
                64);
    }

    private static PoolConfig pool(String name, String backend) {
        return new PoolConfig(
                name,
                Balance.ROUND_ROBIN,
                List.of(new BackendConfig("b", IpAddress.parse(backend), 8080, 1)));
    }

    /** Lets everything end, by its own timers where it must; says what is not given back. */
    String leak() {
        noisy.stop();
        quiet.stop();
        world.runUntil(() -> noisy.ended() && quiet.ended(), 60 * SECOND);
        noisy.abort();
        quiet.abort();
        world.runUntil(() -> false, 300 * SECOND);
        return box.leak();
    }

    @Override
    public void close() {
        world.close();
    }
}
