package io.mptcplb.sim;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.DropReason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The box itself on a simulated host: the load balancers of its workers. Keeps a ledger of what
 * became of every frame that the first worker was given: taken, or refused under a name.
 */
public final class BalancerHost implements Protocol {
    private static final int TIMERS_PER_CYCLE = 1024;
    private static final int FOLLOWING_PER_CYCLE = 16;

    /**
     * Refusals of data that TCP had taken, perhaps with an earlier frame, and of what we would have
     * sent in answer.
     */
    private static final Set<DropReason> NOT_OF_THE_FRAME =
            EnumSet.of(
                    DropReason.NEIGHBOUR_UNKNOWN,
                    DropReason.NEIGHBOUR_TABLE_FULL,
                    DropReason.NEIGHBOUR_QUEUE_FULL,
                    DropReason.PACKET_TOO_BIG,
                    DropReason.TRANSMIT_FAILED,
                    DropReason.OUT_OF_DATA_WINDOW,
                    DropReason.TOO_MANY_HOLES,
                    DropReason.BAD_MAPPING,
                    DropReason.MISSING_MAPPING);

    /** Told about each frame right after the box has had it. */
    @FunctionalInterface
    public interface Ledger {
        /**
         * One frame is done.
         *
         * @param tag the frame's {@link Mbuf#port}, for whoever sent it to recognise it by
         * @param refusals times that a reason was counted for it; the answer's fate and that of
         *     data which TCP had taken, perhaps with an earlier frame, do not count
         * @param reason the last of these, or NONE
         */
        void onFrame(int tag, int refusals, DropReason reason);
    }

    private final SimHost machine;
    private final List<LoadBalancer> balancers = new ArrayList<>();
    private final LoadBalancer balancer;
    private final SimCrew crew;
    private final DropReason[] reasons = DropReason.values();
    private final long[][] known;
    private long followedNanos;
    private boolean following;
    private Ledger ledger = (tag, refusals, reason) -> {};

    /**
     * @param host has one port for each of the configuration's
     */
    public BalancerHost(World world, SimHost host, LbConfig config) {
        machine = host;
        FrameIo[] ports = new FrameIo[config.ports().size()];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = host.port(i).memoryPort();
        }
        byte[] seed = new byte[ChaChaKeySource.SEED_BYTES];
        Prng prng = new Prng(world.prng().nextLong());
        int workers = config.workers().count();
        crew = new SimCrew(workers, prng);
        for (int i = 0; i < workers; i++) {
            prng.fill(seed, 0, seed.length);
            LoadBalancer worker =
                    new LoadBalancer(
                            config,
                            crew.place(i),
                            ports,
                            host.pool(),
                            new ChaChaKeySource(seed),
                            world.nowNanos());
            balancers.add(worker);
            crew.joined(worker);
        }
        balancer = balancers.getFirst();
        known = new long[ports.length][reasons.length];
        host.run(this);
    }

    /** Who is told of every frame. */
    public void ledger(Ledger newLedger) {
        ledger = newLedger;
    }

    public LoadBalancer balancer() {
        return balancer;
    }

    /** All workers, in order. */
    public List<LoadBalancer> balancers() {
        return balancers;
    }

    @Override
    public void onFrame(int portIndex, long m, long nowNanos) {
        int worker = crew.arrival(m);
        crew.takeNews(worker, nowNanos);
        if (worker == 0) {
            onFrameOfTheFirst(portIndex, m, nowNanos);
        } else {
            balancers.get(worker).onFrame(portIndex, m, nowNanos);
        }
    }

    private void onFrameOfTheFirst(int portIndex, long m, long nowNanos) {
        int tag = Mbuf.port(m);
        NetPort port = balancer.ip().port(portIndex);
        settle(port);
        balancer.onFrame(portIndex, m, nowNanos);
        int refusals = 0;
        DropReason last = DropReason.NONE;
        long[] before = known[portIndex];
        for (int i = 0; i < reasons.length; i++) {
            long drops = port.drops(reasons[i]);
            if (drops != before[i]) {
                if (!NOT_OF_THE_FRAME.contains(reasons[i])) {
                    refusals += (int) (drops - before[i]);
                    last = reasons[i];
                }
                before[i] = drops;
            }
        }
        ledger.onFrame(tag, refusals, last);
    }

    /** What timers and output have refused since is not this frame's. */
    private void settle(NetPort port) {
        for (int i = 0; i < reasons.length; i++) {
            known[port.index()][i] = port.drops(reasons[i]);
        }
    }

    @Override
    public void cycle(long nowNanos) {
        crew.deliver(nowNanos);
        following = false;
        followedNanos = nowNanos;
        for (LoadBalancer worker : balancers) {
            worker.expire(nowNanos, TIMERS_PER_CYCLE);
            following |= worker.runPolicy(nowNanos, FOLLOWING_PER_CYCLE) > 0;
            worker.output(nowNanos);
            worker.idle();
        }
    }

    @Override
    public long nextDeadlineNanos() {
        long next = following ? followedNanos : Long.MAX_VALUE;
        for (LoadBalancer worker : balancers) {
            next = Math.min(next, worker.nextDeadlineNanos());
        }
        return next;
    }

    /** What is not given back, or nothing; once every connection has ended. */
    public String leak() {
        StringBuilder leak = new StringBuilder();
        note(leak, "buffers", machine.pool().capacity() - machine.pool().available());
        for (LoadBalancer worker : balancers) {
            leak(worker, leak);
        }
        return leak.isEmpty() ? "" : machine.name() + leak;
    }

    private static void leak(LoadBalancer balancer, StringBuilder leak) {
        TcpStack tcp = balancer.tcp();
        note(leak, "held", balancer.buffers().heldTotal());
        note(leak, "budgets", balancer.buffers().budgetsOpen());
        note(leak, "records", tcp.records().inUse());
        note(leak, "ports", tcp.portsInUse());
        note(leak, "endpoints", tcp.settings().endpoints() - tcp.freeEndpoints());
        note(leak, "flows elsewhere", tcp.flowsElsewhere());
        note(leak, "timers", tcp.timersArmed());
        note(leak, "connections", balancer.mptcp().connectionsOpen());
        note(leak, "tokens", balancer.mptcp().tokensInUse());
        note(leak, "sessions", balancer.sessions().open());
        note(leak, "sessions ending", balancer.sessions().waitingForBuffers());
    }

    private static void note(StringBuilder leak, String what, int count) {
        if (count != 0) {
            leak.append(' ').append(what).append(' ').append(count);
        }
    }
}
