package io.mptcplb.sim;

import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.PlainStream;
import io.mptcplb.stack.tcp.TcpSettings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts with TCP, one link between them, one connection: both sides send a known pattern and
 * finish.
 */
public final class TcpPair implements AutoCloseable {
    private static final int CLIENT = 0xc000020a; // 192.0.2.10
    private static final int SERVER = 0xc0000201; // 192.0.2.1
    private static final int SERVER_PORT = 5001;
    private static final long SECOND = 1_000_000_000L;

    /** Links here go dark for longer than a load balancer would wait for a backend. */
    private static final TcpSettings PATIENT =
            new TcpSettings(8, 16, 8, 65_535, 256, 240 * SECOND, 240 * SECOND, 60 * SECOND);

    private final World world;
    private final SimHost clientHost;
    private final SimHost serverHost;
    private final TcpHost client;
    private final TcpHost server;
    private final SimLink link;
    private final StreamPeer clientPeer;
    private final StreamPeer serverPeer;
    private @Nullable PlainStream stream;

    /**
     * @param upBytes client to server
     * @param downBytes server to client
     */
    public TcpPair(long seed, LinkSettings settings, long upBytes, long downBytes) {
        world = new World(seed, seed * 1_000_003L);
        clientHost = world.host("client", 2048);
        serverHost = world.host("server", 2048);
        link =
                world.link(
                        clientHost.addPort(0x02_00_00_00_00_0aL, 1500),
                        serverHost.addPort(1L << 41 | 1, 1500),
                        settings);
        client = new TcpHost(world, clientHost, CLIENT, PATIENT, 512);
        server = new TcpHost(world, serverHost, SERVER, PATIENT, 64);
        clientPeer = new StreamPeer(client.buffers(), seed, ~seed, upBytes);
        serverPeer = new StreamPeer(server.buffers(), ~seed, seed, downBytes);
        server.tcp()
                .listen(
                        new Listener(
                                0,
                                io.mptcplb.wire.IpAddresses.v4(SERVER),
                                SERVER_PORT,
                                (tcp, syn, listener, nowNanos) ->
                                        server.tcp().plain(tcp).accept(listener.acceptor()),
                                (accepted, listener, nowNanos) ->
                                        serverPeer.use(accepted, nowNanos)));
    }

    public World world() {
        return world;
    }

    public SimLink link() {
        return link;
    }

    public StreamPeer clientPeer() {
        return clientPeer;
    }

    public StreamPeer serverPeer() {
        return serverPeer;
    }

    public TcpHost client() {
        return client;
    }

    public TcpHost server() {
        return server;
    }

    /** The client opens its connection. */
    public void open() {
        PlainStream opened =
                client.tcp()
                        .prepare(
                                0,
                                io.mptcplb.wire.IpAddresses.v4(SERVER),
                                SERVER_PORT,
                                world.nowNanos());
        stream = Objects.requireNonNull(opened);
        clientPeer.use(opened, world.nowNanos());
        opened.connect(1460, world.nowNanos());
    }

    /** Runs until both sides have closed, at most so long; true when they have. */
    public boolean runToEnd(long seconds) {
        return world.runUntil(this::bothClosed, seconds * SECOND);
    }

    private boolean bothClosed() {
        return clientPeer.cause() != null && serverPeer.cause() != null;
    }

    /**
     * Null when every byte arrived on both sides and both ends closed cleanly; otherwise what is
     * wrong.
     */
    public @Nullable String fault() {
        if (clientPeer.corruptAt() >= 0 || serverPeer.corruptAt() >= 0) {
            return "corrupt at "
                    + clientPeer.corruptAt()
                    + " (client), "
                    + serverPeer.corruptAt()
                    + " (server)";
        }
        if (clientPeer.cause() != CloseCause.FINISHED
                || serverPeer.cause() != CloseCause.FINISHED) {
            return "client closed "
                    + clientPeer.cause()
                    + " after "
                    + clientPeer.verifiedBytes()
                    + ", server "
                    + serverPeer.cause()
                    + " after "
                    + serverPeer.verifiedBytes()
                    + "; client "
                    + describe();
        }
        if (!clientPeer.receivedAll() || !serverPeer.receivedAll()) {
            return "closed before everything was read";
        }
        return null;
    }

    private String describe() {
        PlainStream of = stream;
        return of == null
                ? "not open"
                : of.tcp().state()
                        + " una "
                        + of.tcp().sender().ackedOffset()
                        + " pipe "
                        + of.tcp().sender().pipeBytes()
                        + " cwnd "
                        + of.tcp().sender().cwndBytes()
                        + " backoff "
                        + of.tcp().sender().backoff();
    }

    /** Lets TIME-WAIT pass and says what was not given back, or nothing. */
    public String leak() {
        world.runUntil(() -> false, 600 * SECOND);
        clientPeer.dispose();
        serverPeer.dispose();
        return leakOf(client, clientHost) + leakOf(server, serverHost);
    }

    private static String leakOf(TcpHost host, SimHost machine) {
        StringBuilder leak = new StringBuilder();
        if (machine.pool().available() != machine.pool().capacity()) {
            leak.append(machine.name())
                    .append(": buffers ")
                    .append(machine.pool().capacity() - machine.pool().available())
                    .append(' ');
        }
        if (host.buffers().heldTotal() != 0
                || host.tcp().records().inUse() != 0
                || host.tcp().portsInUse() != 0) {
            leak.append("held ")
                    .append(host.buffers().heldTotal())
                    .append(" records ")
                    .append(host.tcp().records().inUse())
                    .append(" ports ")
                    .append(host.tcp().portsInUse());
        }
        if (host.tcp().freeEndpoints() != host.tcp().settings().endpoints()) {
            leak.append(" endpoints ")
                    .append(host.tcp().settings().endpoints() - host.tcp().freeEndpoints());
        }
        return leak.toString();
    }

    @Override
    public void close() {
        world.close();
    }
}
