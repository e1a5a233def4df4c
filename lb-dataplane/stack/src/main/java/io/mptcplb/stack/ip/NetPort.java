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
    private final int mtuBytes;
    private final long macAddress;

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
        this.mtuBytes = Math.min(mtuBytes, io.capabilities().mtuBytes());
        macAddress = io.macAddress();
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

    /** Records the link's state. */
    public void setLinkUp(boolean up) {
        linkUp = up;
    }

    /**
     * Adds an address of the port's own, whose prefix is on-link.
     *
     * @param prefixBits 0 to 32 for IPv4, 0 to 128 for IPv6
     */
    public void addAddress(long hi, long lo, int prefixBits) {
        routes.addOnLink(hi, lo, prefixBits);
        if (ownCount == ownHis.length || !accepted.add(hi, lo) || !answered.add(hi, lo)) {
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

    /** Makes a VIP ours here; {@code answers}: ARP and neighbour discovery answer for it too. */
    boolean addVip(long hi, long lo, boolean answers) {
        return accepted.add(hi, lo) && (!answers || answered.add(hi, lo));
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

    private boolean isOwn(long hi, long lo) {
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
        if (!IpAddresses.isV4(hi, lo) && IpAddresses.isLinkLocal(hi, lo)) {
            return true; // RFC 4861 s5.1: always, whatever prefixes there are
        }
        int route = routes.find(hi, lo);
        return route != RouteTable.NO_ROUTE && routes.onLink(route);
    }

    /**
     * The own address to speak from to a next hop: one that shares its prefix, else the first of
     * its family, else -1.
     */
    int sourceFor(long hi, long lo) {
        boolean v4 = IpAddresses.isV4(hi, lo);
        int fallback = -1;
        for (int i = 0; i < ownCount; i++) {
            if (IpAddresses.isV4(ownHis[i], ownLos[i]) != v4) {
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
