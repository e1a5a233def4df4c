package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.OutgoingSegment;
import io.mptcplb.stack.tcp.Segment;
import io.mptcplb.stack.tcp.SegmentExtension;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.stack.tcp.TcpSender;
import io.mptcplb.stack.tcp.TcpState;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.ResetReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection of an MPTCP connection. One per TCP endpoint, made at start and reused with
 * it.
 */
public final class Subflow implements SegmentExtension {
    /**
     * DATA_ACK and DSN of 8 octets, mapping, checksum or padding: with timestamps, all 40 bytes.
     */
    private static final int DATA_OPTION_BYTES =
            OptionWriter.dssBytes(
                    OptionWriter.DSS_DATA_ACK
                            | OptionWriter.DSS_DATA_ACK_8
                            | OptionWriter.DSS_MAPPING
                            | OptionWriter.DSS_DSN_8);

    /** How long payload may wait for a mapping that a middlebox put on a later segment. */
    private static final long UNMAPPED_NANOS = 500_000_000L;

    /** One window's worth (RFC 8684 s3.3.1). */
    private static final int UNMAPPED_BYTES_MAX = 65_535;

    private final MptcpStack stack;
    private final MappingTracker mappings;
    final JoinSecrets join = new JoinSecrets();
    private @Nullable TcpEndpoint tcp;
    private @Nullable MptcpConnection connection;
    private SubflowState state = SubflowState.FREE;
    private int localId;
    private int remoteId;
    private boolean backupByPeer;
    private boolean backupByUs;
    private boolean counted;
    private boolean silent;
    private boolean discarding;
    private long resumeOffset;
    private long begunNanos;
    private int portIndex;
    private int number;
    private int prioRepeats;
    private boolean linkUp;
    private boolean told;
    private ResetReason resetReason = ResetReason.UNSPECIFIED;
    private @Nullable ResetReason peersReason;

    /** Of the client that came by this endpoint, also where it got plain TCP. */
    final Offer offer = new Offer();

    Subflow(MptcpStack stack) {
        this.stack = stack;
        mappings = new MappingTracker(stack, stack.buffers());
    }

    // ---- getters

    /** The TCP below; only while the subflow belongs to a connection. */
    public TcpEndpoint tcp() {
        return Objects.requireNonNull(tcp);
    }

    MptcpConnection connection() {
        return Objects.requireNonNull(connection);
    }

    SubflowState state() {
        return state;
    }

    MappingTracker mappings() {
        return mappings;
    }

    /** Our address id: 0 for the connection's first address, else the announced one. */
    public int localId() {
        return localId;
    }

    /** The peer's address id. */
    public int remoteId() {
        return remoteId;
    }

    /** Used only while no regular subflow is usable; either side may have asked for it (s3.3.8). */
    public boolean backup() {
        return backupByPeer || backupByUs;
    }

    /** What we declare. */
    public boolean backupByUs() {
        return backupByUs;
    }

    /** What the peer declares. */
    public boolean backupByPeer() {
        return backupByPeer;
    }

    /** Names it within its connection. */
    public int number() {
        return number;
    }

    /** What the peer's MP_TCPRST said; null where there was none. */
    public @Nullable ResetReason peersReason() {
        return peersReason;
    }

    /** Established, and not yet closed. */
    public boolean established() {
        return counted;
    }

    /** Index of the NIC port it runs over. */
    public int portIndex() {
        return portIndex;
    }

    /**
     * Its link is down; or a tail probe or retransmission timeouts had no answer while data is
     * outstanding: the path may be dead, and what it carries goes over another one.
     */
    public boolean stalled() {
        TcpSender sender = tcp().sender();
        boolean heard = sender.backoff() == 0 && !sender.unanswered();
        return !tcp().netPort().linkUp() || !heard && sender.outstandingBytes() > 0;
    }

    /**
     * It was told as stalled, and has not acknowledged since. A probe without an answer is not
     * told: to send data twice costs little, to leave a path for its hold time much.
     */
    public boolean silent() {
        return silent;
    }

