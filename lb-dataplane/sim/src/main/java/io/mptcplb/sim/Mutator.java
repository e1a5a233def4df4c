package io.mptcplb.sim;

import io.mptcplb.stack.random.Prng;
import java.util.Arrays;

/**
 * Makes wrong frames out of right ones: what broken devices, strangers and attackers would send
 * into live connections. Everything follows from one seed.
 */
public final class Mutator {
    /** How far a mutant gets, and so what may be asked of the box that receives it. */
    public enum Kind {
        /** No valid checksum: whatever else was changed, the frame must be refused. */
        BROKEN,
        /**
         * Good checksums, and lies about everything but which byte stands where: whatever becomes
         * of the connection, it never delivers a wrong byte.
         */
        FAITHFUL,
        /** Good checksums, and any lie: whoever is not concerned must not notice. */
        ANY
    }

    private static final int ETHERNET = TcpFrame.ETHERNET;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int FRAME_MAX = 1600;
    private static final int SYN_FIN_RST = 0x07;

    /** One mutant in so many may end what it is aimed at, or there would be nothing to aim at. */
    private static final int DEADLY = 200;

    // Where things stand in IPv4 behind Ethernet.
    private static final int IP_TOTAL = ETHERNET + 2;
    private static final int IP_TTL = ETHERNET + 8;
    private static final int IP_PROTOCOL = ETHERNET + 9;
    private static final int IP_CHECKSUM = ETHERNET + 10;
    private static final int IP_SOURCE = ETHERNET + 12;

    private final Prng prng;

    public Mutator(long seed) {
        prng = new Prng(seed);
    }

    /** A mutant of a live TCP frame on its way to the box. The frame itself stays as it is. */
    public byte[] mutate(byte[] frame, Kind kind) {
        return switch (kind) {
            case BROKEN -> broken(frame);
            case FAITHFUL -> faithful(frame);
            case ANY -> any(frame);
        };
    }

    // ---- BROKEN

    private byte[] broken(byte[] frame) {
        byte[] mutant = frame.clone();
        for (int i = prng.nextInt(4); i > 0; i--) {
            changeSomewhere(mutant, 0);
        }
        if (prng.chance(1, 4)) {
            mutant = cut(mutant);
        }
        if (mutant.length > IP_PROTOCOL) {
            mutant[IP_PROTOCOL] = frame[IP_PROTOCOL]; // never ICMP, which has another checksum
        }
        if (prng.chance(1, 2)) {
            sealIp(mutant);
        }
        while (TcpFrame.isTcp(mutant) && checksumsGood(mutant)) {
            int at = tcpStart(mutant) + 16;
            mutant[at + prng.nextInt(2)] ^= (byte) (1 << prng.nextInt(8));
        }
        return mutant;
    }

    // ---- FAITHFUL

    private byte[] faithful(byte[] frame) {
        return seal(prng.chance(1, DEADLY) ? deadlyButFaithful(frame) : harmless(frame));
    }

    /** What a connection should survive, if the checks of RFC 9293, 5961 and 7323 are made. */
    private byte[] harmless(byte[] frame) {
        byte[] mutant = frame.clone();
        TcpFrame segment = TcpFrame.of(mutant);
        int tcp = segment.start();
        switch (prng.nextInt(10)) {
            case 0 -> segment.flags((prng.nextInt(256) & ~SYN_FIN_RST) | segment.flags() & 0x02);
            case 1 -> put32(mutant, tcp + 8, segment.ack() + farAway());
            case 2 -> put16(mutant, tcp + 14, prng.nextInt(1 << 16));
            case 3 -> put16(mutant, tcp + 18, prng.nextInt(1 << 16));
            case 4 -> lieAboutTime(segment, -1 - prng.nextInt(1 << 30));
            case 5 -> segment.seq(segment.seq() + farAway());
            case 6 -> changeIpHeader(mutant);
            case 7 -> put16(mutant, tcp, 1024 + prng.nextInt(60_000)); // a stranger
            case 8 -> {
                segment.seq(segment.seq() + farAway());
                segment.flags(prng.nextInt(256) & ~0x02);
            }
            default -> mutant = partOf(segment);
        }
        return mutant;
    }

