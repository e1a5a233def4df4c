package io.mptcplb.stack.tcp;

import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.FlowTable;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.time.TimerHandler;
import io.mptcplb.stack.time.TimerWheel;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.OptionWriter;
import org.jspecify.annotations.Nullable;

/**
 * The TCP of one worker: its endpoints and all that they share. Call order in a duty cycle: {@link
 * #input} for every segment, {@link #expire}, {@link #output}.
 */
public final class TcpStack {
    static final int TIMESTAMP_BYTES = OptionWriter.TIMESTAMPS_BYTES;

    /** Listening addresses at once. */
    public static final int LISTENERS_MAX = 4096;

    private static final JoinHandler NO_JOINS = (tcp, syn, nowNanos) -> null;

    private final TcpSettings settings;
    private final IpLayer ip;
    private final HeldBuffers buffers;
    private final TransmitRecords records;
    private final TimerWheel timers;
    private final TimerHandler onTimer = this::onTimer;
    private final FlowTable flows;
    private final Elsewhere elsewhere;
    private final PortAllocator ports;
    private final InitialSequence sequences;
    private final TcpInput input;
    private final SegmentBuilder builder;
    private final TcpEndpoint[] endpoints;
    private final PlainStream[] streams;
    private final int[] free;
    private final TcpEndpoint[] marked;
    private final GatheredAcks gathered;
    private final EndpointRing timeWaits;
    private final FlowTable listenerTable;
    private final @Nullable Listener[] listeners = new Listener[LISTENERS_MAX];
    private final long[] counters = new long[TcpCounter.COUNT];
    private final PathFigures clientPaths = new PathFigures();
    private final PathFigures backendPaths = new PathFigures();
    private final int[] states = new int[TcpState.values().length];
    private int listenerCount;
    private int freeCount;
    private int markedHead;
    private int markedCount;
    private JoinHandler joins = NO_JOINS;
    private DropReason lastOpenRefusal = DropReason.NONE;
    private @Nullable TimerHandler upperTimers;

    /**
     * @param upperTimers ids that somebody above may use in the same wheel, from {@link
     *     #upperTimerId} on
     */
    public TcpStack(
            TcpSettings settings,
            IpLayer ip,
            HeldBuffers buffers,
            PortAllocator ports,
            KeySource keys,
            int upperTimers,
            long nowNanos) {
        this.settings = settings;
        this.ip = ip;
        this.buffers = buffers;
        this.ports = ports;
        int count = settings.endpoints();
        records = new TransmitRecords(2 * buffers.pool().capacity(), buffers);
        timers = new TimerWheel(count + upperTimers, nowNanos);
        flows = new FlowTable(count, keys);
        elsewhere = new Elsewhere(ip.crew(), count, keys);
        listenerTable = new FlowTable(LISTENERS_MAX, keys);
        sequences = new InitialSequence(keys);
        input = new TcpInput(this);
        builder = new SegmentBuilder(this, ip);
        timeWaits = new EndpointRing(2 * count);
        endpoints = new TcpEndpoint[count];
        streams = new PlainStream[count];
        marked = new TcpEndpoint[count];
        gathered = new GatheredAcks(count);
        free = new int[count];
        for (int id = count - 1; id >= 0; id--) {
            endpoints[id] = new TcpEndpoint(id, this);
            streams[id] = new PlainStream(this, endpoints[id]);
            free[freeCount++] = id;
        }
        states[index(TcpState.CLOSED)] = count;
    }

    // ---- getters

    public TcpSettings settings() {
        return settings;
    }

    public HeldBuffers buffers() {
        return buffers;
    }

    public TransmitRecords records() {
        return records;
    }

    /** Where IP delivers segments. */
    public TcpInput input() {
        return input;
    }

    public IpLayer ip() {
        return ip;
    }

    TimerWheel timers() {
        return timers;
    }

    FlowTable flows() {
        return flows;
    }

    Elsewhere elsewhere() {
        return elsewhere;
    }

    SegmentBuilder builder() {
        return builder;
    }

    JoinHandler joins() {
        return joins;
    }

