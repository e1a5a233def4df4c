package io.mptcplb.stack.ip;

import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddresses;

/**
 * One network port as the stack sees it: its frames, its addresses, its way to others, its
 * counters. Made by {@link IpLayer#addPort}; addresses and routes are added before the first frame.
 */
public final class NetPort {
    private final int index;
    private final String name;
    private final FrameIo io;
    private final boolean finishesChecksums;
    private final boolean cutsSegments;
    private final PortRole role;
    private final ReceiveQueue receiveQueue;
    private final int configuredMtuBytes;
    private int mtuBytes;
    private long macAddress;

    /** What is ours when it arrives here: own addresses and, where clients arrive, every VIP. */
    private final AddressSet accepted;

    /** What ARP and neighbour discovery answer for here. */
    private final AddressSet answered;

    private final long[] ownHis;
    private final long[] ownLos;
    private final int[] ownBits;
    private int ownCount;

    private final RouteTable routes;
    private final long[] drops = new long[DropReason.count()];
    private long rxFrames;
    private long rxBytes;
    private long txFrames;
    private long txBytes;
    private long solicitations;
    private long answers;
    private long failedNeighbours;
    private long echoes;
    private long icmpErrors;
    private boolean linkUp = true;

    /** TCP ports from here on are ours, all else is the kernel's; 0 where all is ours. */
    private int sharedPortFirst;

    /** The last address found in {@link #accepted}: most frames go to the same one. */
    private long lastAcceptedHi;

    private long lastAcceptedLo;

    NetPort(
            int index,
            String name,
            FrameIo io,
            PortRole role,
            int mtuBytes,
            IpLimits limits,
            KeySource keys) {
        this.index = index;
        this.name = name;
        this.io = io;
        finishesChecksums = io.capabilities().txChecksum();
        cutsSegments = finishesChecksums && io.capabilities().txSegmentation();
        this.role = role;
        receiveQueue = new ReceiveQueue(io.rxWindowBytes());
        configuredMtuBytes = mtuBytes;
        lookAtDevice();
        accepted = new AddressSet(limits.addressesPerPort(), keys);
        answered = new AddressSet(limits.addressesPerPort(), keys);
        ownHis = new long[limits.addressesPerPort()];
        ownLos = new long[limits.addressesPerPort()];
        ownBits = new int[limits.addressesPerPort()];
        routes = new RouteTable(limits.routesPerPort());
    }

    /** Number of the port in its {@link IpLayer}, from 0. */
    public int index() {
        return index;
    }

    /** The name by which configuration and policies speak of it. */
    public String name() {
        return name;
    }

    /** Where its frames come from and go to. */
    public FrameIo io() {
        return io;
    }

    /** The device finishes TCP checksums. */
    public boolean finishesChecksums() {
        return finishesChecksums;
    }

    /** The device cuts super-segments. */
    public boolean cutsSegments() {
        return cutsSegments;
    }

    public PortRole role() {
        return role;
    }

    /**
     * Payload came for one of those who share the port's queue.
     *
     * @param lastPeriod what this returned to the same one the last time, 0 at first
     * @param payloadBytes of the segment
     */
    public int onReceived(int lastPeriod, int payloadBytes, long nowNanos) {
        return receiveQueue.onReceived(lastPeriod, payloadBytes, nowNanos);
    }

    /** So long a busy worker took from one look at the port's queue to the next. */
    void onBusyCycle(long nanos) {
        receiveQueue.onBusyCycle(nanos);
    }

    /**
     * The most that one peer is to be invited to send, so that the port's queue takes it.
     *
     * @param roundTripNanos the shortest of the path, 0 where it is not known
     * @param receivedBytes what came from that peer so far
     */
    public long queueWindowBytes(long roundTripNanos, long receivedBytes) {
        return receiveQueue.windowBytes(roundTripNanos, receivedBytes);
    }

    /** Largest IP packet. */
    public int mtuBytes() {
        return mtuBytes;
    }

    /** In the low 48 bits. */
    public long macAddress() {
        return macAddress;
    }

    public long rxFrames() {
        return rxFrames;
    }