    /** What may end a connection, or stop it for ever, and yet puts no byte in another's place. */
    private byte[] deadlyButFaithful(byte[] frame) {
        byte[] mutant = frame.clone();
        TcpFrame segment = TcpFrame.of(mutant);
        switch (prng.nextInt(4)) {
            case 0 -> segment.flags((prng.nextInt(256) & ~0x02) | segment.flags() & 0x02);
            case 1 -> put32(mutant, segment.start() + 8, segment.ack() + near());
            case 2 -> put32(mutant, segment.start() + 8, prng.nextInt());
            default -> lieAboutTime(segment, near());
        }
        return mutant;
    }

    /** The same segment, of which the end has not come. */
    private byte[] partOf(TcpFrame segment) {
        int bytes = segment.payloadBytes();
        if (bytes < 2) {
            return segment.array();
        }
        TcpFrame part = TcpFrame.of(segment.part(0, 1 + prng.nextInt(bytes - 1)));
        part.flags(part.flags() & ~0x01);
        return part.array();
    }

    /** A timestamp so much later, and any echo. */
    private void lieAboutTime(TcpFrame segment, int later) {
        byte[] bytes = segment.array();
        int at = segment.start() + 20;
        while (at + 10 <= segment.payloadStart() && bytes[at] != 0) {
            if (bytes[at] == 8) {
                put32(bytes, at + 2, get32(bytes, at + 2) + later);
                put32(bytes, at + 6, prng.nextInt());
                return;
            }
            at += bytes[at] == 1 ? 1 : Math.max(bytes[at + 1] & 0xff, 2);
        }
    }

    private void changeIpHeader(byte[] frame) {
        switch (prng.nextInt(4)) {
            case 0 -> frame[ETHERNET + 1] = (byte) prng.nextInt(); // DSCP and ECN
            case 1 -> put16(frame, ETHERNET + 4, prng.nextInt(1 << 16));
            case 2 -> put16(frame, ETHERNET + 6, prng.nextInt(1 << 16)); // fragments
            default -> frame[IP_TTL] = (byte) prng.nextInt();
        }
    }

    // ---- ANY

    private byte[] any(byte[] frame) {
        byte[] mutant = frame.clone();
        TcpFrame segment = TcpFrame.of(mutant);
        switch (prng.nextInt(8)) {
            case 0 -> changeSomewhere(mutant, 0);
            case 1 -> mutant = cut(mutant);
            case 2 -> lieAboutLengths(mutant, segment.start());
            case 3 -> mutant = withSignal(segment);
            case 4 -> {
                segment.seq(segment.seq() + farAway());
                changeMptcp(segment);
            }
            case 5 -> {
                if (prng.chance(1, 8)) {
                    return arp(frame);
                }
                mutant = harmless(frame);
            }
            default -> mutant = prng.chance(1, DEADLY) ? deadly(mutant) : harmless(frame);
        }
        return prng.chance(15, 16) ? seal(mutant) : mutant;
    }

    private byte[] deadly(byte[] mutant) {
        TcpFrame segment = TcpFrame.of(mutant);
        int tcp = segment.start();
        switch (prng.nextInt(8)) {
            case 0 -> {
                for (int i = 1 + prng.nextInt(4); i > 0; i--) {
                    changeSomewhere(mutant, tcp);
                }
            }
            case 1 -> changeOptions(segment);
            case 2 -> segment.seq(segment.seq() + near());
            case 3 -> put32(mutant, tcp + 8, segment.ack() + near());
            case 4, 5 -> changeMptcp(segment);
            case 6 -> changeSomewhere(mutant, segment.payloadStart());
            default -> {
                segment.flags(prng.nextInt(256));
                segment.seq(segment.seq() + near());
            }
        }
        return mutant;
    }

    private void lieAboutLengths(byte[] mutant, int tcp) {
        switch (prng.nextInt(4)) {
            case 0 -> mutant[ETHERNET] = (byte) (0x40 | prng.nextInt(16));
            case 1 -> put16(mutant, IP_TOTAL, prng.nextInt(1 << 16));
            case 2 -> put16(mutant, IP_TOTAL, get16(mutant, IP_TOTAL) + prng.nextInt(64) - 32);
            default -> mutant[tcp + 12] = (byte) (prng.nextInt(16) << 4);
        }
    }

    private void changeOptions(TcpFrame segment) {
        int options = segment.payloadStart() - segment.start() - 20;
        for (int i = 1 + prng.nextInt(6); i > 0 && options > 0; i--) {
            int at = segment.start() + 20 + prng.nextInt(options);
            segment.array()[at] = (byte) (prng.chance(1, 2) ? prng.nextInt() : prng.nextInt(32));
        }
    }

