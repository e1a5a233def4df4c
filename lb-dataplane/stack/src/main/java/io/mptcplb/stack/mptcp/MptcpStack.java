package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.tcp.ExtensionFactory;
import io.mptcplb.stack.tcp.JoinHandler;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Segment;
import io.mptcplb.stack.tcp.SegmentExtension;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.stack.time.TimerHandler;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import org.jspecify.annotations.Nullable;

/**
 * The MPTCP of one worker: its connections, one subflow per TCP endpoint, and what they share.
 *
 * <p>Set up: construct over a {@link TcpStack} that was given {@link MptcpSettings#connections}
 * upper timers; make a {@link Listener} with {@link #server}. In each duty cycle that has nothing
 * else to do call {@link #idle}.
 */
public final class MptcpStack implements JoinHandler, TimerHandler {
    private static final int KEYS_PER_IDLE = 4;
    private static final int PORTS_MAX = 64;
    private static final ConnectionEvents NOBODY_LISTENS = new ConnectionEvents() {};

    /** A join's third ACK that takes longer makes room for another join. */
    private static final long HALF_OPEN_NANOS = 1_000_000_000L;

    private final MptcpSettings settings;
    private final TcpStack tcp;
    private final KeySource keySource;
    private final MptcpCrypto crypto = new MptcpCrypto();
    private final TokenTable tokens;
    private final KeyPool keys;
    private final OptionInput optionInput;
    private final OptionOutput optionOutput;
    private final Scheduler scheduler = new LowestRttScheduler();
    private final PathFacts paths = new PathFacts(PORTS_MAX);
    private final Subflow[] subflows;
    private final MptcpConnection[] connections;
    private final int[] free;
    private final long[] counters = new long[MptcpCounter.COUNT];
    private final long[] fallbacks = new long[FallbackCause.COUNT];
    private final long[] resetsReceived = new long[ResetReason.values().length];
    private final long[] resetsSent = new long[ResetReason.values().length];
    private int freeCount;
    private int pathless;
    private ConnectionEvents events = NOBODY_LISTENS;

    public MptcpStack(MptcpSettings settings, TcpStack tcp, KeySource keySource) {
        this.settings = settings;
        this.tcp = tcp;
        this.keySource = keySource;
        tokens = new TokenTable(settings.connections(), keySource);
        keys = new KeyPool(settings, keySource, crypto, tokens);
        optionInput = new OptionInput(this, new Handshake(this));
        optionOutput = new OptionOutput(this, tcp.records());
        subflows = new Subflow[tcp.settings().endpoints()];
        for (int i = 0; i < subflows.length; i++) {
            subflows[i] = new Subflow(this);
        }
        connections = new MptcpConnection[settings.connections()];
        free = new int[connections.length];
        for (int i = connections.length - 1; i >= 0; i--) {
            connections[i] = new MptcpConnection(i, this);
            free[freeCount++] = i;
        }
        tcp.joinHandler(this);
        tcp.upperTimerHandler(this);
    }

    /**
     * What a {@link Listener} makes its clients' streams with: MPTCP for those who ask, plain TCP
     * for all others.
     */
    public ExtensionFactory server(PolicySource source) {
        return (endpoint, syn, listener, nowNanos) -> onSyn(endpoint, syn, listener, source);
    }

    /** Who is told what becomes of connections from now on; null for nobody. */
    public void events(@Nullable ConnectionEvents listener) {
        events = listener == null ? NOBODY_LISTENS : listener;
    }

    // ---- getters

    MptcpSettings settings() {
        return settings;
    }

    TcpStack tcp() {
        return tcp;
    }

    HeldBuffers buffers() {
        return tcp.buffers();
    }

    MptcpCrypto crypto() {
        return crypto;
    }

    OptionInput optionInput() {
        return optionInput;
    }

