package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.stack.flow.FlowTable;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.time.TimerWheel;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddresses;
import java.util.Arrays;

/**
 * Who has which hardware address on one port's link: the neighbour unreachability detection of RFC
 * 4861 s7.3 with the patience of RFC 7048, for ARP as well.
 *
 * <p>An entry comes into being when we send to an address, or when its station asks for us; never
 * from what others merely claim. Entries that wait for an answer take at most half of the table,
 * and entries known to work are never replaced, so that a flood of invented addresses cannot push
 * out the gateway.
 *
 * <p>Each entry has a generation that changes when the entry is given to another address: a {@link
 * Route} that remembers both knows whether its entry is still its own.
 */
final class NeighbourTable {
    /** Answer for an address that has no entry and gets none. */
    static final int NONE = -1;

    /** A generation that no entry has. */
    static final int NO_GENERATION = 0;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long RETRANSMIT_NANOS = SECOND_NANOS;
    private static final long DELAY_NANOS = 5 * SECOND_NANOS;
    private static final long REACHABLE_NANOS = 30 * SECOND_NANOS;

    /** How long an address that never answered is refused before it is asked again. */
    private static final long FAILED_NANOS = SECOND_NANOS;

    private static final long UNREACHABLE_PROBE_NANOS_MAX = 60 * SECOND_NANOS;

    /** How long ago an entry must have been confirmed for TCP's doubt to count. */
    private static final long DOUBT_NANOS = 2 * SECOND_NANOS;

    /** An entry that a stranger's question would replace must have been idle for so long. */
    private static final long STRANGER_IDLE_NANOS = 30 * SECOND_NANOS;

    /** A changed MAC is not believed from ARP so soon after the last one: the first answer wins. */
    private static final long ARP_LOCK_NANOS = SECOND_NANOS;

    private static final int SOLICITATIONS_MAX = 3;

    /**
     * The share of the waiting room that one neighbour may take: a burst of new connections to one
     * backend waits whole, as a SYN that is lost here costs a second.
     */
    private static final int WAITING_SHARE_SHIFT = 2;

    private static final int VICTIMS_LOOKED_AT = 32;

    private final NetPort port;
    private final BufferPool pool;
    private final ControlFrames control;
    private final TimerWheel wheel;
    private final int firstTimer;
    private final FlowTable indexes;
    private final long reachableNanos;
    private final int capacity;

    private final long[] his;
    private final long[] los;
    private final long[] macs;
    private final NeighbourState[] states;
    private final int[] generations;
    private final long[] usedNanos;
    private final long[] confirmedNanos;
    private final long[] updatedNanos;
    private final int[] solicitations;
    private final int[] freeEntries;
    private int freeCount;
    private int incompleteCount;
    private int victimHand;

    private final WaitingFrames waiting;
    private final int waitingPerEntry;

    /** A table whose entry {@code i} has the wheel's timer {@code firstTimer + i}. */
    NeighbourTable(
            NetPort port,
            IpLimits limits,
            BufferPool pool,
            ControlFrames control,
            TimerWheel wheel,
            int firstTimer,
            KeySource keys) {
        this.port = port;
        this.pool = pool;
        this.control = control;
        this.wheel = wheel;
        this.firstTimer = firstTimer;
        capacity = limits.neighboursPerPort();
        indexes = new FlowTable(capacity, keys);
        // RFC 4861 s6.3.2: between 0.5 and 1.5 times the base, so that stations do not ask in step.
        reachableNanos = REACHABLE_NANOS / 2 + (keys.nextLong() >>> 1) % REACHABLE_NANOS;
        his = new long[capacity];
        los = new long[capacity];
        macs = new long[capacity];
        states = new NeighbourState[capacity];
        Arrays.fill(states, NeighbourState.FREE);
        generations = new int[capacity];
        Arrays.fill(generations, NO_GENERATION + 1);
        usedNanos = new long[capacity];
        confirmedNanos = new long[capacity];
        updatedNanos = new long[capacity];
        solicitations = new int[capacity];
        freeEntries = new int[capacity];
        for (int i = capacity - 1; i >= 0; i--) {
            freeEntries[freeCount++] = i;
        }
        waiting = new WaitingFrames(capacity, limits.waitingFramesPerPort());
        waitingPerEntry = Math.max(1, limits.waitingFramesPerPort() >> WAITING_SHARE_SHIFT);
    }