    public long rxBytes() {
        return rxBytes;
    }

    public long txFrames() {
        return txFrames;
    }

    public long txBytes() {
        return txBytes;
    }

    /** ARP requests and neighbour solicitations sent. */
    public long solicitations() {
        return solicitations;
    }

    /** ARP replies and neighbour advertisements sent, when asked. */
    public long answers() {
        return answers;
    }

    /** Addresses that nobody answered for. */
    public long failedNeighbours() {
        return failedNeighbours;
    }

    /** Echo requests answered. */
    public long echoes() {
        return echoes;
    }

    /** ICMP errors received. */
    public long icmpErrors() {
        return icmpErrors;
    }

    void countSolicitation() {
        solicitations++;
    }

    void countAnswer() {
        answers++;
    }

    void countFailedNeighbour() {
        failedNeighbours++;
    }

    void countEcho() {
        echoes++;
    }

    void countIcmpError() {
        icmpErrors++;
    }

    /** Frames and segments of this port refused for this reason. */
    public long drops(DropReason reason) {
        return drops[reason.code()];
    }

    /** Counts a frame or segment of this port as refused. */
    public void countDrop(DropReason reason) {
        drops[reason.code()]++;
    }

    /** What the worker last learned of the link; active opens prefer ports whose link is up. */
    public boolean linkUp() {
        return linkUp;
    }

    /**
     * Takes over MTU and hardware address of the device, which may be another than before. True
     * when one of them has changed.
     */
    public boolean lookAtDevice() {
        int mtuBytesBefore = mtuBytes;
        long macAddressBefore = macAddress;
        mtuBytes = Math.min(configuredMtuBytes, io.capabilities().mtuBytes());
        macAddress = io.macAddress();
        return mtuBytes != mtuBytesBefore || macAddress != macAddressBefore;
    }

    /** Records the link's state. */
    public void setLinkUp(boolean up) {
        linkUp = up;
    }

    /**
     * The own addresses are the kernel's, too: it answers ARP, neighbour discovery and echo, and
     * keeps the TCP ports below {@code portFirst}. Before addresses are added.
     */
    public void shareWithKernel(int portFirst) {
        sharedPortFirst = portFirst;
    }

    boolean sharedWithKernel() {
        return sharedPortFirst != 0;
    }

    /** Whether what arrives here for this TCP port is ours. */
    boolean takes(int tcpPort) {
        return tcpPort >= sharedPortFirst;
    }

    /** Whether a neighbour that asks for this address, or answers it, speaks to us. */
    boolean spokenToAs(long hi, long lo) {
        return answersFor(hi, lo) || sharedWithKernel() && accepts(hi, lo);
    }

    /**
     * Adds an address of the port's own, whose prefix is on-link.
     *
     * @param prefixBits 0 to 32 for IPv4, 0 to 128 for IPv6
     */
    public void addAddress(long hi, long lo, int prefixBits) {
        routes.addOnLink(hi, lo, prefixBits);
        boolean answers = !sharedWithKernel();
        if (ownCount == ownHis.length
                || !accepted.add(hi, lo)
                || answers && !answered.add(hi, lo)) {
            throw new IllegalStateException("more than " + ownHis.length + " addresses on " + name);
        }
        ownHis[ownCount] = hi;
        ownLos[ownCount] = lo;
        ownBits[ownCount] = RouteTable.mappedBits(IpAddresses.isV4(hi, lo), prefixBits);
        ownCount++;
    }

    /**
     * Adds a route by a gateway, which must be on-link; prefix length 0 makes it the default route
     * of its family, which is that of the prefix: 0.0.0.0 (v4-mapped) or ::.
     */
    public void addGatewayRoute(long hi, long lo, int prefixBits, long gatewayHi, long gatewayLo) {
        routes.addGateway(hi, lo, prefixBits, gatewayHi, gatewayLo);
    }

    /** Adds a prefix that is on-link without an own address in it. */
    public void addOnLinkRoute(long hi, long lo, int prefixBits) {
        routes.addOnLink(hi, lo, prefixBits);
    }