    /**
     * The device of a port takes other frames than before: whoever sends through it cuts what it
     * has queued anew. Looks at every endpoint.
     */
    public void onPortMtu(int portIndex, long nowNanos) {
        for (TcpEndpoint each : endpoints) {
            if (each.route().bound() && each.portIndex() == portIndex) {
                each.onPortMtu(nowNanos);
            }
        }
    }

    TcpEndpoint endpoint(int id) {
        return endpoints[id];
    }

    /** What has happened so often. */
    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    public long counter(TcpCounter counter) {
        return counters[counter.ordinal()];
    }

    /** What clients did over each port. */
    public PathFigures clientPaths() {
        return clientPaths;
    }

    /** What backends did over each port. */
    public PathFigures backendPaths() {
        return backendPaths;
    }

    /** Endpoints in a state now. */
    public int inState(TcpState state) {
        return states[index(state)];
    }

    /** Endpoints that could still be opened without ending a TIME-WAIT. */
    public int freeEndpoints() {
        return freeCount;
    }

    /** Four-tuples that lead to an endpoint. */
    public int flowCount() {
        return flows.size();
    }

    /** Four-tuples that lead to another worker. */
    public int flowsElsewhere() {
        return elsewhere.size();
    }

    /** Timers armed now, those of the layer above included. */
    public int timersArmed() {
        return timers.armedCount();
    }

    /** Local ports taken by active opens. */
    public int portsInUse() {
        return ports.inUse();
    }

    private static int index(TcpState state) {
        return state.code();
    }

    // ---- set-up

    /** Who takes MP_JOIN. */
    public void joinHandler(JoinHandler handler) {
        joins = handler;
    }

    /** Who owns the timer ids from {@link #upperTimerId} on. */
    public void upperTimerHandler(TimerHandler handler) {
        upperTimers = handler;
    }

    /** First timer id that belongs to {@link #upperTimerHandler}; it is told ids from 0. */
    public int upperTimerId() {
        return endpoints.length;
    }

    /** Arms a timer of the layer above; {@code upperId} counts from 0. */
    public void armUpper(int upperId, long deadlineNanos) {
        timers.arm(endpoints.length + upperId, deadlineNanos);
    }

    public void cancelUpper(int upperId) {
        timers.cancel(endpoints.length + upperId);
    }

    /** Opens a listening address; false when it is taken or there are too many. */
    public boolean listen(Listener listener) {
        if (listenerCount == LISTENERS_MAX
                || !listenerTable.insert(
                        listener.addressHi(),
                        listener.addressLo(),
                        0,
                        0,
                        listener.port(),
                        0,
                        listenerCount)) {
            return false;
        }
        listeners[listenerCount++] = listener;
        return true;
    }

    /** Takes a listening address away: a SYN finds nobody there, clients that came by it stay. */
    public void unlisten(Listener listener) {
        int at =
                listenerTable.remove(
                        listener.addressHi(), listener.addressLo(), 0, 0, listener.port(), 0);
        if (at == FlowTable.NOT_FOUND) {
            return;
        }
        Listener last = listeners[--listenerCount];
        listeners[listenerCount] = null;
        if (last != null && at != listenerCount) {
            listeners[at] = last;
            listenerTable.remove(last.addressHi(), last.addressLo(), 0, 0, last.port(), 0);
            listenerTable.insert(last.addressHi(), last.addressLo(), 0, 0, last.port(), 0, at);
        }
    }

    @Nullable Listener findListener(IpFacts facts, int port) {
        int found = listenerTable.find(facts.localHi(), facts.localLo(), 0, 0, port, 0);
        return found == FlowTable.NOT_FOUND ? null : listeners[found];
    }

    // ---- opening

    /**
     * An endpoint for an active open, with route and port chosen; attach the stream, then {@link
     * PlainStream#connect}. Null for want of a route, a port or an endpoint: {@link
     * #lastOpenRefusal} says which.
     */
    public @Nullable PlainStream prepare(
            long remoteHi, long remoteLo, int remotePort, long nowNanos) {
        TcpEndpoint tcp = prepareEndpoint(remoteHi, remoteLo, remotePort, nowNanos);
        return tcp == null ? null : streams[tcp.id()];
    }