    /** The entry of an address, or {@link #NONE}. */
    int find(long hi, long lo) {
        return indexes.find(hi, lo, 0, 0, 0, 0);
    }

    NeighbourState state(int entry) {
        return states[entry];
    }

    /** Hardware address of an entry whose state is usable. */
    long mac(int entry) {
        return macs[entry];
    }

    int generation(int entry) {
        return generations[entry];
    }

    /** Entries in use. */
    int size() {
        return indexes.size();
    }

    /** Frames that wait for an answer. */
    int waitingFrames() {
        return waiting.total();
    }

    /**
     * The entry of a next hop that we are about to send to, made and solicited if need be, or NONE.
     */
    int resolve(long hi, long lo, long nowNanos) {
        int entry = find(hi, lo);
        if (entry != NONE || incompleteCount >= capacity / 2) {
            return entry;
        }
        entry = create(hi, lo, 0, nowNanos);
        if (entry != NONE) {
            usedNanos[entry] = nowNanos;
            solicitations[entry] = 1;
            become(entry, NeighbourState.INCOMPLETE);
            control.solicit(port, hi, lo, ControlFrames.NO_MAC);
            armTimer(entry, nowNanos + RETRANSMIT_NANOS);
        }
        return entry;
    }

    /** The MAC for a frame that goes to this entry now, or {@link ControlFrames#NO_MAC}. */
    long macToSend(int entry, long nowNanos) {
        usedNanos[entry] = nowNanos;
        NeighbourState state = states[entry];
        if (state == NeighbourState.STALE) {
            become(entry, NeighbourState.DELAY);
            armTimer(entry, nowNanos + DELAY_NANOS);
        }
        return state.usable() ? macs[entry] : ControlFrames.NO_MAC;
    }

    /**
     * Keeps a frame, complete but for its destination MAC, until the entry is resolved. A frame
     * with slices is not kept: TCP sends it again. The header buffer is taken in every case.
     *
     * @return NONE, NEIGHBOUR_UNKNOWN or NEIGHBOUR_QUEUE_FULL, not counted yet
     */
    DropReason hold(int entry, GatherFrame frame) {
        boolean keep = frame.sliceCount() == 0 && frame.segmentBytes() == 0;
        if (states[entry] != NeighbourState.INCOMPLETE || !keep) {
            pool.release(frame.header());
            return DropReason.NEIGHBOUR_UNKNOWN;
        }
        if (waiting.count(entry) == waitingPerEntry) {
            // RFC 4861 s7.2.2: the newest are the ones worth sending.
            dropOldest(entry);
        }
        if (!waiting.add(entry, frame)) {
            pool.release(frame.header());
            return DropReason.NEIGHBOUR_QUEUE_FULL;
        }
        return DropReason.NONE;
    }

    /** TCP has made progress through this entry: it works (RFC 4861 s7.3.1). */
    void confirm(int entry, long nowNanos) {
        confirmedNanos[entry] = nowNanos;
        if (states[entry] != NeighbourState.REACHABLE && states[entry].usable()) {
            reachable(entry, nowNanos);
        }
    }

    /**
     * TCP has waited in vain for progress through this entry: unless others have made some since,
     * it is asked now rather than when its time is up. A station that came back with another MAC is
     * silent until somebody asks.
     */
    void doubt(int entry, long nowNanos) {
        NeighbourState state = states[entry];
        boolean known = state == NeighbourState.REACHABLE || state == NeighbourState.DELAY;
        if (known && nowNanos - confirmedNanos[entry] >= DOUBT_NANOS) {
            startProbing(entry, nowNanos);
        }
    }

    /**
     * A station that asks for one of our addresses tells its own (RFC 826, RFC 4861 s7.2.3). Makes
     * an entry: it will be spoken to.
     */
    void onAsked(long hi, long lo, long mac, long nowNanos) {
        int entry = find(hi, lo);
        if (entry == NONE) {
            entry = create(hi, lo, STRANGER_IDLE_NANOS, nowNanos);
            if (entry == NONE) {
                port.countDrop(DropReason.NEIGHBOUR_TABLE_FULL);
                return;
            }
            usedNanos[entry] = nowNanos;
            update(entry, mac, nowNanos);
            become(entry, NeighbourState.STALE);
        } else if (!states[entry].usable()) {
            resolved(entry, mac, NeighbourState.STALE, nowNanos);
        } else if (macs[entry] != mac && !locked(entry, hi, lo, nowNanos)) {
            update(entry, mac, nowNanos);
            stale(entry);
        }
    }

