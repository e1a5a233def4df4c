package io.mptcplb.sim;

import io.mptcplb.stack.mptcp.Announcement;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.wire.IpAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts with MPTCP, some paths between them, one connection to an address that the server has
 * on all of them: both sides send a known pattern and finish. Where paths differ in their IP
 * version ({@link Families#ofSeed}), the server has an address of each, and its policy should
 * announce {@link #announcements}.
 */
public final class MptcpPair implements AutoCloseable {
    private static final IpAddress VIP = IpAddress.parse("203.0.113.1");
    private static final IpAddress VIP_V6 = IpAddress.parse("2001:db8:7::1");
    private static final int VIP_ID = 64;
    private static final int VIP_PORT = 5001;
    private static final long SECOND = 1_000_000_000L;
    private static final TcpSettings SETTINGS =
            new TcpSettings(32, 16, 8, 65_535, 256, SECOND, 60 * SECOND, 60 * SECOND);

    private final World world;
    private final SimHost clientHost;
    private final SimHost serverHost;
    private final MptcpHost client;
    private final MptcpHost server;
    private final SimLink[] links;
    private final Families families;
    private final IpAddress[] clientAddresses;
    private final StreamPeer clientPeer;
    private final StreamPeer serverPeer;
    private final MptcpPolicy policy;
    private @Nullable MptcpConnection connection;
    private @Nullable Stream accepted;

    /**
     * @param policy of the server; the client asks for checksums if it does
     * @param upBytes client to server
     * @param downBytes server to client
     * @param paths settings of each path
     */
    public MptcpPair(
            long seed, MptcpPolicy policy, long upBytes, long downBytes, LinkSettings... paths) {
        families = Families.ofSeed(seed);
        this.policy = policy;
        world = new World(seed, seed * 1_000_003L);
        clientHost = world.host("client", 4096);
        serverHost = world.host("server", 4096);
        links = new SimLink[paths.length];
        clientAddresses = new IpAddress[paths.length];
        IpAddress[] serverAddresses = new IpAddress[paths.length];
        for (int i = 0; i < paths.length; i++) {
            SimPort near = clientHost.addPort(1L << 41 | 0x0a00 | i, 1500);
            SimPort far = serverHost.addPort(1L << 41 | 0x0b00 | i, 1500);
            links[i] = world.link(near, far, paths[i]);
            clientAddresses[i] = address(i, 10);
            serverAddresses[i] = address(i, 1);
        }
        client = new MptcpHost(world, clientHost, SETTINGS, 512, clientAddresses);
        server = new MptcpHost(world, serverHost, SETTINGS, 512, serverAddresses);
        for (int i = 0; i < paths.length; i++) {
            IpAddress gateway = serverAddresses[i];
            IpAddress vip = vip(i);
            client.ip()
                    .port(i)
                    .addGatewayRoute(
                            vip.hi(), vip.lo(), vip.isV4() ? 32 : 128, gateway.hi(), gateway.lo());
        }
        for (IpAddress vip : List.of(VIP, VIP_V6)) {
            server.ip().addVip(vip.hi(), vip.lo(), false);
        }
        clientPeer = new StreamPeer(client.buffers(), seed, ~seed, upBytes);
        serverPeer = new StreamPeer(server.buffers(), ~seed, seed, downBytes);
        listen(VIP);
        listen(VIP_V6);
    }

    private IpAddress address(int path, int host) {
        return families.address(
                path, "198.18." + path + "." + host, "2001:db8:" + (path + 1) + "::" + host);
    }

    /** Where the connection goes on a path. */
    private IpAddress vip(int path) {
        return vip(families, path);
    }

    private static IpAddress vip(Families families, int path) {
        return families.ipv6(path) ? VIP_V6 : VIP;
    }

    /**
     * What the server announces in the world of a seed: where paths differ, the address that the
     * client did not connect to, with its port.
     */
    public static List<Announcement> announcements(long seed) {
        Families families = Families.ofSeed(seed);
        IpAddress other = vip(families, 1);
        return families.mixed()
                ? List.of(new Announcement(VIP_ID, other.hi(), other.lo(), VIP_PORT))
                : List.of();
    }

    private void listen(IpAddress vip) {
        server.tcp()
                .listen(
                        new Listener(
                                vip.hi(),
                                vip.lo(),
                                VIP_PORT,
                                0,
                                server.mptcp().server(policy),
                                (stream, listener, nowNanos) -> {
                                    accepted = stream;
                                    serverPeer.use(stream, nowNanos);
                                }));
    }

    public World world() {
        return world;
    }

    public SimLink link(int path) {
        return links[path];
    }

    public StreamPeer clientPeer() {
        return clientPeer;
    }

    public StreamPeer serverPeer() {
        return serverPeer;
    }

    public MptcpHost client() {
        return client;
    }

    public MptcpHost server() {
        return server;
    }

    /** The client's connection, as it is or was. */
    public MptcpConnection connection() {
        return Objects.requireNonNull(connection);
    }

    /** What the server accepted, or null. */
    public @Nullable Stream accepted() {
        return accepted;
    }

    /** The client opens its connection, over path 0. */
    public MptcpPair open() {
        IpAddress vip = vip(0);
        MptcpConnection opened =
                Objects.requireNonNull(
                        client.mptcp()
                                .prepare(policy, vip.hi(), vip.lo(), VIP_PORT, world.nowNanos()));
        connection = opened;
        clientPeer.use(opened, world.nowNanos());
        opened.connect(world.nowNanos());
        return this;
    }

    /** The client joins over another path; address ids are path numbers. False when it cannot. */
    public boolean join(int path, boolean backup) {
        IpAddress from = clientAddresses[path];
        IpAddress to = vip(path);
        return client.mptcp()
                .joinTo(
                        connection(),
                        path,
                        from.hi(),
                        from.lo(),
                        path,
                        backup,
                        to.hi(),
                        to.lo(),
                        VIP_PORT,
                        world.nowNanos());
    }

    /** Runs until both sides have closed, at most so long; true when they have. */
    public boolean runToEnd(long seconds) {
        return world.runUntil(
                () -> clientPeer.cause() != null && serverPeer.cause() != null, seconds * SECOND);
    }

    /** Lets time pass. */
    public void run(long nanos) {
        world.runUntil(() -> false, nanos);
    }

    /** Empty when every byte arrived on both sides and both closed cleanly, or what is wrong. */
    public String fault() {
        if (clientPeer.corruptAt() >= 0 || serverPeer.corruptAt() >= 0) {
            return "corrupt at " + clientPeer.corruptAt() + ", " + serverPeer.corruptAt();
        }
        boolean finished =
                clientPeer.cause() == CloseCause.FINISHED
                        && serverPeer.cause() == CloseCause.FINISHED
                        && clientPeer.receivedAll()
                        && serverPeer.receivedAll();
        return finished
                ? ""
                : "client closed "
                        + clientPeer.cause()
                        + " after "
                        + clientPeer.verifiedBytes()
                        + ", server "
                        + serverPeer.cause()
                        + " after "
                        + serverPeer.verifiedBytes();
    }

    /** Lets everything time out and says what was not given back. */
    public String leak() {
        world.runUntil(() -> false, 300 * SECOND);
        clientPeer.dispose();
        serverPeer.dispose();
        return leakOf(client, clientHost) + leakOf(server, serverHost);
    }

    private static String leakOf(MptcpHost host, SimHost machine) {
        StringBuilder leak = new StringBuilder();
        note(leak, "buffers", machine.pool().capacity() - machine.pool().available());
        note(leak, "held", host.buffers().heldTotal());
        note(leak, "records", host.tcp().records().inUse());
        note(leak, "ports", host.tcp().portsInUse());
        note(leak, "endpoints", host.tcp().settings().endpoints() - host.tcp().freeEndpoints());
        note(leak, "connections", host.mptcp().connectionsOpen());
        note(leak, "tokens", host.mptcp().tokensInUse());
        return leak.isEmpty() ? "" : machine.name() + leak;
    }

    private static void note(StringBuilder leak, String what, int count) {
        if (count != 0) {
            leak.append(' ').append(what).append(' ').append(count);
        }
    }

    @Override
    public void close() {
        world.close();
    }
}
