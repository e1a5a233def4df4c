package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.time.PhaseClock;
import io.mptcplb.stack.time.TimerHandler;
import io.mptcplb.stack.time.TimerWheel;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.Ipv6View;
import org.jspecify.annotations.Nullable;

/**
 * A worker's ports and the way out by them.
 *
 * <p>Call order: {@link #addPort} and the port's addresses and routes, then VIPs, then {@link
 * #announce}; afterwards, each cycle, {@link #send} for segments, {@link #onTick} once, and {@link
 * #nextDeadlineNanos} before sleeping. VIPs may come and go at any time.
 */
public final class IpLayer implements TimerHandler {
    /** Room that {@link #send} needs in front of the TCP header. */
    public static final int HEADER_BYTES_MAX =
            EthernetView.HEADER_BYTES + EthernetView.VLAN_TAG_BYTES + Ipv6View.HEADER_BYTES;

    /** Other boxes that strays may go to. */
    public static final int STRAY_TARGETS_MAX = SecondChance.TARGETS_MAX;

    private static final int HOP_LIMIT = 64;
    private static final int IP_BYTES_MAX = 65_535;
    private static final int TIMERS_PER_TICK = 64;
    private static final int FLOW_LABEL_MASK = 0xf_ffff;
    private static final int MTU_BYTES_MIN = 576;

    private final PhaseClock phases = new PhaseClock();
    private final BufferPool pool;
    private final KeySource keys;
    private final IpLimits limits;
    private final Crew crew;
    private final ControlFrames control;
    private final TimerWheel wheel;

    /** Timers of one port: one per neighbour, one for announcements. */
    private final int timersPerPort;

    private final NetPort[] ports;
    private final NeighbourTable[] neighbours;
    private final Announcer[] announcers;
    private final VipTable vips;
    private final SecondChance secondChance;
    private int portCount;
    private long unroutable;

    /**
     * A layer without ports, whose time begins at {@code nowNanos}.
     *
     * @param pool for what the layer itself sends
     * @param keys for table hashes and flow labels
     */
    public IpLayer(BufferPool pool, KeySource keys, IpLimits limits, long nowNanos) {
        this(pool, keys, limits, Crew.ALONE, nowNanos);
    }

    /** As above, for one of several workers. */
    public IpLayer(BufferPool pool, KeySource keys, IpLimits limits, Crew crew, long nowNanos) {
        this.pool = pool;
        this.keys = keys;
        this.limits = limits;
        this.crew = crew;
        control = new ControlFrames(pool);
        timersPerPort = limits.neighboursPerPort() + 1;
        wheel = new TimerWheel(timersPerPort * limits.portsMax(), nowNanos);
        ports = new NetPort[limits.portsMax()];
        neighbours = new NeighbourTable[limits.portsMax()];
        announcers = new Announcer[limits.portsMax()];
        vips = new VipTable(limits.addressesPerPort(), keys);
        secondChance = new SecondChance(this, pool);
    }

    /** The pool that frames of this worker come from. */
    public BufferPool pool() {
        return pool;
    }

    /** So long the worker took from one duty cycle with work to the next. */
    public void onBusyCycle(long nanos) {
        for (int i = 0; i < portCount; i++) {
            ports[i].onBusyCycle(nanos);
        }
    }

    public int portCount() {
        return portCount;
    }

    /** Where this worker's time goes. */
    public PhaseClock phases() {
        return phases;
    }

    /** This worker's place among all. */
    public Crew crew() {
        return crew;
    }

    /** A port by its index, 0 to {@link #portCount} - 1. */
    public NetPort port(int index) {
        return ports[index];
    }

    /** Active opens and answers that no route led anywhere. */
    public long unroutable() {
        return unroutable;
    }

    /** Entries in use in a port's neighbour table. */
    public int neighbourCount(int portIndex) {
        return neighbours[portIndex].size();
    }

    /** Frames of a port that wait for a neighbour's answer. */
    public int waitingFrames(int portIndex) {
        return neighbours[portIndex].waitingFrames();
    }

