package io.mptcplb.stack.flow;

import io.mptcplb.stack.random.KeySource;
import java.util.Arrays;

/**
 * Source ports for active opens. Each destination, which is (local address, remote address, remote
 * port), has the whole range to itself, as TCP's four-tuple allows; a port stays taken until {@link
 * #release}, which comes at the end of TIME-WAIT.
 *
 * <p>The low {@code workerBits} bits of every port are this worker's id: the reply names the worker
 * that owns the connection, and two workers never pick the same port.
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
    private final int workerBits;
    private final int firstPort;
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
     * @param workerBits low bits of a port that carry the worker, 0 to 8
     * @param workerId this worker, below {@code 1 << workerBits}
     * @param destinationsMax destinations that may have ports taken at one time
     * @param keys for the random start and the random steps
     */
    public PortAllocator(
            int low, int high, int workerBits, int workerId, int destinationsMax, KeySource keys) {
        if (low < 1
                || high > PORT_MAX
                || workerBits < 0
                || workerBits > 8
                || workerId >> workerBits != 0) {
            throw new IllegalArgumentException(
                    "ports "
                            + low
                            + " to "
                            + high
                            + ", worker "
                            + workerId
                            + " in "
                            + workerBits
                            + " bits");
        }
        int step = 1 << workerBits;
        firstPort = low + (workerId - low & step - 1);
        if (firstPort > high) {
            throw new IllegalArgumentException(
                    "no port for worker " + workerId + " in " + low + " to " + high);
        }
        this.workerBits = workerBits;
        this.keys = keys;
        portsPerDestination = (high - firstPort >> workerBits) + 1;
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
        return firstPort + (index << workerBits);
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
        int index = localPort - firstPort >> workerBits;
        if (destination == FlowTable.NOT_FOUND
                || localPort < firstPort
                || index >= portsPerDestination
                || firstPort + (index << workerBits) != localPort) {
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