    /**
     * A station says where an address is: ARP reply, announcement, or advertisement (RFC 4861
     * s7.2.5). Without an entry nobody wanted to know.
     *
     * @param mac {@link ControlFrames#NO_MAC} when it does not say
     * @param solicited it answers our question
     * @param override it replaces what is known
     */
    void onClaimed(long hi, long lo, long mac, boolean solicited, boolean override, long nowNanos) {
        int entry = find(hi, lo);
        if (entry == NONE) {
            return;
        }
        boolean changed = mac != ControlFrames.NO_MAC && mac != macs[entry];
        if (!states[entry].usable()) {
            if (mac != ControlFrames.NO_MAC) {
                boolean answered = solicited && states[entry] == NeighbourState.INCOMPLETE;
                NeighbourState next = answered ? NeighbourState.REACHABLE : NeighbourState.STALE;
                resolved(entry, mac, next, nowNanos);
            }
        } else if (changed && (!override || locked(entry, hi, lo, nowNanos))) {
            if (states[entry] == NeighbourState.REACHABLE) {
                stale(entry);
            }
        } else {
            if (changed) {
                update(entry, mac, nowNanos);
            }
            if (solicited) {
                confirm(entry, nowNanos);
            } else if (changed) {
                stale(entry);
            }
        }
    }

    /** The entry's timer has fired. */
    void onTimer(int entry, long nowNanos) {
        switch (states[entry]) {
            case INCOMPLETE -> onUnanswered(entry, nowNanos);
            case REACHABLE -> {
                long until = confirmedNanos[entry] + reachableNanos;
                if (until - nowNanos > 0) {
                    armTimer(entry, until);
                } else {
                    become(entry, NeighbourState.STALE);
                }
            }
            case DELAY -> startProbing(entry, nowNanos);
            case PROBE -> {
                if (solicitations[entry] < SOLICITATIONS_MAX) {
                    probe(entry, macs[entry], RETRANSMIT_NANOS, nowNanos);
                } else {
                    become(entry, NeighbourState.UNREACHABLE);
                    probeUnreachable(entry, nowNanos);
                }
            }
            case UNREACHABLE -> probeUnreachable(entry, nowNanos);
            case FAILED -> free(entry);
            case FREE, STALE -> throw new AssertionError("a timer in " + states[entry]);
        }
    }

    /** Releases every frame that waits and every entry: the port is going away. */
    void clear() {
        for (int entry = 0; entry < capacity; entry++) {
            if (states[entry] != NeighbourState.FREE) {
                while (waiting.count(entry) > 0) {
                    pool.release(waiting.take(entry));
                }
                free(entry);
            }
        }
    }

    private void startProbing(int entry, long nowNanos) {
        become(entry, NeighbourState.PROBE);
        solicitations[entry] = 0;
        probe(entry, macs[entry], RETRANSMIT_NANOS, nowNanos);
    }

    private void onUnanswered(int entry, long nowNanos) {
        if (solicitations[entry] < SOLICITATIONS_MAX) {
            probe(entry, ControlFrames.NO_MAC, RETRANSMIT_NANOS, nowNanos);
            return;
        }
        while (waiting.count(entry) > 0) {
            dropOldest(entry);
        }
        become(entry, NeighbourState.FAILED);
        port.countFailedNeighbour();
        armTimer(entry, nowNanos + FAILED_NANOS);
    }

    /** RFC 7048 s3: no better way is known, so frames go on; who is asked now is everybody. */
    private void probeUnreachable(int entry, long nowNanos) {
        int doublings = solicitations[entry] - SOLICITATIONS_MAX;
        long interval = Math.min(RETRANSMIT_NANOS << doublings, UNREACHABLE_PROBE_NANOS_MAX);
        if (doublings > 0 && nowNanos - usedNanos[entry] > interval) {
            become(entry, NeighbourState.STALE); // nobody sends: no need to ask
            return;
        }
        if (interval == UNREACHABLE_PROBE_NANOS_MAX) {
            solicitations[entry]--; // the interval, and the shift above, grow no further
        }
        probe(entry, ControlFrames.NO_MAC, interval, nowNanos);
    }