    /** Handshake done, our direction not finished. */
    public boolean mayCarryData() {
        return (state == SubflowState.OPEN || state == SubflowState.PLAIN)
                && tcp().state().maySend()
                && !tcp().sender().finSent();
    }

    /** When its handshake began. */
    long begunNanos() {
        return begunNanos;
    }

    /** After MP_FAIL: payload is thrown away until the peer's infinite mapping. */
    boolean discarding() {
        return discarding;
    }

    ResetReason resetReason() {
        return resetReason;
    }

    // ---- commands

    void begin(
            MptcpConnection of,
            TcpEndpoint endpoint,
            SubflowState handshake,
            int ownId,
            int peersId,
            long nowNanos) {
        connection = of;
        begunNanos = nowNanos;
        tcp = endpoint;
        state = handshake;
        localId = ownId;
        remoteId = peersId;
        portIndex = endpoint.netPort().index();
        backupByPeer = false;
        backupByUs = handshake == SubflowState.JOINING && of.paths().declared(portIndex);
        number = of.nextSubflowNumber();
        prioRepeats = 0;
        linkUp = endpoint.netPort().linkUp();
        told = false;
        peersReason = null;
        counted = false;
        silent = false;
        discarding = false;
        resumeOffset = Long.MAX_VALUE;
        resetReason = ResetReason.UNSPECIFIED;
        mappings.reset();
    }

    void become(SubflowState next) {
        state = next;
    }

    void backupByPeer(boolean wanted) {
        boolean before = backup();
        backupByPeer = wanted;
        countBackup(before);
    }

    void backupByUs(boolean wanted) {
        boolean before = backup();
        backupByUs = wanted;
        countBackup(before);
    }

    private void countBackup(boolean before) {
        if (counted && before != backup()) {
            stack.paths().onBackup(portIndex, backup());
        }
    }

    private void silent(boolean now, long nowNanos) {
        if (silent != now) {
            silent = now;
            stack.paths().onSilent(portIndex, now);
            if (told) {
                stack.events().onSubflowStalled(connection(), this, now, nowNanos);
            }
        }
    }

    int prioRepeats() {
        return prioRepeats;
    }

    void prioRepeats(int left) {
        prioRepeats = left;
    }

    void peersReason(ResetReason reason) {
        peersReason = reason;
    }

    /**
     * The link of its port may have come or gone. Without a link it counts as stalled at once; with
     * one it is tried at once, and is of use as soon as it acknowledges. True when it has changed.
     */
    boolean followLink(long nowNanos) {
        boolean up = tcp().netPort().linkUp();
        if (up == linkUp) {
            return false;
        }
        linkUp = up;
        if (!up) {
            silent(true, nowNanos);
            return true;
        }
        tcp().onLinkReturned(nowNanos);
        if (!stalled()) {
            silent(false, nowNanos);
        }
        return true;
    }

    /** The handshake is complete, and somebody has taken the connection. */
    private void tell(long nowNanos) {
        if (connection != null && state != SubflowState.JOINING) {
            told = true;
            stack.events().onSubflowOpened(connection, this, nowNanos);
        }
    }

    /** The address id of a peer that has just told it. */
    void remoteId(int id) {
        remoteId = id;
    }

    /** MP_FAIL was sent: what was received since the failed mapping is not to be trusted. */
    void discardUntilPlain(long deadlineNanos) {
        discarding = true;
        mappings.reset();
        tcp().armUser(deadlineNanos);
    }

    /** The infinite mapping has come: from this subflow offset on payload is plain. */
    void resumeAt(long subflowOffset) {
        resumeOffset = subflowOffset;
    }

    /**
     * Ends this subflow alone with RST and a reason (s3.6); what it carried goes again elsewhere.
     */
    void reset(ResetReason reason, long nowNanos) {
        resetReason = reason;
        stack.count(MptcpCounter.SUBFLOWS_RESET);
        tcp().abort(CloseCause.PROTOCOL_ERROR, nowNanos);
    }