    /**
     * Adds a port, which takes the next index.
     *
     * @param mtuBytes the configured MTU, at least 576; the port's own limit counts if it is lower
     */
    public NetPort addPort(String name, FrameIo io, PortRole role, int mtuBytes) {
        if (portCount == ports.length || vips.size() > 0 || mtuBytes < MTU_BYTES_MIN) {
            throw new IllegalStateException(
                    "port " + name + ": too many, after the VIPs, or with MTU " + mtuBytes);
        }
        int index = portCount;
        int firstTimer = index * timersPerPort;
        NetPort port = new NetPort(index, name, io, role, mtuBytes, limits, keys);
        ports[index] = port;
        neighbours[index] =
                new NeighbourTable(port, limits, pool, control, wheel, firstTimer, keys);
        announcers[index] =
                new Announcer(
                        port,
                        control,
                        wheel,
                        firstTimer + limits.neighboursPerPort(),
                        new AddressSet(limits.addressesPerPort(), keys));
        portCount++;
        return port;
    }

    /**
     * Makes an address ours on every port where clients arrive. ARP and neighbour discovery answer
     * for it where it lies in an on-link prefix, if {@code answers}: of all instances only one may.
     * May be said again, with another answer; {@link #announceNew} then tells the links. False when
     * a table is full of those that stay.
     */
    public boolean addVip(long hi, long lo, boolean answers) {
        boolean room = vips.add(hi, lo);
        if (!room) {
            int old = vips.anyLeaving();
            if (old < 0) {
                return false;
            }
            dropVip(vips.hi(old), vips.lo(old));
            room = vips.add(hi, lo);
        }
        for (int i = 0; i < portCount; i++) {
            if (ports[i].role().acceptsClients()) {
                room &= addVipOn(i, hi, lo, answers && ports[i].onLink(hi, lo));
            }
        }
        return room;
    }

    private boolean addVipOn(int portIndex, long hi, long lo, boolean answers) {
        NetPort port = ports[portIndex];
        boolean answered = port.answersFor(hi, lo);
        boolean room = port.addVip(hi, lo, answers);
        if (!answered && port.answersFor(hi, lo)) {
            announcers[portIndex].add(hi, lo);
        }
        return room;
    }

    /**
     * Answers for a VIP on one port in whose prefixes it does not lie. False when its table is
     * full.
     */
    public boolean answerVipOn(int portIndex, long hi, long lo) {
        return addVipOn(portIndex, hi, lo, true);
    }

    /**
     * The address is no longer ours, as soon as no endpoint stands on it: connections that exist go
     * on.
     */
    public void removeVip(long hi, long lo) {
        if (vips.leave(hi, lo)) {
            dropVip(hi, lo);
        }
    }

    private void dropVip(long hi, long lo) {
        vips.remove(hi, lo);
        for (int i = 0; i < portCount; i++) {
            ports[i].removeVip(hi, lo);
        }
    }

    boolean isVip(long hi, long lo) {
        return vips.contains(hi, lo);
    }

    /** Nobody else is asked about connections that are not known here. */
    public void passStraysToNobody() {
        secondChance.clear();
    }

    /**
     * Another box that may know what is not known here, by its address on one of the links; at most
     * {@link #STRAY_TARGETS_MAX} after {@link #passStraysToNobody}.
     */
    public void passStraysTo(long hi, long lo) {
        secondChance.add(hi, lo);
    }

    /**
     * Passes a segment of a connection that is not known here on to another box that may know it.
     * False when there is none: the segment is the caller's as before. Otherwise its buffers are
     * gone.
     *
     * @param m its data starts behind the TCP header
     */
    public boolean passStray(
            NetPort port, long m, IpFacts facts, int tcpHeaderBytes, long nowNanos) {
        return secondChance.pass(port, m, facts, tcpHeaderBytes, nowNanos);
    }

    /** Tells every link where our addresses are: at start, when a link returns. */
    public void announce(long nowNanos) {
        for (int i = 0; i < portCount; i++) {
            announcers[i].startAll(nowNanos);
        }
    }

