package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.Steering;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.OtherWorkers;
import io.mptcplb.wire.IpAddresses;
import java.util.ArrayDeque;
import java.util.Deque;

/** Two workers and what they say to each other, which waits until {@link #deliver}. */
final class CrewOfTwo implements AutoCloseable {
    private static final Steering STEERING = new Steering(2, 0x5eed);

    final ArenaBufferPool pool = new ArenaBufferPool(2048, Mbuf.DEFAULT_ROOM_BYTES);
    final Bench[] workers = {worker(0), worker(1)};
    boolean framesRefused;
    boolean flowsRefused;

    /** Where the kernel brings what peers send; -1: home. */
    int arrivesAt = -1;

    private final Deque<Runnable> news = new ArrayDeque<>();
    private final Deque<Runnable> frames = new ArrayDeque<>();

    private Bench worker(int id) {
        MptcpSettings settings = new MptcpSettings(4, id, 1, 8, 64);
        Crew crew = new Crew(id, STEERING, new Rings(id));
        return new Bench(MptcpPolicy.defaults(), settings, pool, crew);
    }

    /** A client of worker 0, or so it believes: reads what worker 0 sends to its port. */
    TestPeer peer(int port, int home) {
        TestPeer peer = new TestPeer(workers[0], port);
        while (home(peer, port) != home) {
            peer = new TestPeer(workers[0], port);
        }
        workers[0].arrival = this::arrive;
        return peer;
    }

    private static int home(TestPeer peer, int port) {
        long remote = IpAddresses.v4(Bench.SERVER[port] + 9);
        return STEERING.queueOf(0, remote, peer.serverPort, peer.localPort);
    }

    private void arrive(int port, long m, long nowNanos) {
        long ip = Mbuf.data(m) + 14;
        long remote = IpAddresses.v4(Mem.u32(ip + 12));
        int remotePort = Mem.u16(ip + 20);
        int localPort = Mem.u16(ip + 22);
        int home = STEERING.queueOf(0, remote, localPort, remotePort);
        workers[arrivesAt < 0 ? home : arrivesAt].dispatcher.onFrame(port, m, nowNanos);
        deliver();
    }

    /** News first, as workers take it: before the frames that it is about. */
    void deliver() {
        while (!news.isEmpty() || !frames.isEmpty()) {
            (news.isEmpty() ? frames : news).remove().run();
        }
        workers[1].now = workers[0].now;
        workers[1].cycle();
    }

    void pass(long nanos) {
        for (Bench worker : workers) {
            worker.pass(nanos);
        }
        deliver();
    }

    @Override
    public void close() {
        for (Bench worker : workers) {
            worker.cables[0].clear();
            worker.cables[1].clear();
        }
        pool.close();
    }

    private final class Rings implements OtherWorkers {
        private final int from;

        Rings(int from) {
            this.from = from;
        }

        @Override
        public boolean handOver(int worker, int portIndex, long m, boolean settled) {
            if (framesRefused) {
                return false;
            }
            Bench to = workers[worker];
            frames.add(() -> to.dispatcher.onHandedOver(portIndex, m, settled, to.now));
            return true;
        }

        @Override
        public boolean flowBegins(
                int home,
                long localHi,
                long localLo,
                long remoteHi,
                long remoteLo,
                int localPort,
                int remotePort) {
            if (flowsRefused) {
                return false;
            }
            news.add(() ->
                    workers[home].tcp.onFlowBegins(
                            from, localHi, localLo, remoteHi, remoteLo, localPort, remotePort));
            return true;
        }

        @Override
        public void flowEnds(
                int home,
                long localHi,
                long localLo,
                long remoteHi,
                long remoteLo,
                int localPort,
                int remotePort) {
            news.add(() ->
                    workers[home].tcp.onFlowEnds(
                            from, localHi, localLo, remoteHi, remoteLo, localPort, remotePort));
        }

        @Override
        public boolean neighbourAsked(int portIndex, long hi, long lo, long mac) {
            Bench to = workers[1 - from];
            news.add(() -> to.ip.onNeighbourAsked(portIndex, hi, lo, mac, to.now));
            return true;
        }

        @Override
        public boolean neighbourClaimed(
                int portIndex, long hi, long lo, long mac, boolean solicited, boolean override) {
            Bench to = workers[1 - from];
            news.add(() ->
                    to.ip.onNeighbourClaimed(portIndex, hi, lo, mac, solicited, override, to.now));
            return true;
        }
    }
}
