package io.mptcplb.app.rehearsal;

import io.mptcplb.app.crew.CrewLink;
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
import io.mptcplb.dpdk.Poller;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Steering;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.random.KeySource;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The load balancer of a rehearsal: one worker, or two of which the first takes in all frames. The
 * first one's duty cycle may be somebody else's business.
 */
public final class RehearsalBox {
    public static final int SERVICE_PORT = 80;
    static final int BACKEND_PORT = 8_080;

    private static final int BUFFERS = 1 << 14;
    private static final int SESSIONS = 64;
    private static final int TIMERS_MAX = 256;

    private final BufferPool pool;
    private final Poller bed = new Poller();
    private final FrameIo[] ports = new FrameIo[Cabling.CABLES];
    private final LoadBalancer balancer;
    private final CrewLink crew;
    private final @Nullable Colleague colleague;
    private final long[] burst = new long[LoadBalancer.BURST_FRAMES];

    RehearsalBox(Cabling cabling, int workers, int first, KeySource keys, long nowNanos) {
        pool = cabling.pool();
        for (int i = 0; i < ports.length; i++) {
            ports[i] = cabling.boxEnd(i);
        }
        LbConfig config = config(workers);
        List<CrewLink> links =
                CrewLink.of(
                        new Steering(workers, 1),
                        LoadBalancer.flowsElsewhereMax(config),
                        Collections.nCopies(workers, bed));
        crew = links.get(first);
        balancer = new LoadBalancer(config, crew.crew(), ports, pool, keys, nowNanos);
        CrewLink other = links.get(workers - 1 - first);
        colleague =
                workers == 1
                        ? null
                        : new Colleague(
                                new LoadBalancer(config, other.crew(), ports, pool, keys, nowNanos),
                                other,
                                ports);
        balancer.announce(nowNanos);
        nextDeadlineNanos(); // of a box that waits for nothing yet
    }

    /** What the box of a rehearsal serves with one worker. */
    public static LbConfig config() {
        return config(1);
    }

    private static LbConfig config(int workers) {
        List<PortConfig> ports =
                List.of(
                        port("isp-a", PortRole.CLIENT, "2001:db8:1::1", "192.0.2.1"),
                        port("isp-b", PortRole.CLIENT, "2001:db8:2::1", "198.51.100.1"),
                        port("lan", PortRole.BACKEND, "2001:db8:3::1", "203.0.113.1"));
        VirtualServerConfig server =
                new VirtualServerConfig(
                        "rehearsal",
                        List.of(IpAddress.parse("192.0.2.1")),
                        SERVICE_PORT,
                        "pool",
                        MptcpConfig.defaults(),
                        TimeoutConfig.defaults(),
                        SESSIONS);
        BackendConfig member =
                new BackendConfig("b", IpAddress.parse("203.0.113.10"), BACKEND_PORT, 1);
        return new LbConfig(
                1,
                new WorkerConfig(workers, IdleMode.ADAPTIVE, List.of()),
                new BufferConfig(
                        MemoryMode.PLAIN,
                        BUFFERS,
                        BufferConfig.ROOM_BYTES_DEFAULT,
                        256,
                        4L << 20,
                        0),
                new SizeConfig(workers * SESSIONS, workers * 64, workers * 64, 16),
                ports,
                List.of(server),
                List.of(new PoolConfig("pool", Balance.ROUND_ROBIN, List.of(member))));
    }

    private static PortConfig port(String name, PortRole role, String address6, String address4) {
        return new PortConfig(
                name,
                PortDevice.afPacket(name),
                role,
                0,
                List.of(
                        new IpPrefix(IpAddress.parse(address6), 64),
                        new IpPrefix(IpAddress.parse(address4), 24)),
                List.of());
    }

    /** One duty cycle of the first worker; returns the work done. */
    int cycle(long nowNanos) {
        int work = 0;
        for (int i = 0; i < ports.length; i++) {
            int count = ports[i].poll(burst);
            for (int f = 0; f < count; f++) {
                balancer.onFrame(i, burst[f], nowNanos);
            }
            work += count;
        }
        work += crew.takeFrames(balancer, nowNanos);
        crew.ringBells();
        work += balancer.expire(nowNanos, TIMERS_MAX) + balancer.output(nowNanos);
        for (FrameIo port : ports) {
            work += port.flush();
        }
        return work + balancer.idle();
    }

    /** One duty cycle of the second worker, if there is one; returns the work done. */
    int cycleOfOther(long nowNanos) {
        Colleague other = colleague;
        return other == null ? 0 : other.cycle(nowNanos);
    }

    long nextDeadlineNanos() {
        Colleague other = colleague;
        long first = balancer.nextDeadlineNanos();
        return other == null ? first : Math.min(first, other.balancer().nextDeadlineNanos());
    }

    /** Sessions at all workers. */
    public int openSessions() {
        Colleague other = colleague;
        int first = balancer.sessions().open();
        return other == null ? first : first + other.balancer().sessions().open();
    }

    /** Buffers that all workers hold. */
    int held() {
        Colleague other = colleague;
        int first = balancer.buffers().heldTotal();
        return other == null ? first : first + other.balancer().buffers().heldTotal();
    }

    /** Frames that have been taken in so far. */
    long frames() {
        long frames = 0;
        for (int i = 0; i < balancer.ip().portCount(); i++) {
            frames += balancer.ip().port(i).rxFrames();
        }
        return frames;
    }

    /** In the configuration's order. */
    public FrameIo[] ports() {
        return ports.clone();
    }

    /** The protocol side of the first worker. */
    public LoadBalancer balancer() {
        return balancer;
    }

    /** The first worker's way to the second, if there is one. */
    public CrewLink crew() {
        return crew;
    }

    void close(long nowNanos) {
        balancer.close(nowNanos);
        Colleague other = colleague;
        if (other != null) {
            other.close(pool, nowNanos);
        }
        crew.releaseFrames(pool);
        bed.close();
    }
}