    /** The MPTCP option's own fields: flags, DATA_ACK, DSN, SSN, length, checksum, HMAC, token. */
    private void changeMptcp(TcpFrame segment) {
        byte[] bytes = segment.array();
        int at = MptcpBoxes.find(segment, -1);
        if (at == 0) {
            changeOptions(segment);
            return;
        }
        int length = Math.min(bytes[at + 1] & 0xff, segment.payloadStart() - at);
        for (int i = 1 + prng.nextInt(3); i > 0 && length > 4; i--) {
            int field = at + 2 + prng.nextInt(length - 2);
            switch (prng.nextInt(3)) {
                case 0 -> bytes[field] = (byte) prng.nextInt();
                case 1 -> bytes[field] ^= (byte) (1 << prng.nextInt(8));
                default -> bytes[field] += (byte) (prng.nextInt(5) - 2);
            }
        }
    }

    /** The segment without its options and payload, and with an MPTCP signal of ours. */
    private byte[] withSignal(TcpFrame segment) {
        int[] lengths = {12, 12, 24, 16, 8, 10, 18, 30, 4, 3, 4, 12, 12, 4, 20, 28};
        int subtype = prng.nextInt(16);
        int length = prng.chance(7, 8) ? lengths[subtype] : 2 + prng.nextInt(39);
        int padded = Math.min((length + 3) / 4 * 4, 40);
        int keep = prng.chance(1, 2) ? segment.payloadBytes() : 0;
        int start = segment.start() + 20;
        byte[] mutant = new byte[start + padded + keep];
        System.arraycopy(segment.array(), 0, mutant, 0, start);
        System.arraycopy(segment.array(), segment.payloadStart(), mutant, start + padded, keep);
        prng.fill(mutant, start, padded);
        mutant[start] = MptcpBoxes.MPTCP;
        mutant[start + 1] = (byte) length;
        mutant[start + 2] = (byte) (subtype << 4 | prng.nextInt(16));
        Arrays.fill(mutant, start + Math.min(length, padded), start + padded, (byte) 1);
        mutant[segment.start() + 12] = (byte) ((20 + padded) / 4 << 4);
        if (prng.chance(1, 4)) {
            mutant[segment.start() + 13] = (byte) (prng.chance(1, 2) ? 0x02 : 0x04); // SYN, RST
            put16(mutant, segment.start(), 1024 + prng.nextInt(60_000));
        }
        put16(mutant, IP_TOTAL, mutant.length - ETHERNET);
        return mutant;
    }

    /** ARP from the frame's sender about itself, the box, or anybody. */
    private byte[] arp(byte[] frame) {
        byte[] arp = new byte[ETHERNET + 28];
        System.arraycopy(frame, 0, arp, 0, 12);
        if (prng.chance(1, 2)) {
            Arrays.fill(arp, 0, 6, (byte) 0xff);
        }
        put16(arp, 12, 0x0806);
        put32(arp, ETHERNET, 0x00010800);
        put16(arp, ETHERNET + 4, 0x0604);
        put16(arp, ETHERNET + 6, 1 + prng.nextInt(2));
        System.arraycopy(frame, 6, arp, ETHERNET + 8, 6);
        System.arraycopy(frame, IP_SOURCE, arp, ETHERNET + 14, 4);
        System.arraycopy(frame, 0, arp, ETHERNET + 18, 6);
        System.arraycopy(frame, IP_SOURCE + 4, arp, ETHERNET + 24, 4);
        for (int i = prng.nextInt(3); i > 0; i--) {
            changeSomewhere(arp, ETHERNET);
        }
        if (Arrays.equals(arp, ETHERNET + 14, ETHERNET + 18, frame, IP_SOURCE, IP_SOURCE + 4)) {
            // A false hardware address for a living neighbour cuts it off for half a minute: ARP
            // knows no defence, and then there would be nothing left to mutate.
            System.arraycopy(frame, 6, arp, ETHERNET + 8, 6);
        }
        return arp;
    }

    // ---- ICMP