    /** Tells the links of addresses that we have begun to answer for. */
    public void announceNew(long nowNanos) {
        for (int i = 0; i < portCount; i++) {
            announcers[i].startFresh(nowNanos);
        }
    }

    /** Runs the timers of neighbours and announcements. Returns the work done. */
    public int onTick(long nowNanos) {
        return wheel.expire(nowNanos, TIMERS_PER_TICK, this);
    }

    /** When {@link #onTick} is due, {@code Long.MAX_VALUE} when nothing is. */
    public long nextDeadlineNanos() {
        return wheel.nextDeadlineNanos();
    }

    /** A timer of the layer's own wheel; not to be called by others. */
    @Override
    public void onTimer(int id, long nowNanos) {
        int port = id / timersPerPort;
        int entry = id - port * timersPerPort;
        if (entry == limits.neighboursPerPort()) {
            announcers[port].onTimer(nowNanos);
        } else {
            neighbours[port].onTimer(entry, nowNanos);
        }
    }

    /**
     * Picks port and local address of an active open: the port towards backends with the longest
     * matching prefix, those whose link is up first; then its address next to the next hop. The
     * route holds both and is bound. False (counted) when no port leads there.
     */
    public boolean bindActive(Route route, long remoteHi, long remoteLo) {
        NetPort port = choosePort(remoteHi, remoteLo);
        if (port != null && findNextHop(route, port, remoteHi, remoteLo)) {
            int source = port.sourceTowards(route.nextHopHi, route.nextHopLo, remoteHi, remoteLo);
            if (source >= 0) {
                route.addresses(port.addressHi(source), port.addressLo(source), remoteHi, remoteLo);
                return bound(route, port);
            }
        }
        return unbound(route);
    }

    /**
     * Leads a route from a local address, by the given port, to a remote address: what answers a
     * segment that arrived there. False (counted) when the port has no route to it, or when the
     * remote address is one of ours, which only a forged segment says.
     */
    public boolean bind(
            Route route, int portIndex, long localHi, long localLo, long remoteHi, long remoteLo) {
        NetPort port = ports[portIndex];
        boolean sameFamily =
                IpAddresses.isV4(localHi, localLo) == IpAddresses.isV4(remoteHi, remoteLo);
        if (!sameFamily
                || port.accepts(remoteHi, remoteLo)
                || !findNextHop(route, port, remoteHi, remoteLo)) {
            return unbound(route);
        }
        route.addresses(localHi, localLo, remoteHi, remoteLo);
        return bound(route, port);
    }

    /** The endpoint needs its route no more, bound or not. */
    public void unbind(Route route) {
        boolean last = route.ofVip && vips.unuse(route.localHi, route.localLo);
        route.clear();
        if (last) {
            dropVip(route.localHi, route.localLo);
        }
    }

    /**
     * Sends a segment. The header buffer is taken in every case.
     *
     * @param route bound
     * @param frame its header buffer starts with the complete TCP header, checksum included or left
     *     to the port, and has {@link #HEADER_BYTES_MAX} of headroom
     * @param ecnBits 0 to 3 (RFC 3168 s5)
     * @return false when the frame was dropped, counted under its name on the route's port
     */
    public boolean send(Route route, GatherFrame frame, int ecnBits, long nowNanos) {
        NetPort port = route.port();
        NeighbourTable table = neighbours[port.index()];
        DropReason reason = putHeader(route, frame, ecnBits);
        if (reason == DropReason.NONE) {
            if (table.generation(route.neighbour) != route.generation) {
                reason = resolve(route, table, nowNanos);
            }
        }
        if (reason.isDrop()) {
            pool.release(frame.header());
            port.countDrop(reason);
            return false;
        }
        return sendTo(table, route.neighbour, port, frame, nowNanos);
    }

    /** The same for a packet whose IP header stands already, to a station on the port's link. */
    boolean sendOnLink(NetPort port, GatherFrame frame, long hi, long lo, long nowNanos) {
        NeighbourTable table = neighbours[port.index()];
        int entry = table.resolve(hi, lo, nowNanos);
        if (entry == NeighbourTable.NONE) {
            pool.release(frame.header());
            port.countDrop(DropReason.NEIGHBOUR_TABLE_FULL);
            return false;
        }
        return sendTo(table, entry, port, frame, nowNanos);
    }

