package io.mptcplb.app.control;

import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.proxy.Revision;
import java.util.List;

/**
 * One worker as the control thread sees it: what it serves by, its mailbox and its events. What
 * orders do is done on the worker thread.
 */
public final class WorkerLink {
    /** Events that wait for the control thread, which looks every few milliseconds. */
    private static final int EVENTS_MAX = 8192;

    /** Sessions that a snapshot tells in one duty cycle, and what each may have to tell. */
    private static final int SESSIONS_PER_STEP = 32;

    private static final int EVENTS_PER_SESSION_MAX = 64;

    private static final int SNAPSHOT_DONE = -1;

    private final LoadBalancer balancer;
    private final Runnable wake;
    private final Mailbox mailbox = new Mailbox();
    private final EventRing ring;
    private final EventWriter live;
    private final EventWriter ofSnapshot;
    private final Mailbox.Order snapshotStep = this::tellSome;
    private Revision revision;

    /** The worker's while it carries out an order, the control thread's between orders. */
    private int snapshotAt = SNAPSHOT_DONE;

    /**
     * Before the worker runs.
     *
     * @param wake ends the worker's sleep; any thread
     */
    public WorkerLink(LoadBalancer balancer, Runnable wake) {
        this.balancer = balancer;
        this.wake = wake;
        ring = new EventRing(EVENTS_MAX);
        live = new EventWriter(ring, balancer.mptcp(), false);
        ofSnapshot = new EventWriter(ring, balancer.mptcp(), true);
        revision = balancer.revision();
    }

    /** What the worker looks into once per duty cycle. */
    public Mailbox mailbox() {
        return mailbox;
    }

    /** Events raised, and those that found no room; any thread. */
    public long events() {
        return ring.taken();
    }

    public long eventsLost() {
        return ring.lost();
    }

    // ---- control thread

    EventRing ring() {
        return ring;
    }

    /** What the worker serves by, once it has nothing to do. */
    Revision revision() {
        return revision;
    }

    boolean idle() {
        return mailbox.isEmpty();
    }

    /**
     * Goes over to the next revisions, one after the other, and does the rest in the same duty
     * cycle. Nobody is woken for it: a worker that has frames comes by anyway, and {@link #hurry}
     * is for one that has none.
     */
    void apply(List<Revision> next, Mailbox.Order rest) {
        revision = next.getLast();
        Revision[] steps = next.toArray(Revision[]::new);
        mailbox.put(nowNanos -> {
            for (Revision step : steps) {
                balancer.apply(step, nowNanos);
            }
            rest.carryOut(nowNanos);
        });
    }

    /** Ends the sleep of a worker that has not come by for its order. */
    void hurry() {
        if (!mailbox.isEmpty()) {
            wake.run();
        }
    }

    /** Raises events from now on, or no more. */
    void listen(boolean on) {
        order(nowNanos -> balancer.events(on ? live : null));
    }

    /** Raises events, and begins to tell what is true. */
    void beginSnapshot() {
        order(nowNanos -> {
            balancer.events(live);
            int ports = balancer.ip().crew().speaksForAll() ? balancer.ip().portCount() : 0;
            for (int i = 0; i < ports; i++) {
                ofSnapshot.onPortLink(i, balancer.ip().port(i).linkUp(), nowNanos);
            }
            snapshotAt = 0;
        });
    }

    /** Tells some more; once idle again, {@link #snapshotTold} says whether that was all. */
    void continueSnapshot() {
        order(snapshotStep);
    }

    boolean snapshotTold() {
        return snapshotAt == SNAPSHOT_DONE;
    }

    private void order(Mailbox.Order order) {
        mailbox.put(order);
        wake.run();
    }

    // ---- worker thread

    private void tellSome(long nowNanos) {
        if (ring.room() >= SESSIONS_PER_STEP * EVENTS_PER_SESSION_MAX) {
            int next = balancer.snapshot(snapshotAt, SESSIONS_PER_STEP, ofSnapshot, nowNanos);
            snapshotAt = next < 0 ? SNAPSHOT_DONE : next;
        }
    }
}