    private void probe(int entry, long mac, long intervalNanos, long nowNanos) {
        solicitations[entry]++;
        control.solicit(port, his[entry], los[entry], mac);
        armTimer(entry, nowNanos + intervalNanos);
    }

    private void resolved(int entry, long mac, NeighbourState next, long nowNanos) {
        update(entry, mac, nowNanos);
        if (next == NeighbourState.REACHABLE) {
            confirmedNanos[entry] = nowNanos;
            reachable(entry, nowNanos);
        } else {
            become(entry, next);
            cancelTimer(entry);
        }
        while (waiting.count(entry) > 0) {
            port.transmit(waiting.takeFor(entry, mac));
        }
    }

    private void reachable(int entry, long nowNanos) {
        become(entry, NeighbourState.REACHABLE);
        armTimer(entry, nowNanos + reachableNanos);
    }

    private void stale(int entry) {
        become(entry, NeighbourState.STALE);
        cancelTimer(entry);
    }

    private void update(int entry, long mac, long nowNanos) {
        macs[entry] = mac;
        updatedNanos[entry] = nowNanos;
    }

    /** ARP has no override flag: of two answers in a row, the first is believed. */
    private boolean locked(int entry, long hi, long lo, long nowNanos) {
        return IpAddresses.isV4(hi, lo) && nowNanos - updatedNanos[entry] < ARP_LOCK_NANOS;
    }

    /** A new entry in state FREE, at the price of one that is not needed, or NONE. */
    private int create(long hi, long lo, long idleNanosMin, long nowNanos) {
        if (freeCount == 0) {
            int victim = findVictim(idleNanosMin, nowNanos);
            if (victim == NONE) {
                return NONE;
            }
            free(victim);
        }
        int entry = freeEntries[--freeCount];
        his[entry] = hi;
        los[entry] = lo;
        indexes.insert(hi, lo, 0, 0, 0, 0, entry);
        return entry;
    }

    /**
     * The longest idle of a few entries that may go: those that failed, are stale or do not answer.
     */
    private int findVictim(long idleNanosMin, long nowNanos) {
        int victim = NONE;
        long longestNanos = idleNanosMin - 1;
        for (int i = 0; i < Math.min(VICTIMS_LOOKED_AT, capacity); i++) {
            victimHand = victimHand + 1 == capacity ? 0 : victimHand + 1;
            NeighbourState state = states[victimHand];
            if (state == NeighbourState.FAILED) {
                return victimHand;
            }
            boolean mayGo = state == NeighbourState.STALE || state == NeighbourState.UNREACHABLE;
            long idleNanos = nowNanos - usedNanos[victimHand];
            if (mayGo && idleNanos > longestNanos) {
                victim = victimHand;
                longestNanos = idleNanos;
            }
        }
        return victim;
    }

    private void free(int entry) {
        assert waiting.count(entry) == 0;
        if (states[entry] == NeighbourState.INCOMPLETE) {
            incompleteCount--;
        }
        states[entry] = NeighbourState.FREE;
        cancelTimer(entry);
        indexes.remove(his[entry], los[entry], 0, 0, 0, 0);
        int next = generations[entry] + 1;
        generations[entry] = next == NO_GENERATION ? next + 1 : next;
        freeEntries[freeCount++] = entry;
    }

    private void become(int entry, NeighbourState next) {
        NeighbourState state = states[entry];
        assert state.mayBecome(next) : state + " to " + next;
        incompleteCount += count(next) - count(state);
        states[entry] = next;
    }

    private static int count(NeighbourState state) {
        return state == NeighbourState.INCOMPLETE ? 1 : 0;
    }

    private void armTimer(int entry, long deadlineNanos) {
        wheel.arm(firstTimer + entry, deadlineNanos);
    }

    private void cancelTimer(int entry) {
        wheel.cancel(firstTimer + entry);
    }

    private void dropOldest(int entry) {
        pool.release(waiting.take(entry));
        port.countDrop(DropReason.NEIGHBOUR_UNKNOWN);
    }
}
