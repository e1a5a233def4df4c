package io.mptcplb.stack.flow;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.random.KeySource;
import java.util.Arrays;

/**
 * Source ports for active opens. Each destination, which is (local address, remote address, remote
 * port), has the whole range to itself, as TCP's four-tuple allows; a port stays taken until {@link
 * #release}, which comes at the end of TIME-WAIT.
 *
 * <p>Every port is one whose answers are at home with this worker: two workers never pick the same
 * port for a destination.
 *
 * <p>Ports are taken as RFC 6056 section 3.3.5 says: the next one lies a random step behind the
 * last, from a random start, so that they are hard to guess and a port rests long before it
 * returns. The search is exact: a refusal means that every port of the destination is taken.
 */
public final class PortAllocator {
    /** Refusal of {@link #allocate}: every port of the destination is taken. */
    public static final int PORTS_EXHAUSTED = -1;

    /** Refusal of {@link #allocate}: more destinations at once than the table holds. */
    public static final int DESTINATIONS_EXHAUSTED = -2;

    /** Largest random step. More is harder to guess, less rests longer. */
    private static final int STEP_MAX = 64;

    private static final int PORT_MAX = 65_535;

    private final KeySource keys;
    private final FlowTable destinations;
    private final Steering steering;
    private final int worker;
    private final int low;
    private final int portsPerDestination;
    private final int wordsPerDestination;

    /**
     * One bit per port and destination; set while taken. Bits behind the last port are always set.
     */
    private final long[] taken;

    private final int[] takenCounts;
    private final int[] cursors;
    private final int[] freeDestinations;
    private int freeDestinationCount;
    private int inUse;
    private long portsExhausted;
    private long destinationsExhausted;

    /**
     * An allocator of one worker.
     *
     * @param low first port of the range, at least 1
     * @param high last port of the range, at most 65,535
     * @param steering where answers go
     * @param worker this worker, to which they are to come
     * @param destinationsMax destinations that may have ports taken at one time
     * @param keys for the random start and the random steps
     */
    public PortAllocator(
            int low, int high, Steering steering, int worker, int destinationsMax, KeySource keys) {
        int workers = steering.queues();
        portsPerDestination = (high - low + 1) / workers;
        boolean inRange = low >= 1 && high <= PORT_MAX && worker >= 0 && worker < workers;
        if (!inRange || portsPerDestination < 1) {
            throw new IllegalArgumentException(
                    "ports %d to %d, worker %d of %d".formatted(low, high, worker, workers));
        }
        this.steering = steering;
        this.worker = worker;
        this.low = low;
        this.keys = keys;
        wordsPerDestination = portsPerDestination + Long.SIZE - 1 >> 6;
        taken = new long[wordsPerDestination * destinationsMax];
        takenCounts = new int[destinationsMax];
        cursors = new int[destinationsMax];
        destinations = new FlowTable(destinationsMax, keys);
        freeDestinations = new int[destinationsMax];
        for (int i = destinationsMax - 1; i >= 0; i--) {
            freeDestinations[freeDestinationCount++] = i;
        }
    }

    /** Ports that each destination has. */
    public int portsPerDestination() {
        return portsPerDestination;
    }

    /** Ports taken, over all destinations. */
    public int inUse() {
        return inUse;
    }

    /** Times {@link #allocate} answered {@link #PORTS_EXHAUSTED}. */
    public long portsExhausted() {
        return portsExhausted;
    }

    /** Times {@link #allocate} answered {@link #DESTINATIONS_EXHAUSTED}. */
    public long destinationsExhausted() {
        return destinationsExhausted;
    }

    /**
     * A port that no live connection to this destination uses, or one of the refusals, which are
     * negative.
     */
    public int allocate(long localHi, long localLo, long remoteHi, long remoteLo, int remotePort) {
        int destination = destinations.find(localHi, localLo, remoteHi, remoteLo, 0, remotePort);
        if (destination == FlowTable.NOT_FOUND) {
            if (freeDestinationCount == 0) {
                destinationsExhausted++;
                return DESTINATIONS_EXHAUSTED;
            }
            destination = freeDestinations[--freeDestinationCount];
            destinations.insert(localHi, localLo, remoteHi, remoteLo, 0, remotePort, destination);
            open(destination);
        }
        if (takenCounts[destination] == portsPerDestination) {
            portsExhausted++;
            return PORTS_EXHAUSTED;
        }
        int wanted = (cursors[destination] + 1 + keys.nextInt(STEP_MAX)) % portsPerDestination;
        int index = firstFree(destination, wanted);
        taken[destination * wordsPerDestination + (index >> 6)] |= 1L << index;
        cursors[destination] = index;
        takenCounts[destination]++;
        inUse++;
        return firstPort(remoteHi, remoteLo, remotePort) + index * steering.queues();
    }

    /**
     * Gives back a port that {@link #allocate} gave for this destination. False when it was not
     * taken (a fault of ours).
     */
    public boolean release(
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int remotePort,
            int localPort) {
        int destination = destinations.find(localHi, localLo, remoteHi, remoteLo, 0, remotePort);
        int offset = localPort - firstPort(remoteHi, remoteLo, remotePort);
        int index = offset / steering.queues();
        if (destination == FlowTable.NOT_FOUND
                || offset < 0
                || index >= portsPerDestination
                || offset % steering.queues() != 0) {
            return false;
        }
        int word = destination * wordsPerDestination + (index >> 6);
        if ((taken[word] & 1L << index) == 0) {
            return false;
        }
        taken[word] &= ~(1L << index);
        inUse--;
        if (--takenCounts[destination] == 0) {
            destinations.remove(localHi, localLo, remoteHi, remoteLo, 0, remotePort);
            freeDestinations[freeDestinationCount++] = destination;
        }
        return true;
    }

    private int firstPort(long remoteHi, long remoteLo, int remotePort) {
        return steering.firstPort(low, remoteHi, remoteLo, remotePort, worker);
    }

    private void open(int destination) {
        int from = destination * wordsPerDestination;
        int to = from + wordsPerDestination;
        Arrays.fill(taken, from, to, 0);
        int lastBits = portsPerDestination & Long.SIZE - 1;
        if (lastBits != 0) {
            taken[to - 1] = -1L << lastBits;
        }
        cursors[destination] = keys.nextInt(portsPerDestination);
    }

    /** The first port from {@code wanted} on, around the end, that is not taken; there is one. */
    private int firstFree(int destination, int wanted) {
        int base = destination * wordsPerDestination;
        int word = wanted >> 6;
        long free = ~taken[base + word] & -1L << wanted;
        while (free == 0) {
            word = word + 1 == wordsPerDestination ? 0 : word + 1;
            free = ~taken[base + word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(free);
    }
}