    private static boolean sendTo(
            NeighbourTable table, int neighbour, NetPort port, GatherFrame frame, long nowNanos) {
        long mac = table.macToSend(neighbour, nowNanos);
        int etherType = frame.ipv6() ? EthernetView.TYPE_IPV6 : EthernetView.TYPE_IPV4;
        long at = prepend(frame.header(), EthernetView.HEADER_BYTES);
        EthernetView.write(at, mac, port.macAddress(), etherType);
        if (mac != ControlFrames.NO_MAC) {
            return port.transmit(frame);
        }
        DropReason reason = table.hold(neighbour, frame);
        if (reason.isDrop()) {
            port.countDrop(reason);
        }
        return !reason.isDrop();
    }

    /** TCP has made progress over this route: its next hop is alive (RFC 4861 s7.3.1). */
    public void confirm(Route route, long nowNanos) {
        NetPort port = route.port();
        NeighbourTable table = neighbours[port.index()];
        if (table.generation(route.neighbour) == route.generation) {
            table.confirm(route.neighbour, nowNanos);
        }
    }

    /** TCP has waited for progress over this route in vain: its next hop may be gone, or moved. */
    public void doubt(Route route, long nowNanos) {
        NetPort port = route.port();
        NeighbourTable table = neighbours[port.index()];
        if (table.generation(route.neighbour) == route.generation) {
            table.doubt(route.neighbour, nowNanos);
        }
    }

    // ---- of other workers

    /**
     * Gives a frame to the worker that is to have it. The frame is gone in any case: when that one
     * has no room it is dropped, counted.
     *
     * @param m its data starts behind the headers of {@code lowerBytes}
     * @param settled it goes no further
     */
    public void handOver(int worker, NetPort port, long m, int lowerBytes, boolean settled) {
        assert Mbuf.refcnt(m) == 1 : "handed over only by the one who holds it";
        Mbuf.trimFront(m, -lowerBytes);
        if (!crew.others().handOver(worker, port.index(), m, settled)) {
            port.countDrop(DropReason.HANDOVER_FULL);
            pool.releaseChain(m);
        }
    }

    /** Another worker heard a station ask for us: it is ours to know, too. */
    public void onNeighbourAsked(int portIndex, long hi, long lo, long mac, long nowNanos) {
        neighbours[portIndex].onAsked(hi, lo, mac, nowNanos);
    }

    /** Another worker heard a station say where an address is. */
    public void onNeighbourClaimed(
            int portIndex,
            long hi,
            long lo,
            long mac,
            boolean solicited,
            boolean override,
            long nowNanos) {
        neighbours[portIndex].onClaimed(hi, lo, mac, solicited, override, nowNanos);
    }

    /** A station on a port's link has asked for us, and said where it is. */
    void asked(NetPort port, long hi, long lo, long mac, long nowNanos) {
        neighbours(port).onAsked(hi, lo, mac, nowNanos);
        if (!crew.others().neighbourAsked(port.index(), hi, lo, mac)) {
            port.countDrop(DropReason.HANDOVER_FULL);
        }
    }

    /** A station on a port's link says where an address is. */
    void claimed(
            NetPort port,
            long hi,
            long lo,
            long mac,
            boolean solicited,
            boolean override,
            long nowNanos) {
        neighbours(port).onClaimed(hi, lo, mac, solicited, override, nowNanos);
        if (!crew.others().neighbourClaimed(port.index(), hi, lo, mac, solicited, override)) {
            port.countDrop(DropReason.HANDOVER_FULL);
        }
    }

    // ---- the end

    /** Gives back every buffer that waits: the worker ends. */
    public void close() {
        for (int i = 0; i < portCount; i++) {
            neighbours[i].clear();
        }
    }

    NeighbourTable neighbours(NetPort port) {
        return neighbours[port.index()];
    }

