package io.mptcplb.sim;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.Steering;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.OtherWorkers;
import io.mptcplb.stack.random.Prng;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The workers of a simulated box among themselves, on one thread: what they say waits in rings as
 * it does between threads. Most frames arrive at home; of the others some come from a device that
 * has its own mind, and now and then a ring is full.
 */
final class SimCrew {
    private static final int STRAYS_PER_FRAMES = 8;
    private static final int REFUSALS_PER_FRAMES = 500;
    private static final int SOURCE_V4 = 14 + 12;
    private static final int PORTS_V4 = 14 + 20;

    private final Steering steering;
    private final Prng prng;
    private final List<LoadBalancer> workers = new ArrayList<>();
    private final List<Deque<LongConsumer>> news = new ArrayList<>();
    private final List<Deque<LongConsumer>> frames = new ArrayList<>();

    SimCrew(int workers, Prng prng) {
        this.prng = prng;
        steering = new Steering(workers, prng.nextInt());
        for (int i = 0; i < workers; i++) {
            news.add(new ArrayDeque<>());
            frames.add(new ArrayDeque<>());
        }
    }

    /** The place of the next worker that is made. */
    Crew place(int worker) {
        return steering.queues() == 1 ? Crew.ALONE : new Crew(worker, steering, new Rings(worker));
    }

    void joined(LoadBalancer worker) {
        workers.add(worker);
    }

    /** Where a frame arrives. */
    int arrival(long m) {
        if (workers.size() == 1 || Mbuf.dataLen(m) < PORTS_V4 + 4) {
            return 0;
        }
        if (prng.nextInt(STRAYS_PER_FRAMES) == 0) {
            return prng.nextInt(workers.size());
        }
        long at = Mbuf.data(m);
        long remote = 0xffff_0000_0000L | Mem.u32(at + SOURCE_V4) & 0xffff_ffffL;
        return steering.queueOf(0, remote, Mem.u16(at + PORTS_V4 + 2), Mem.u16(at + PORTS_V4));
    }

    /** Before a worker looks into a frame that it has taken. */
    void takeNews(int worker, long nowNanos) {
        Deque<LongConsumer> said = news.get(worker);
        while (!said.isEmpty()) {
            said.remove().accept(nowNanos);
        }
    }

    /** Each worker takes what others have handed over to it, until nothing is left. */
    void deliver(long nowNanos) {
        boolean more = true;
        while (more) {
            more = false;
            for (int worker = 0; worker < workers.size(); worker++) {
                takeNews(worker, nowNanos);
                for (int left = frames.get(worker).size(); left > 0; left--) {
                    frames.get(worker).remove().accept(nowNanos);
                    more = true;
                }
            }
        }
    }

    private final class Rings implements OtherWorkers {
        private final int from;

        Rings(int from) {
            this.from = from;
        }

        @Override
        public boolean handOver(int worker, int portIndex, long m, boolean settled) {
            if (prng.nextInt(REFUSALS_PER_FRAMES) == 0) {
                return false;
            }
            LoadBalancer to = workers.get(worker);
            frames.get(worker).add(nowNanos -> to.onHandedOver(portIndex, m, settled, nowNanos));
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
            news.get(home)
                    .add(nowNanos ->
                            workers.get(home)
                                    .tcp()
                                    .onFlowBegins(
                                            from,
                                            localHi,
                                            localLo,
                                            remoteHi,
                                            remoteLo,
                                            localPort,
                                            remotePort));
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
            news.get(home)
                    .add(nowNanos ->
                            workers.get(home)
                                    .tcp()
                                    .onFlowEnds(
                                            from,
                                            localHi,
                                            localLo,
                                            remoteHi,
                                            remoteLo,
                                            localPort,
                                            remotePort));
        }

        @Override
        public boolean neighbourAsked(int portIndex, long hi, long lo, long mac) {
            toOthers((to, nowNanos) -> to.ip().onNeighbourAsked(portIndex, hi, lo, mac, nowNanos));
            return true;
        }

        @Override
        public boolean neighbourClaimed(
                int portIndex, long hi, long lo, long mac, boolean solicited, boolean override) {
            toOthers((to, nowNanos) ->
                    to.ip()
                            .onNeighbourClaimed(
                                    portIndex, hi, lo, mac, solicited, override, nowNanos));
            return true;
        }

        private void toOthers(Said said) {
            for (int to = 0; to < workers.size(); to++) {
                if (to != from) {
                    LoadBalancer worker = workers.get(to);
                    news.get(to).add(nowNanos -> said.to(worker, nowNanos));
                }
            }
        }
    }

    /** Something that one worker tells another. */
    @FunctionalInterface
    private interface Said {
        void to(LoadBalancer worker, long nowNanos);
    }
}