    /** Number of own addresses. */
    public int addressCount() {
        return ownCount;
    }

    public long addressHi(int address) {
        return ownHis[address];
    }

    public long addressLo(int address) {
        return ownLos[address];
    }

    RouteTable routes() {
        return routes;
    }

    AddressSet answered() {
        return answered;
    }

    /**
     * Makes a VIP ours here; {@code answers}: ARP and neighbour discovery answer for it from now
     * on, or no more. For the port's own addresses they always do.
     */
    boolean addVip(long hi, long lo, boolean answers) {
        if (!accepted.add(hi, lo)) {
            return false;
        }
        if (!answers && !isOwn(hi, lo)) {
            answered.remove(hi, lo);
        }
        return !answers || answered.add(hi, lo);
    }

    void removeVip(long hi, long lo) {
        if (isOwn(hi, lo)) {
            return;
        }
        accepted.remove(hi, lo);
        answered.remove(hi, lo);
        lastAcceptedHi = 0;
        lastAcceptedLo = 0;
    }

    /** An address of the port's own, which no other box has. */
    boolean isOwn(long hi, long lo) {
        for (int i = 0; i < ownCount; i++) {
            if (ownHis[i] == hi && ownLos[i] == lo) {
                return true;
            }
        }
        return false;
    }

    /** Whether a packet that arrives here for this address is for us. */
    boolean accepts(long hi, long lo) {
        if (lo == lastAcceptedLo && hi == lastAcceptedHi && (lo | hi) != 0) {
            return true;
        }
        if (!accepted.contains(hi, lo)) {
            return false;
        }
        lastAcceptedHi = hi;
        lastAcceptedLo = lo;
        return true;
    }

    /** Whether we answer for this address on this link. */
    boolean answersFor(long hi, long lo) {
        return answered.contains(hi, lo);
    }

    /** Whether the address is a neighbour on this link. */
    boolean onLink(long hi, long lo) {
        if (isLinkLocalV6(hi, lo)) {
            return true; // RFC 4861 s5.1: always, whatever prefixes there are
        }
        int route = routes.find(hi, lo);
        return route != RouteTable.NO_ROUTE && routes.onLink(route);
    }

    /**
     * The own address to ask a neighbour from: one that shares its prefix, else the first of its
     * family, else -1.
     */
    int sourceFor(long hi, long lo) {
        return source(hi, lo, true);
    }

    /**
     * The same for a connection by that neighbour. A link-local address is none where the remote
     * address is not: no answer would come back from beyond the link (RFC 6724 s5, rule 2).
     */
    int sourceTowards(long nextHopHi, long nextHopLo, long remoteHi, long remoteLo) {
        return source(nextHopHi, nextHopLo, isLinkLocalV6(remoteHi, remoteLo));
    }

    private int source(long hi, long lo, boolean linkLocalAlso) {
        boolean v4 = IpAddresses.isV4(hi, lo);
        int fallback = -1;
        for (int i = 0; i < ownCount; i++) {
            if (IpAddresses.isV4(ownHis[i], ownLos[i]) != v4
                    || !linkLocalAlso && isLinkLocalV6(ownHis[i], ownLos[i])) {
                continue;
            }
            if (IpAddresses.samePrefix(ownHis[i], ownLos[i], hi, lo, ownBits[i])) {
                return i;
            }
            if (fallback < 0) {
                fallback = i;
            }
        }
        return fallback;
    }

    private static boolean isLinkLocalV6(long hi, long lo) {
        return !IpAddresses.isV4(hi, lo) && IpAddresses.isLinkLocal(hi, lo);
    }

    void countReceived(int bytes) {
        rxFrames++;
        rxBytes += bytes;
    }

    /** Gives a complete frame to the device. False when it did not take it, counted. */
    boolean transmit(GatherFrame frame) {
        int bytes = Mbuf.dataLen(frame.header()) + frame.payloadBytes();
        if (!io.send(frame)) {
            countDrop(DropReason.TRANSMIT_FAILED);
            return false;
        }
        txFrames++;
        txBytes += bytes;
        return true;
    }
}