    /** As {@link #prepare} for whatever stands above: open it with {@link TcpEndpoint#connect}. */
    public @Nullable TcpEndpoint prepareEndpoint(
            long remoteHi, long remoteLo, int remotePort, long nowNanos) {
        TcpEndpoint tcp = allocate(nowNanos);
        if (tcp == null) {
            return refuseOpen(DropReason.TABLE_FULL);
        }
        if (!ip.bindActive(tcp.route(), remoteHi, remoteLo)) {
            returnUnbound(tcp);
            return refuseOpen(DropReason.NO_ROUTE);
        }
        return bindSourcePort(tcp, remotePort);
    }

    /** As {@link #prepareEndpoint}, from a given address by a given NIC port: another path. */
    // Over ParameterNumber: an address is two longs, and the packet path makes no record of them.
    public @Nullable TcpEndpoint prepareEndpointFrom(
            int portIndex,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNanos) {
        TcpEndpoint tcp = allocate(nowNanos);
        if (tcp == null) {
            return refuseOpen(DropReason.TABLE_FULL);
        }
        if (!ip.bind(tcp.route(), portIndex, localHi, localLo, remoteHi, remoteLo)) {
            returnUnbound(tcp);
            return refuseOpen(DropReason.NO_ROUTE);
        }
        return bindSourcePort(tcp, remotePort);
    }

    private @Nullable TcpEndpoint bindSourcePort(TcpEndpoint tcp, int remotePort) {
        Route route = tcp.route();
        int port =
                ports.allocate(
                        route.localHi(),
                        route.localLo(),
                        route.remoteHi(),
                        route.remoteLo(),
                        remotePort);
        if (port < 0) {
            returnUnbound(tcp);
            count(TcpCounter.PORTS_EXHAUSTED);
            return refuseOpen(DropReason.NO_SOURCE_PORT);
        }
        boolean inserted =
                flows.insert(
                        route.localHi(),
                        route.localLo(),
                        route.remoteHi(),
                        route.remoteLo(),
                        port,
                        remotePort,
                        tcp.id());
        assert inserted : "a port that the allocator gave is in no flow";
        tcp.bindActive(port, remotePort);
        return tcp;
    }

    private @Nullable TcpEndpoint refuseOpen(DropReason reason) {
        lastOpenRefusal = reason;
        return null;
    }

    /** Why the last {@link #prepare} returned null. */
    public DropReason lastOpenRefusal() {
        return lastOpenRefusal;
    }

    int initialSequence(Route route, int localPort, int remotePort, long nowNanos) {
        return sequences.isn(route, localPort, remotePort, nowNanos);
    }

    int timestampOffset(Route route, int localPort, int remotePort) {
        return sequences.timestampOffset(route, localPort, remotePort);
    }

    /** The plain stream that belongs to an endpoint. */
    public PlainStream plain(TcpEndpoint tcp) {
        return streams[tcp.id()];
    }

    @Nullable TcpEndpoint allocate(long nowNanos) {
        if (freeCount == 0) {
            TcpEndpoint oldest = timeWaits.pollIn(TcpState.TIME_WAIT);
            if (oldest == null) {
                return null;
            }
            count(TcpCounter.TIME_WAIT_RECYCLED);
            oldest.recycle(nowNanos);
        }
        return endpoints[free[--freeCount]];
    }

    DropReason bindPassive(TcpEndpoint tcp, Segment syn) {
        IpFacts facts = syn.facts();
        if (!ip.bind(
                tcp.route(),
                syn.port().index(),
                facts.localHi(),
                facts.localLo(),
                facts.remoteHi(),
                facts.remoteLo())) {
            return DropReason.NO_ROUTE;
        }
        if (!flows.insert(
                facts.localHi(),
                facts.localLo(),
                facts.remoteHi(),
                facts.remoteLo(),
                syn.localPort(),
                syn.remotePort(),
                tcp.id())) {
            return DropReason.TABLE_FULL;
        }
        if (elsewhere.tellBegin(facts, syn.localPort(), syn.remotePort())) {
            return DropReason.NONE;
        }
        flows.remove(
                facts.localHi(),
                facts.localLo(),
                facts.remoteHi(),
                facts.remoteLo(),
                syn.localPort(),
                syn.remotePort());
        return DropReason.HANDOVER_FULL;
    }