    OptionOutput optionOutput() {
        return optionOutput;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    ConnectionEvents events() {
        return events;
    }

    /** What the client of this endpoint offered in its SYN; only while the endpoint is its. */
    public Offer offer(TcpEndpoint endpoint) {
        return subflows[endpoint.id()].offer;
    }

    /** What happened on each NIC port. */
    public PathFacts paths() {
        return paths;
    }

    /** What has happened so often. */
    public long counter(MptcpCounter counter) {
        return counters[counter.code()];
    }

    /** Clients that asked for MPTCP and were served plain TCP for this cause. */
    public long fallbacks(FallbackCause cause) {
        return fallbacks[cause.code()];
    }

    /** Connections at most. */
    public int connectionCapacity() {
        return connections.length;
    }

    /** Connections in use, those that fell back included. */
    public int connectionsOpen() {
        return connections.length - freeCount;
    }

    /** One connection by its index; it may be out of use. */
    public MptcpConnection connection(int id) {
        return connections[id];
    }

    /** Tokens that a join may name now. */
    public int tokensInUse() {
        return tokens.size();
    }

    /** Keys that lie ready. */
    public int keysReady() {
        return keys.readyCount();
    }

    /** RSTs of peers with MP_TCPRST and this reason. */
    public long resetsReceived(ResetReason reason) {
        return resetsReceived[reason.code()];
    }

    /** RSTs sent with MP_TCPRST and this reason. */
    public long resetsSent(ResetReason reason) {
        return resetsSent[reason.code()];
    }

    /** Connections that wait for a new subflow. */
    public int pathlessConnections() {
        return pathless;
    }

    void countResetReceived(ResetReason reason) {
        resetsReceived[reason.code()]++;
    }

    void countResetSent(ResetReason reason) {
        resetsSent[reason.code()]++;
    }

    void countPathless(int more) {
        pathless += more;
    }

    void count(MptcpCounter counter) {
        counters[counter.code()]++;
    }

    void count(MptcpCounter counter, long amount) {
        counters[counter.code()] += amount;
    }

    void countFallback(FallbackCause cause) {
        fallbacks[cause.code()]++;
    }

    // ---- handle

    private @Nullable SegmentExtension onSyn(
            TcpEndpoint endpoint, Segment syn, Listener listener, PolicySource source) {
        MptcpOptions options = syn.options().mptcp;
        Offer offer = offer(endpoint);
        offer.clear();
        if (!options.has(MptcpOptions.MP_CAPABLE)) {
            return plain(endpoint, listener);
        }
        count(MptcpCounter.CAPABLE_SYNS);
        offer.read(options);
        IpFacts facts = syn.facts();
        MptcpPolicy policy = source.policyFor(facts.remoteHi(), facts.remoteLo());
        FallbackCause refusal = Handshake.refusalOfSyn(options, policy);
        if (refusal == null && freeCount == 0) {
            refusal = FallbackCause.TABLE_FULL;
        }
        if (refusal != null) {
            countFallback(refusal);
            offer.refused(refusal);
            return plain(endpoint, listener);
        }
        boolean checksums =
                policy.checksum() || (options.capableFlags & MptcpOptions.FLAG_CHECKSUM) != 0;
        return open(endpoint, source, policy, checksums);
    }

    private Subflow open(
            TcpEndpoint endpoint, PolicySource source, MptcpPolicy policy, boolean checksums) {
        MptcpConnection connection = connections[free[--freeCount]];
        Subflow first = subflows[endpoint.id()];
        connection.open(first, endpoint, source, policy, keys.take(), checksums);
        connection.offer().copy(first.offer);
        connection.offer().answered(connection.agreement().capableFlags());
        tokens.insert(connection.localToken(), connection.id());
        return first;
    }

    /**
     * As client: a connection whose first subflow is ready; attach it, then {@link
     * MptcpConnection#connect}. Null for want of a connection, a route, a port or an endpoint.
     */
    public @Nullable MptcpConnection prepare(
            MptcpPolicy policy, long remoteHi, long remoteLo, int remotePort, long nowNanos) {
        if (freeCount == 0) {
            return null;
        }
        TcpEndpoint endpoint = tcp.prepareEndpoint(remoteHi, remoteLo, remotePort, nowNanos);
        if (endpoint == null) {
            return null;
        }
        count(MptcpCounter.ACTIVE_OPENS);
        return open(endpoint, policy, policy, policy.checksum()).connection();
    }

    /**
     * As client: another subflow, from a given address by a given NIC port to where the first one
     * goes. False for want of room or a route, or while the connection takes no join.
     */
    public boolean join(
            MptcpConnection connection,
            int portIndex,
            long localHi,
            long localLo,
            int localId,
            boolean backup,
            long nowNanos) {
        return joinTo(
                connection,
                portIndex,
                localHi,
                localLo,
                localId,
                backup,
                connection.agreement().initialHi(),
                connection.agreement().initialLo(),
                connection.agreement().initialPort(),
                nowNanos);
    }

    /** As {@link #join}, to an address that the server has announced. */
    // Over ParameterNumber: an address is two longs, and there are two of them.
    public boolean joinTo(
            MptcpConnection connection,
            int portIndex,
            long localHi,
            long localLo,
            int localId,
            boolean backup,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNanos) {
        if (!connection.established() || connection.subflows().full()) {
            return false;
        }
        TcpEndpoint endpoint =
                tcp.prepareEndpointFrom(
                        portIndex, localHi, localLo, remoteHi, remoteLo, remotePort, nowNanos);
        if (endpoint == null) {
            return false;
        }
        count(MptcpCounter.ACTIVE_JOINS);
        Subflow subflow = subflows[endpoint.id()];
        subflow.begin(connection, endpoint, SubflowState.JOINING, localId, 0, nowNanos);
        subflow.backupByUs(backup);
        subflow.join.localNonce = (int) keySource.nextLong();
        connection.subflows().add(subflow);
        endpoint.connect(endpoint.route().mtuBytes(), subflow, nowNanos);
        return true;
    }

    private SegmentExtension plain(TcpEndpoint endpoint, Listener listener) {
        return tcp.plain(endpoint).accept(listener.acceptor());
    }

    /** A token that no worker gives names nobody: it is refused here. */
    @Override
    public int ownerOf(Segment syn, int here) {
        MptcpOptions options = syn.options().mptcp;
        if (options.joinBytes != MptcpOptions.JOIN_SYN_BYTES) {
            return here;
        }
        int worker = KeyPool.workerOf(options.joinToken, settings.workerBits());
        return worker < tcp.ip().crew().workers() ? worker : here;
    }

    @Override
    public boolean isStray(Segment syn) {
        MptcpOptions options = syn.options().mptcp;
        return options.joinBytes == MptcpOptions.JOIN_SYN_BYTES
                && tokens.find(options.joinToken) == TokenTable.NOT_FOUND;
    }

    @Override
    public void onPassedOn() {
        count(MptcpCounter.JOINS_HANDED_OVER);
    }

    @Override
    public @Nullable SegmentExtension onJoin(TcpEndpoint endpoint, Segment syn, long nowNanos) {
        count(MptcpCounter.JOIN_SYNS);
        MptcpOptions options = syn.options().mptcp;
        if (options.joinBytes != MptcpOptions.JOIN_SYN_BYTES) {
            return refuse(
                    null, syn, MptcpCounter.JOIN_PROHIBITED, ResetReason.MPTCP_ERROR, nowNanos);
        }
        int found = tokens.find(options.joinToken);
        if (found == TokenTable.NOT_FOUND) {
            return refuse(
                    null, syn, MptcpCounter.JOIN_UNKNOWN_TOKEN, ResetReason.MPTCP_ERROR, nowNanos);
        }
        return join(connections[found], endpoint, syn, nowNanos);
    }

    private @Nullable SegmentExtension join(
            MptcpConnection connection, TcpEndpoint endpoint, Segment syn, long nowNanos) {
        IpFacts facts = syn.facts();
        MptcpPolicy policy = connection.policy();
        int localId = localId(connection, facts, syn.localPort());
        if (localId < 0) {
            // A known address on a port that was never named, or an address of somebody else's
            // server.
            return connection.agreement().isInitialAddress(facts.localHi(), facts.localLo())
                    ? refuse(
                            connection,
                            syn,
                            MptcpCounter.JOIN_PROHIBITED,
                            ResetReason.PROHIBITED,
                            nowNanos)
                    : refuse(
                            connection,
                            syn,
                            MptcpCounter.JOIN_UNKNOWN_TOKEN,
                            ResetReason.MPTCP_ERROR,
                            nowNanos);
        }
        if (!connection.established()) {
            return refuse(
                    connection,
                    syn,
                    MptcpCounter.JOIN_PROHIBITED,
                    ResetReason.PROHIBITED,
                    nowNanos);
        }
        boolean full = connection.subflowCount() > policy.subflowsMax();
        if (full && !connection.subflows().dropHalfOpen(nowNanos - HALF_OPEN_NANOS, nowNanos)) {
            return refuse(
                    connection,
                    syn,
                    MptcpCounter.JOIN_OVER_LIMIT,
                    ResetReason.PROHIBITED,
                    nowNanos);
        }
        MptcpOptions options = syn.options().mptcp;
        Subflow subflow = subflows[endpoint.id()];
        subflow.begin(
                connection,
                endpoint,
                SubflowState.JOINING,
                localId,
                options.joinAddressId,
                nowNanos);
        subflow.backupByPeer(options.joinBackup);
        subflow.join.localNonce = (int) keySource.nextLong();
        subflow.join.remoteNonce = options.joinNonce;
        subflow.join.prepareServer(
                crypto, connection.agreement().localKey(), connection.agreement().remoteKey());
        connection.subflows().add(subflow);
        return subflow;
    }

    private static int localId(MptcpConnection connection, IpFacts facts, int port) {
        return connection.agreement().isInitial(facts.localHi(), facts.localLo(), port)
                ? 0
                : connection
                        .policy()
                        .announcedId(
                                facts.localHi(),
                                facts.localLo(),
                                port,
                                connection.agreement().initialPort());
    }

    private @Nullable SegmentExtension refuse(
            @Nullable MptcpConnection connection,
            Segment syn,
            MptcpCounter why,
            ResetReason reason,
            long nowNanos) {
        count(why);
        IpFacts facts = syn.facts();
        events.onJoinRefused(
                connection, facts.remoteHi(), facts.remoteLo(), syn.remotePort(), why, nowNanos);
        DropReason drop =
                switch (why) {
                    case JOIN_UNKNOWN_TOKEN -> DropReason.UNKNOWN_TOKEN;
                    case JOIN_OVER_LIMIT -> DropReason.SUBFLOW_LIMIT;
                    default -> DropReason.JOIN_NOT_ALLOWED;
                };
        syn.port().countDrop(drop);
        countResetSent(reason);
        tcp.input().refuse(syn, reason, nowNanos);
        return null;
    }

    @Override
    public void onTimer(int id, long nowNanos) {
        connections[id].onTimer(nowNanos);
    }

    // ---- idle

    /** Work that can wait for a quiet moment: keys. Returns how much was done. */
    public int idle() {
        return keys.fill(KEYS_PER_IDLE);
    }

    // ---- of connections

    void forgetToken(MptcpConnection connection) {
        if (connection.localToken() != 0) {
            tokens.remove(connection.localToken());
            connection.agreement().forgetToken();
        }
    }

    void release(MptcpConnection connection) {
        free[freeCount++] = connection.id();
    }
}