    /** Ends this subflow with RST for no fault of its own. */
    void drop(ResetReason reason, long nowNanos) {
        resetReason = reason;
        tcp().abort(CloseCause.ABORTED, nowNanos);
    }

    // ---- SegmentExtension

    @Override
    public int dataOptionBytes() {
        boolean none =
                state == SubflowState.PLAIN && !connection().fallback().owesInfiniteMapping();
        return none ? 0 : DATA_OPTION_BYTES;
    }

    /** One mapping covers the whole; a mapping with a checksum is best kept to one segment. */
    @Override
    public boolean mayMerge() {
        MptcpConnection of = connection();
        return switch (state) {
            case OPEN -> !of.agreement().checksums() && !of.agreement().mustProveFirstData();
            case PLAIN -> !of.fallback().owesInfiniteMapping();
            default -> false;
        };
    }

    @Override
    public boolean displacesTimestamps() {
        return stack.optionOutput().displacesTimestamps();
    }

    @Override
    public int writeOptions(TcpEndpoint of, OutgoingSegment out, long at, int roomBytes) {
        return stack.optionOutput().write(this, out, at, roomBytes);
    }

    @Override
    public DropReason onOptions(TcpEndpoint of, Segment segment, long nowNanos) {
        return stack.optionInput().read(this, segment, nowNanos);
    }

    @Override
    public void onEstablished(TcpEndpoint of, long nowNanos) {
        counted = true;
        boolean joined = state == SubflowState.JOINING;
        stack.paths().onEstablished(portIndex, joined);
        countBackup(false);
        connection().onSubflowEstablished(this, joined, nowNanos);
        tell(nowNanos);
    }

    @Override
    public void onPayload(TcpEndpoint of, long m, long nowNanos) {
        stack.paths().onReceived(portIndex, Mbuf.dataLen(m));
        if (state == SubflowState.PLAIN) {
            connection().onPlainData(m, of.netPort(), nowNanos);
            return;
        }
        if (discarding) {
            discard(m, nowNanos);
            return;
        }
        if (connection().closing()) {
            stack.count(MptcpCounter.DUPLICATE_BYTES, Mbuf.dataLen(m));
            stack.buffers().release(m);
            return;
        }
        mappings.add(m);
        deliver(nowNanos);
    }

    private void discard(long m, long nowNanos) {
        if (Payload.end(m) <= resumeOffset) {
            stack.buffers().release(m);
            return;
        }
        int before = (int) Math.max(resumeOffset - Payload.offset(m), 0);
        if (before > 0) {
            Payload.trimFront(m, before);
        }
        discarding = false;
        mappings.add(m);
        connection().fallback().enter(FallbackCause.CHECKSUM_FAILED, nowNanos);
    }

    /** Passes on what is mapped, as long as this subflow stands. */
    private void deliver(long nowNanos) {
        MptcpConnection to = connection();
        while (true) {
            MappingTracker.Result result =
                    mappings.check(to.agreement().checksums(), to.receiver().firstDsn());
            if (result != MappingTracker.Result.READY) {
                settle(result, nowNanos);
                return;
            }
            to.onData(this, mappings.poll(), nowNanos);
            if (state != SubflowState.OPEN) {
                return;
            }
        }
    }

    private void settle(MappingTracker.Result result, long nowNanos) {
        switch (result) {
            case CONTRADICTION -> {
                stack.count(MptcpCounter.CONTRADICTORY_MAPPINGS);
                tcp().netPort().countDrop(DropReason.BAD_MAPPING);
                reset(ResetReason.MPTCP_ERROR, nowNanos);
            }
            case BAD_CHECKSUM -> connection().fallback().onBadChecksum(this, nowNanos);
            case UNMAPPED -> onUnmapped(nowNanos);
            default -> tcp().armUser(Long.MAX_VALUE);
        }
    }