    // ---- of other workers

    /** A flow whose frames may arrive here is another worker's. */
    public void onFlowBegins(
            int owner,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        elsewhere.begins(owner, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
    }

    /** A flow that was another worker's is nobody's. */
    public void onFlowEnds(
            int owner,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        elsewhere.ends(owner, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
    }

    // ---- giving back

    /** An endpoint that was never bound goes back. */
    void returnUnbound(TcpEndpoint tcp) {
        ip.unbind(tcp.route());
        free[freeCount++] = tcp.id();
    }

    /**
     * Our own source ports come back sooner: timestamps and sequence numbers grow with the tuple
     * (RFC 6191).
     */
    long timeWaitNanos(TcpEndpoint tcp) {
        return tcp.activeOpen() ? settings.timeWaitActiveNanos() : settings.timeWaitNanos();
    }

    boolean synReceivedFull() {
        return states[index(TcpState.SYN_RECEIVED)] >= settings.synReceivedMax();
    }

    void onTimeWait(TcpEndpoint tcp) {
        timeWaits.offer(tcp);
    }

    /** A closed endpoint gives back its flow, its port and itself. */
    void release(TcpEndpoint tcp) {
        Route route = tcp.route();
        flows.remove(
                route.localHi(),
                route.localLo(),
                route.remoteHi(),
                route.remoteLo(),
                tcp.localPort(),
                tcp.remotePort());
        elsewhere.tellEnd(route, tcp.localPort(), tcp.remotePort());
        if (tcp.activeOpen()) {
            ports.release(
                    route.localHi(),
                    route.localLo(),
                    route.remoteHi(),
                    route.remoteLo(),
                    tcp.remotePort(),
                    tcp.localPort());
        }
        returnUnbound(tcp);
    }

    void onStateChange(TcpState from, TcpState to) {
        states[index(from)]--;
        states[index(to)]++;
    }

    // ---- counting

    void count(TcpCounter counter) {
        count(counter, 1);
    }

    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    void count(TcpCounter counter, int amount) {
        counters[counter.ordinal()] += amount;
    }

    void drop(Segment segment, DropReason reason) {
        segment.port().countDrop(reason);
    }

    // ---- the cycle

    void enqueueMarked(TcpEndpoint tcp) {
        int at = markedHead + markedCount;
        marked[at >= marked.length ? at - marked.length : at] = tcp;
        markedCount++;
    }

    /** Fires due timers, at most {@code max}; returns how many. */
    public int expire(long nowNanos, int max) {
        return timers.expire(nowNanos, max, onTimer);
    }

    private void onTimer(int id, long nowNanos) {
        if (id < endpoints.length) {
            endpoints[id].onTimer(nowNanos);
        } else if (upperTimers != null) {
            upperTimers.onTimer(id - endpoints.length, nowNanos);
        }
    }

    /**
     * Lower bound of the next deadline, for an idle wait; {@code Long.MAX_VALUE} when there is
     * none.
     */
    public long nextDeadlineNanos() {
        return timers.nextDeadlineNanos();
    }

    GatheredAcks gathered() {
        return gathered;
    }

    /**
     * Lets every marked endpoint send, once; what they mark meanwhile (the other side of a session)
     * is sent as well. Returns endpoints served, and those that have something to say in the next
     * cycle.
     */
    public int output(long nowNanos) {
        int gathering = gathered.turn();
        int served = 0;
        int limit = 2 * endpoints.length;
        while (markedCount > 0 && served < limit) {
            TcpEndpoint tcp = marked[markedHead];
            markedHead = markedHead + 1 == marked.length ? 0 : markedHead + 1;
            markedCount--;
            tcp.output(nowNanos);
            served++;
        }
        return served + gathering;
    }
}