    Announcer announcer(NetPort port) {
        return announcers[port.index()];
    }

    ControlFrames control() {
        return control;
    }

    IpLimits limits() {
        return limits;
    }

    /** Makes room in front of a buffer's data; returns where the data starts now. */
    static long prepend(long m, int bytes) {
        assert bytes <= Mbuf.dataOff(m);
        Mbuf.trimFront(m, -bytes);
        return Mbuf.data(m);
    }

    private @Nullable NetPort choosePort(long remoteHi, long remoteLo) {
        NetPort best = null;
        int bestRank = -1;
        for (int i = 0; i < portCount; i++) {
            NetPort port = ports[i];
            int found = port.routes().find(remoteHi, remoteLo);
            if (!port.role().opensToBackends() || found == RouteTable.NO_ROUTE) {
                continue;
            }
            int rank = port.routes().bits(found) + (port.linkUp() ? Byte.MAX_VALUE + 2 : 0);
            if (rank > bestRank) {
                best = port;
                bestRank = rank;
            }
        }
        return best;
    }

    private static boolean findNextHop(Route route, NetPort port, long remoteHi, long remoteLo) {
        RouteTable routes = port.routes();
        int found = routes.find(remoteHi, remoteLo);
        if (found == RouteTable.NO_ROUTE) {
            return false;
        }
        boolean direct = routes.onLink(found);
        route.nextHopHi = direct ? remoteHi : routes.gatewayHi(found);
        route.nextHopLo = direct ? remoteLo : routes.gatewayLo(found);
        return true;
    }

    private boolean bound(Route route, NetPort port) {
        route.port = port;
        route.ofVip = vips.use(route.localHi, route.localLo);
        route.mtuBytes = port.mtuBytes();
        route.neighbour = 0;
        route.generation = NeighbourTable.NO_GENERATION;
        route.flowLabel = (int) keys.nextLong() & FLOW_LABEL_MASK;
        return true;
    }

    private boolean unbound(Route route) {
        route.clear();
        unroutable++;
        return false;
    }

    private static DropReason resolve(Route route, NeighbourTable table, long nowNanos) {
        int entry = table.resolve(route.nextHopHi, route.nextHopLo, nowNanos);
        if (entry == NeighbourTable.NONE) {
            return DropReason.NEIGHBOUR_TABLE_FULL;
        }
        route.neighbour = entry;
        route.generation = table.generation(entry);
        return DropReason.NONE;
    }

    /** Puts the IP header in front of the segment and tells the frame where its layers are. */
    private static DropReason putHeader(Route route, GatherFrame frame, int ecnBits) {
        long m = frame.header();
        int tcpHeaderBytes = Mem.u8(Mbuf.data(m) + 12) >>> 2 & 0x3c;
        int l4Bytes = Mbuf.dataLen(m) + frame.payloadBytes();
        int ipBytes = route.ipv6 ? Ipv6View.HEADER_BYTES : Ipv4View.HEADER_BYTES;
        int packetBytes = ipBytes + l4Bytes;
        int segmentBytes = frame.segmentBytes();
        int wireBytes = segmentBytes == 0 ? packetBytes : ipBytes + tcpHeaderBytes + segmentBytes;
        if (wireBytes > route.mtuBytes || packetBytes > IP_BYTES_MAX) {
            return DropReason.PACKET_TOO_BIG;
        }
        long at = prepend(m, ipBytes);
        if (route.ipv6) {
            Ipv6View.write(at, l4Bytes, ecnBits, route.flowLabel, IpProtocol.TCP, HOP_LIMIT);
            Ipv6View.writeAddresses(
                    at, route.localHi, route.localLo, route.remoteHi, route.remoteLo);
        } else {
            int local = IpAddresses.v4Of(route.localLo);
            int remote = IpAddresses.v4Of(route.remoteLo);
            Ipv4View.write(at, packetBytes, ecnBits, HOP_LIMIT, IpProtocol.TCP, local, remote);
        }
        frame.layers(ipBytes, tcpHeaderBytes, route.ipv6);
        return DropReason.NONE;
    }
}
