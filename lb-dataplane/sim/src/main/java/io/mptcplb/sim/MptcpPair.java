package io.mptcplb.sim;

import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.wire.IpAddresses;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts with MPTCP, some paths between them, one connection to an address that the server has
 * on all of them: both sides send a known pattern and finish.
 */
public final class MptcpPair implements AutoCloseable {
    private static final int CLIENT = 0xc612000a; // 198.18.0.10, then 198.18.1.10 and so on
    private static final int SERVER = 0xc6120001; // 198.18.0.1, then 198.18.1.1 and so on
    private static final int VIP = 0xcb007101; // 203.0.113.1
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
        this.policy = policy;
        world = new World(seed, seed * 1_000_003L);
        clientHost = world.host("client", 4096);
        serverHost = world.host("server", 4096);
        links = new SimLink[paths.length];
        int[] clientAddresses = new int[paths.length];
        int[] serverAddresses = new int[paths.length];
        for (int i = 0; i < paths.length; i++) {
            SimPort near = clientHost.addPort(1L << 41 | 0x0a00 | i, 1500);
            SimPort far = serverHost.addPort(1L << 41 | 0x0b00 | i, 1500);
            links[i] = world.link(near, far, paths[i]);
            clientAddresses[i] = CLIENT + (i << 8);
            serverAddresses[i] = SERVER + (i << 8);
        }
        client = new MptcpHost(world, clientHost, SETTINGS, 512, clientAddresses);
        server = new MptcpHost(world, serverHost, SETTINGS, 512, serverAddresses);
        for (int i = 0; i < paths.length; i++) {
            long gateway = IpAddresses.v4(serverAddresses[i]);
            client.ip().port(i).addGatewayRoute(0, IpAddresses.v4(VIP), 32, 0, gateway);
        }
        server.ip().addVip(0, IpAddresses.v4(VIP), false);
        clientPeer = new StreamPeer(client.buffers(), seed, ~seed, upBytes);
        serverPeer = new StreamPeer(server.buffers(), ~seed, seed, downBytes);
        listen();
    }

    private void listen() {
        server.tcp()
                .listen(
                        new Listener(
                                0,
                                IpAddresses.v4(VIP),
                                VIP_PORT,
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
        long vip = IpAddresses.v4(VIP);
        MptcpConnection opened =
                Objects.requireNonNull(
                        client.mptcp().prepare(policy, 0, vip, VIP_PORT, world.nowNanos()));
        connection = opened;
        clientPeer.use(opened, world.nowNanos());
        opened.connect(world.nowNanos());
        return this;
    }

    /** The client joins over another path; address ids are path numbers. False when it cannot. */
    public boolean join(int path, boolean backup) {
        long from = IpAddresses.v4(CLIENT + (path << 8));
        return client.mptcp().join(connection(), path, 0, from, path, backup, world.nowNanos());
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
