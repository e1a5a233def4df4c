package io.mptcplb.sim;

import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.PlainStream;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.wire.IpAddresses;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep so many connections open to a box, one after the other, and the backend behind
 * it: plain TCP and MPTCP over both of the client's ports, both directions at once, either half
 * finished first, small and large, each at another point of its life.
 */
final class Traffic {
    private static final long UP = 0x1234_5678L;
    private static final long DOWN = ~UP;
    private static final int BACKEND_PORT = 8080;
    private static final long CONNECT_AGAIN_NANOS = 20_000_000L;

    /** A client that has seen nothing for so long gives up and comes again. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** One client's connection and what has become of it. */
    private final class Client {
        private final StreamPeer peer;
        private @Nullable Stream stream;
        private @Nullable MptcpConnection multipath;
        private boolean joined;
        private long seenBytes;
        private long seenNanos = world.nowNanos();

        Client(long upBytes) {
            peer = new StreamPeer(client.buffers(), UP, DOWN, upBytes);
        }
    }

    private final World world;
    private final MptcpHost client;
    private final TcpHost backend;
    private final int vip;
    private final int vipPort;
    private final int secondAddress;
    private final int downBytes;
    private final Prng prng;
    private final List<Client> clients = new ArrayList<>();
    private final List<StreamPeer> servers = new ArrayList<>();
    private boolean opening = true;
    private int opened;
    private int finished;
    private int broken;
    private int accepted;
    private long verifiedBytes;
    private long corruptAt = -1;

    /**
     * @param client with two ports, or one if it opens no second subflow
     * @param secondAddress of the client's second port, 0 without one
     * @param downBytes the backend sends up to so many on each connection
     */
    Traffic(
            World world,
            MptcpHost client,
            TcpHost backend,
            int vip,
            int vipPort,
            int secondAddress,
            int backendAddress,
            int downBytes) {
        this.world = world;
        this.client = client;
        this.backend = backend;
        this.vip = vip;
        this.vipPort = vipPort;
        this.secondAddress = secondAddress;
        this.downBytes = downBytes;
        prng = new Prng(world.prng().nextLong());
        backend.tcp()
                .listen(
                        new Listener(
                                0,
                                IpAddresses.v4(backendAddress),
                                BACKEND_PORT,
                                (tcp, syn, listener, nowNanos) ->
                                        backend.tcp().plain(tcp).accept(listener.acceptor()),
                                (stream, listener, nowNanos) -> serve(stream, nowNanos)));
    }

    private void serve(Stream stream, long nowNanos) {
        accepted++;
        StreamPeer peer = new StreamPeer(backend.buffers(), DOWN, UP, prng.nextInt(downBytes));
        servers.add(peer);
        peer.use(stream, nowNanos);
    }

    /** Keeps so many connections open from now on; looks after them every so often. */
    Traffic keep(int connections, int upBytes) {
        if (opening) {
            reap();
            for (int i = clients.size(); i < connections; i++) {
                open(upBytes);
            }
            for (Client one : clients) {
                join(one);
            }
        } else {
            reap();
        }
        world.after(CONNECT_AGAIN_NANOS, () -> keep(connections, upBytes));
        return this;
    }

    private void open(int upBytes) {
        Client one = new Client(prng.nextInt(upBytes));
        one.peer.chunks(1 + prng.nextInt(1460));
        if (prng.chance(1, 3)) {
            one.peer.finishAfterPeer();
        }
        long to = IpAddresses.v4(vip);
        long nowNanos = world.nowNanos();
        if (prng.chance(1, 2)) {
            MptcpConnection connection =
                    client.mptcp().prepare(MptcpPolicy.defaults(), 0, to, vipPort, nowNanos);
            if (connection != null) {
                one.multipath = connection;
                one.stream = connection;
                one.peer.use(connection, nowNanos);
                connection.connect(nowNanos);
            }
        } else {
            PlainStream stream = client.tcp().prepare(0, to, vipPort, nowNanos);
            if (stream != null) {
                one.stream = stream;
                one.peer.use(stream, nowNanos);
                stream.connect(1460, nowNanos);
            }
        }
        if (one.stream == null) {
            one.peer.dispose(); // all connections of the client are still closing
            return;
        }
        opened++;
        clients.add(one);
    }

    private void join(Client one) {
        MptcpConnection connection = one.multipath;
        if (connection != null
                && secondAddress != 0
                && !one.joined
                && one.peer.cause() == null
                && one.peer.connected()) {
            one.joined =
                    client.mptcp()
                            .join(
                                    connection,
                                    1,
                                    0,
                                    IpAddresses.v4(secondAddress),
                                    1,
                                    prng.chance(1, 4),
                                    world.nowNanos());
        }
    }

    /** Forgets what has ended, and keeps account of it. */
    private void reap() {
        for (int i = clients.size() - 1; i >= 0; i--) {
            Client one = clients.get(i);
            if (one.peer.cause() != null) {
                account(one.peer);
                clients.remove(i);
            } else if (one.seenBytes != one.peer.verifiedBytes()) {
                one.seenBytes = one.peer.verifiedBytes();
                one.seenNanos = world.nowNanos();
            } else if (world.nowNanos() - one.seenNanos > PATIENCE_NANOS && one.stream != null) {
                one.stream.abort(world.nowNanos());
            }
        }
        for (int i = servers.size() - 1; i >= 0; i--) {
            if (servers.get(i).cause() != null) {
                account(servers.get(i));
                servers.remove(i);
            }
        }
    }

    private void account(StreamPeer peer) {
        if (peer.cause() == CloseCause.FINISHED && peer.receivedAll()) {
            finished++;
        } else {
            broken++;
        }
        note(peer);
        peer.dispose();
    }

    private void note(StreamPeer peer) {
        verifiedBytes += peer.verifiedBytes();
        if (peer.corruptAt() >= 0) {
            corruptAt = peer.corruptAt();
        }
    }

    /** No further connections. */
    void stop() {
        opening = false;
    }

    boolean ended() {
        return clients.isEmpty() && servers.isEmpty();
    }

    /** Resets what has not come to its end. */
    void abort() {
        for (Client one : clients) {
            if (one.stream != null && one.peer.cause() == null) {
                one.stream.abort(world.nowNanos());
            }
        }
        // What the backend still holds is the box's to end.
    }

    /** Ends of streams, at client or backend, that finished with every byte. */
    int finished() {
        return finished;
    }

    /** Ends of streams that did not. */
    int broken() {
        return broken;
    }

    int accepted() {
        return accepted;
    }

    int opened() {
        return opened;
    }

    long verifiedBytes() {
        return verifiedBytes;
    }

    /** Position of a wrong byte at either end, or -1. */
    long corruptAt() {
        return corruptAt;
    }

    @Override
    public String toString() {
        return opened
                + " opened, "
                + accepted
                + " reached the backend, "
                + finished
                + " ends finished, "
                + broken
                + " broken, "
                + verifiedBytes
                + " bytes good, open "
                + clients.size()
                + " and "
                + servers.size();
    }
}
