package io.mptcplb.app.crew;

import io.mptcplb.dpdk.Poller;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Steering;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.OtherWorkers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's end of the rings. Owner: the worker thread, but for {@link #of} and {@link
 * #releaseFrames}.
 *
 * <p>A flow that is announced keeps room in the ring for the news of its end: that is never lost.
 * What the room left over does not take is refused.
 */
public final class CrewLink implements OtherWorkers {
    /** A worker that is behind gets no more: TCP sends again. */
    private static final int FRAMES_MAX = 512;

    private static final int FRAME_LONGS = 2;
    private static final int NEIGHBOURS_MAX = 256;

    private final int worker;
    private final Steering steering;
    private final int flowsMax;
    private final @Nullable LongRing[] framesTo;
    private final @Nullable LongRing[] newsTo;
    private final LongRing[] framesFrom;
    private final LongRing[] newsFrom;
    private final int[] senders;

    /** Frames that lay in each ring when it was looked at. */
    private final int[] found;

    private final Bell[] bells;

    /** Flows that each of the others knows to be ours. */
    private final int[] announced;

    private final boolean[] spokenTo;
    private boolean spoken;

    private CrewLink(
            int worker, Steering steering, int flowsMax, LongRing[][][] rings, Bell[] bells) {
        int workers = steering.queues();
        this.worker = worker;
        this.steering = steering;
        this.flowsMax = flowsMax;
        this.bells = bells;
        framesTo = rings[worker][0];
        newsTo = rings[worker][1];
        framesFrom = new LongRing[workers - 1];
        newsFrom = new LongRing[workers - 1];
        senders = new int[workers - 1];
        int next = 0;
        for (int other = 0; other < workers; other++) {
            if (other != worker) {
                framesFrom[next] = rings[other][0][worker];
                newsFrom[next] = rings[other][1][worker];
                senders[next++] = other;
            }
        }
        found = new int[workers - 1];
        announced = new int[workers];
        spokenTo = new boolean[workers];
    }