    /**
     * An ICMP error to the box about a frame that the box has sent: honest in form, from a router
     * that nobody asked.
     */
    public byte[] icmpError(byte[] sentByBox, Kind kind) {
        byte[] error = TcpFrame.of(sentByBox).tooBig(68 + prng.nextInt(1500));
        int icmp = ETHERNET + 20;
        if (prng.chance(1, 2)) {
            error[icmp] = (byte) (prng.chance(1, 2) ? 3 : 11 + prng.nextInt(2));
            error[icmp + 1] = (byte) prng.nextInt(16);
        }
        if (prng.chance(1, 2)) {
            changeSomewhere(error, icmp + 4);
        }
        if (prng.chance(1, 8)) {
            error = cut(error);
        }
        seal(error);
        if (kind == Kind.BROKEN) {
            error[Math.min(icmp + 2, error.length - 1)] ^= (byte) (1 << prng.nextInt(8));
        }
        return error;
    }

    // ---- small things

    private int near() {
        return prng.chance(1, 2) ? prng.nextInt(9) - 4 : prng.nextInt(1 << 17) - (1 << 16);
    }

    /** Beyond any window, ours or the peer's. */
    private int farAway() {
        return (1 << 29) + prng.nextInt(1 << 30);
    }

    private void changeSomewhere(byte[] frame, int from) {
        if (from >= frame.length) {
            return;
        }
        // Headers, mostly: that is where decisions are made.
        int span = prng.chance(7, 8) ? Math.min(80, frame.length - from) : frame.length - from;
        int at = from + prng.nextInt(span);
        switch (prng.nextInt(4)) {
            case 0 -> frame[at] = (byte) prng.nextInt();
            case 1 -> frame[at] = (byte) (prng.chance(1, 2) ? 0 : 0xff);
            default -> frame[at] ^= (byte) (1 << prng.nextInt(8));
        }
    }

    /** Shorter, or with something behind it; the lengths inside may say so or not. */
    private byte[] cut(byte[] frame) {
        int bytes =
                prng.chance(3, 4) ? prng.nextInt(frame.length) : frame.length + prng.nextInt(64);
        byte[] cut = Arrays.copyOf(frame, Math.min(Math.max(bytes, 1), FRAME_MAX));
        if (prng.chance(1, 2) && cut.length >= ETHERNET + 20) {
            put16(cut, IP_TOTAL, cut.length - ETHERNET);
        }
        return cut;
    }

    /** Makes checksums good as far as the frame has any, whatever its lengths say. */
    static byte[] seal(byte[] frame) {
        sealIp(frame);
        if (frame.length < ETHERNET + 40) {
            return frame;
        }
        int start = tcpStart(frame);
        int end = Math.min(ETHERNET + get16(frame, IP_TOTAL), frame.length);
        int at = start + (frame[IP_PROTOCOL] == ICMP ? 2 : 16);
        if (end < at + 2) {
            return frame;
        }
        put16(frame, at, 0);
        int pseudo = frame[IP_PROTOCOL] == ICMP ? 0 : pseudo(frame, end - start);
        put16(frame, at, ~sum(frame, start, end, pseudo));
        return frame;
    }

    private static void sealIp(byte[] frame) {
        if (frame.length < ETHERNET + 20) {
            return;
        }
        int end = Math.min(Math.max(tcpStart(frame), ETHERNET + 20), frame.length);
        put16(frame, IP_CHECKSUM, 0);
        put16(frame, IP_CHECKSUM, ~sum(frame, ETHERNET, end, 0));
    }

    /** Whether an IPv4 TCP frame's two checksums are good. */
    static boolean checksumsGood(byte[] frame) {
        int start = tcpStart(frame);
        int end = ETHERNET + get16(frame, IP_TOTAL);
        return end <= frame.length
                && end >= start + 20
                && sum(frame, ETHERNET, start, 0) == 0xffff
                && sum(frame, start, end, pseudo(frame, end - start)) == 0xffff;
    }

    private static int tcpStart(byte[] frame) {
        return ETHERNET + 4 * (frame[ETHERNET] & 15);
    }

    private static int pseudo(byte[] frame, int bytes) {
        return sum(frame, IP_SOURCE, IP_SOURCE + 8, TCP + bytes);
    }

    private static int sum(byte[] frame, int from, int to, int start) {
        int sum = start;
        int at = from;
        for (; at + 1 < to; at += 2) {
            sum += get16(frame, at);
        }
        if (at < to) {
            sum += (frame[at] & 0xff) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static int get16(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    private static int get32(byte[] frame, int at) {
        return get16(frame, at) << 16 | get16(frame, at + 2);
    }

    private static void put16(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 8);
        frame[at + 1] = (byte) value;
    }

    private static void put32(byte[] frame, int at, int value) {
        put16(frame, at, value >>> 16);
        put16(frame, at + 2, value);
    }
}