    /**
     * Unproven, the first bytes decide (s3.7); later a mapping may still come, for a while
     * (s3.3.1).
     */
    private void onUnmapped(long nowNanos) {
        if (!connection().agreement().verified()) {
            connection().fallback().enter(FallbackCause.FIRST_DATA_UNMAPPED, nowNanos);
        } else if (mappings.waitingBytes() > UNMAPPED_BYTES_MAX) {
            giveUpUnmapped(nowNanos);
        } else {
            tcp().armUser(nowNanos + UNMAPPED_NANOS);
        }
    }

    private void giveUpUnmapped(long nowNanos) {
        stack.count(MptcpCounter.UNMAPPED_DATA);
        tcp().netPort().countDrop(DropReason.MISSING_MAPPING);
        if (connection().fallback().allowed()) {
            connection().fallback().enter(FallbackCause.MAPPINGS_CEASED, nowNanos);
        } else {
            reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
        }
    }

    @Override
    public void onFinReceived(TcpEndpoint of, long nowNanos) {
        connection().onSubflowFin(this, nowNanos);
    }

    @Override
    public void onAcked(TcpEndpoint of, long nowNanos) {
        if (linkUp) {
            silent(false, nowNanos);
        }
        connection().onSubflowAcked(this, nowNanos);
    }

    @Override
    public void pump(TcpEndpoint of, long nowNanos) {
        if (connection != null) {
            connection.pump(nowNanos);
        }
    }

    @Override
    public long receiveWindowBytes(TcpEndpoint of) {
        return connection().receiveWindowBytes();
    }

    @Override
    public long offeredWindowBytes(TcpEndpoint of) {
        return connection().offeredWindowBytes();
    }

    @Override
    public void onWindowOffered(TcpEndpoint of, long bytes) {
        connection().onWindowOffered(bytes);
    }

    /**
     * The closed connection has all data, but a peer whose segment was lost here, and went again
     * elsewhere, repeats it: its sequence space allows no holes, and its FIN stands behind.
     */
    @Override
    public int budget(TcpEndpoint of) {
        return connection().closing() ? HeldBuffers.NOBODY : connection().receiver().budget();
    }

    @Override
    public void onSilence(TcpEndpoint of, long nowNanos) {
        TcpSender sender = tcp().sender();
        if (!silent && sender.backoff() > 0 && sender.outstandingBytes() > 0) {
            silent(true, nowNanos);
            stack.paths().onStalled(portIndex);
        }
        connection().onSilence(this);
    }

    @Override
    public void onUserTimer(TcpEndpoint of, long nowNanos) {
        if (discarding) {
            connection().giveUp(CloseCause.PROTOCOL_ERROR, nowNanos);
        } else if (state == SubflowState.OPEN && mappings.waitingBytes() > 0) {
            giveUpUnmapped(nowNanos);
        } else if (state == SubflowState.JOINING) {
            // As client: the third ACK goes again until the fourth comes.
            tcp().sendAckNow(nowNanos);
            tcp().armUser(nowNanos + 2 * tcp().sender().rtt().rtoNanos());
        }
    }

    @Override
    public void onClosed(TcpEndpoint of, CloseCause cause, long nowNanos) {
        MptcpConnection was = connection;
        SubflowState last = state;
        mappings.clear();
        if (silent) {
            silent = false;
            stack.paths().onSilent(portIndex, false);
        }
        if (counted) {
            stack.paths().onClosed(portIndex);
            if (backup()) {
                stack.paths().onBackup(portIndex, false);
            }
        }
        if (was != null && told) {
            stack.events().onSubflowClosed(was, this, cause, nowNanos);
        }
        counted = false;
        told = false;
        if (was != null) {
            was.onSubflowClosed(this, last, cause, nowNanos);
        }
        state = SubflowState.FREE;
        connection = null;
        tcp = null;
    }

    /** The connection is gone before its subflow: a RST that is being processed will end it. */
    void leave() {
        connection = null;
        state = SubflowState.FREE;
    }

    boolean synchronised() {
        return tcp != null && tcp.state().synchronised() && tcp.state() != TcpState.TIME_WAIT;
    }
}