    /**
     * The links of all workers, in their order.
     *
     * @param flowsMax flows that one worker may announce to one other
     * @param sleepers where each worker sleeps
     */
    public static List<CrewLink> of(Steering steering, int flowsMax, List<Poller> sleepers) {
        int workers = steering.queues();
        Bell[] bells = sleepers.stream().map(Bell::new).toArray(Bell[]::new);
        int newsMax = Integer.highestOneBit(2 * flowsMax + NEIGHBOURS_MAX) << 1;
        LongRing[][][] rings = new LongRing[workers][2][workers];
        for (int from = 0; from < workers; from++) {
            for (int to = 0; to < workers; to++) {
                if (from != to) {
                    rings[from][0][to] = new LongRing(FRAMES_MAX, FRAME_LONGS);
                    rings[from][1][to] = new LongRing(newsMax, News.LONGS);
                }
            }
        }
        List<CrewLink> links = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            links.add(new CrewLink(worker, steering, flowsMax, rings, bells));
        }
        return links;
    }

    /** This worker's place. */
    public Crew crew() {
        return new Crew(worker, steering, this);
    }

    // ---- saying

    @Override
    public boolean handOver(int to, int portIndex, long m, boolean settled) {
        LongRing ring = to(framesTo, to);
        if (!ring.hasRoom(1)) {
            return false;
        }
        ring.put(0, m);
        ring.put(1, portIndex << 1 | (settled ? 1 : 0));
        ring.publish();
        spokenTo(to);
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
        // This, its end, and the ends of all that have begun.
        if (announced[home] == flowsMax || !to(newsTo, home).hasRoom(announced[home] + 2)) {
            return false;
        }
        announced[home]++;
        long head = News.ofFlow(News.FLOW_BEGINS, localPort, remotePort);
        tell(home, head, localHi, localLo, remoteHi, remoteLo);
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
        announced[home]--;
        long head = News.ofFlow(News.FLOW_ENDS, localPort, remotePort);
        tell(home, head, localHi, localLo, remoteHi, remoteLo);
    }

    @Override
    public boolean neighbourAsked(int portIndex, long hi, long lo, long mac) {
        long head = News.ofNeighbour(News.NEIGHBOUR_ASKED, portIndex, false, false);
        return tellAll(head, hi, lo, mac);
    }

    @Override
    public boolean neighbourClaimed(
            int portIndex, long hi, long lo, long mac, boolean solicited, boolean override) {
        long head = News.ofNeighbour(News.NEIGHBOUR_CLAIMED, portIndex, solicited, override);
        return tellAll(head, hi, lo, mac);
    }

    private boolean tellAll(long head, long hi, long lo, long mac) {
        boolean all = true;
        for (int to : senders) {
            if (to(newsTo, to).hasRoom(announced[to] + 1)) {
                tell(to, head, hi, lo, mac, 0);
                spokenTo(to);
            } else {
                all = false;
            }
        }
        return all;
    }

    private void tell(int to, long head, long first, long second, long third, long fourth) {
        LongRing ring = to(newsTo, to);
        ring.put(0, head);
        ring.put(1, first);
        ring.put(2, second);
        ring.put(3, third);
        ring.put(4, fourth);
        ring.publish();
    }

    private static LongRing to(@Nullable LongRing[] rings, int to) {
        LongRing ring = rings[to];
        if (ring == null) {
            throw new IllegalArgumentException("a worker has nothing to say to itself");
        }
        return ring;
    }

    private void spokenTo(int to) {
        spokenTo[to] = true;
        spoken = true;
    }

    /** Wakes whoever was told something since the last call that cannot wait; once per cycle. */
    public void ringBells() {
        if (!spoken) {
            return;
        }
        spoken = false;
        for (int to = 0; to < spokenTo.length; to++) {
            if (spokenTo[to]) {
                spokenTo[to] = false;
                bells[to].ring();
            }
        }
    }

    // ---- listening

    /**
     * Takes what others say. Between taking frames, from a port or a ring, and looking into them: a
     * frame that answers a subflow's SYN/ACK finds that subflow's owner known.
     */
    public int takeNews(LoadBalancer balancer, long nowNanos) {
        int taken = 0;
        for (int i = 0; i < newsFrom.length; i++) {
            LongRing ring = newsFrom[i];
            for (int left = ring.waiting(); left > 0; left--) {
                take(ring, senders[i], balancer, nowNanos);
                ring.advance();
                taken++;
            }
        }
        return taken;
    }

    private static void take(LongRing news, int from, LoadBalancer balancer, long nowNanos) {
        long head = news.get(0);
        long first = news.get(1);
        long second = news.get(2);
        long third = news.get(3);
        int port = News.portIndex(head);
        switch (News.kind(head)) {
            case News.FLOW_BEGINS ->
                    balancer.tcp()
                            .onFlowBegins(
                                    from,
                                    first,
                                    second,
                                    third,
                                    news.get(4),
                                    News.localPort(head),
                                    News.remotePort(head));
            case News.FLOW_ENDS ->
                    balancer.tcp()
                            .onFlowEnds(
                                    from,
                                    first,
                                    second,
                                    third,
                                    news.get(4),
                                    News.localPort(head),
                                    News.remotePort(head));
            case News.NEIGHBOUR_ASKED ->
                    balancer.ip().onNeighbourAsked(port, first, second, third, nowNanos);
            default ->
                    balancer.ip()
                            .onNeighbourClaimed(
                                    port,
                                    first,
                                    second,
                                    third,
                                    News.solicited(head),
                                    News.override(head),
                                    nowNanos);
        }
    }

    /** Takes frames that were handed over, as many as lie there now, and news; returns how many. */
    public int takeFrames(LoadBalancer balancer, long nowNanos) {
        for (int i = 0; i < framesFrom.length; i++) {
            found[i] = framesFrom[i].waiting();
        }
        int taken = takeNews(balancer, nowNanos);
        for (int i = 0; i < framesFrom.length; i++) {
            LongRing ring = framesFrom[i];
            for (int left = found[i]; left > 0; left--) {
                long m = ring.get(0);
                int facts = (int) ring.get(1);
                ring.advance();
                balancer.onHandedOver(facts >> 1, m, (facts & 1) != 0, nowNanos);
            }
            taken += found[i];
        }
        return taken;
    }

    // ---- sleeping

    /** The worker is about to sleep; false when there is something to take. */
    public boolean lieDown() {
        if (framesFrom.length == 0) {
            return true;
        }
        bells[worker].lieDown();
        return !somethingWaits();
    }

    private boolean somethingWaits() {
        for (int i = 0; i < framesFrom.length; i++) {
            if (framesFrom[i].waiting() > 0 || newsFrom[i].waiting() > 0) {
                return true;
            }
        }
        return false;
    }

    /** The worker has slept, or not after all. */
    public void getUp() {
        if (framesFrom.length > 0) {
            bells[worker].getUp();
        }
    }

    // ---- after the workers' end

    /** Gives back the frames that nobody will take. */
    public void releaseFrames(BufferPool pool) {
        for (LongRing ring : framesFrom) {
            while (ring.waiting() > 0) {
                pool.releaseChain(ring.get(0));
                ring.advance();
            }
        }
    }
}
