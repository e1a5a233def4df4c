package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.Bytes.IPV4;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.Bytes.ipv4;
import static io.mptcplb.stack.ip.Bytes.ipv6;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP6;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY6;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP6;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.VIP;
import static io.mptcplb.stack.ip.IpFixture.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.wire.DropReason;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * Mutated frames of every kind, whole and in pieces, while we send and time passes: no exception,
 * no buffer lost, every frame handed on, served or refused under a name.
 */
class FrameDispatcherFuzzTest {
    private static final int FRAMES = Integer.getInteger("mptcplb.fuzz.frames", 60_000);
    private static final long SEED = Long.getLong("mptcplb.fuzz.seed", 1);

    private static final byte[][] SEEDS = {
        ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, OUR_IP, 6, tcp(1, 2, 3, 40))),
        ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, VIP, 6, new byte[8], 0, tcp(1, 2, 3, 0))),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(FAR_IP6, OUR_IP6, 6, 64, tcp(1, 2, 3, 40))),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(FAR_IP6, VIP6, 43, 64, extended())),
        ethernet(
                OUR_MAC,
                PEER_MAC,
                IPV4,
                ipv4(FAR_IP, OUR_IP, 1, Bytes.icmp(8, 0, 1, new byte[40]))),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(FAR_IP6, OUR_IP6, 58, 64, echo6())),
        ethernet(
                OUR_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, OUR_IP, 1, Bytes.icmp(3, 4, 1_300, quote()))),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(FAR_IP6, OUR_IP6, 58, 64, tooBig6())),
        ArpInputTest.request(PEER_MAC, PEER_IP, OUR_IP),
        ArpInputTest.reply(PEER_MAC, GATEWAY),
        ArpInputTest.announcement(PEER_MAC, VIP),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(PEER_IP6, OUR_IP6, 58, 255, solicitation())),
        ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(GATEWAY6, OUR_IP6, 58, 255, advertisement())),
    };

    /** What a mutated frame can run into here; the mutation must find every one. */
    private static final EnumSet<DropReason> REACHABLE =
            EnumSet.of(
                    DropReason.TRUNCATED,
                    DropReason.UNKNOWN_ETHERTYPE,
                    DropReason.NOT_OUR_MAC,
                    DropReason.UNKNOWN_VLAN,
                    DropReason.BAD_ARP,
                    DropReason.BAD_IP_VERSION,
                    DropReason.BAD_IP_HEADER,
                    DropReason.BAD_IP_CHECKSUM,
                    DropReason.FRAGMENT,
                    DropReason.BAD_EXTENSION_HEADER,
                    DropReason.SOURCE_ROUTED,
                    DropReason.BAD_SOURCE_ADDRESS,
                    DropReason.NOT_FOR_US,
                    DropReason.TTL_EXPIRED,
                    DropReason.UNKNOWN_PROTOCOL,
                    DropReason.BAD_ICMP_CHECKSUM,
                    DropReason.BAD_ICMP,
                    DropReason.ICMP_UNKNOWN_FLOW,
                    DropReason.BAD_NEIGHBOUR_MESSAGE,
                    DropReason.ADDRESS_CONFLICT);

    private static byte[] extended() {
        return Bytes.concat(new byte[] {6, 0, 4, 0, 0, 0, 0, 0}, tcp(1, 2, 3, 9));
    }

    private static byte[] echo6() {
        return Bytes.icmpv6(FAR_IP6, OUR_IP6, 128, 0, 1, new byte[40]);
    }

    private static byte[] quote() {
        return ipv4(OUR_IP, FAR_IP, 6, Bytes.slice(tcp(443, 5_000, 1, 0), 0, 8));
    }

    private static byte[] tooBig6() {
        byte[] quoted = ipv6(OUR_IP6, FAR_IP6, 6, 64, tcp(443, 5_000, 1, 0));
        return Bytes.icmpv6(FAR_IP6, OUR_IP6, 2, 0, 1_300, quoted);
    }

    private static byte[] solicitation() {
        return Bytes.neighbour(PEER_IP6, OUR_IP6, 135, 0, OUR_IP6, PEER_MAC);
    }

    private static byte[] advertisement() {
        return Bytes.neighbour(GATEWAY6, OUR_IP6, 136, 0x60, GATEWAY6, PEER_MAC);
    }

    @Test
    void mutatedFrames_areHandedOnServedOrRefused() {
        Prng prng = new Prng(SEED);
        IpFixture f = new IpFixture();
        f.record = false;
        Route route = f.route(OUR_IP, FAR_IP);
        Route route6 = f.route(OUR_IP6, FAR_IP6);
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = mutate(prng, SEEDS[prng.nextInt(SEEDS.length)]);
            int piece = prng.chance(1, 2) ? 2_000 : 30 + prng.nextInt(100);
            long m = f.load(frame, piece);
            if (prng.chance(1, 16)) {
                Mbuf.setOlFlags(m, prng.nextLong() & (Mbuf.RX_L4_PARTIAL | Mbuf.RX_VLAN_STRIPPED));
                Mbuf.setVlanTci(m, prng.nextInt(1 << 16));
            }
            f.receive(prng.nextInt(2), m);
            if (prng.chance(1, 8)) {
                f.send(prng.chance(1, 2) ? route : route6, 1);
                f.passTime(prng.between(0, 2 * IpFixture.SECOND));
            }
            f.drain();
            int held = f.pool.capacity() - f.pool.available();
            assertEquals(f.ip.waitingFrames(0), held, () -> "buffers, seed " + SEED);
        }
        EnumSet<DropReason> missed = EnumSet.copyOf(REACHABLE);
        missed.removeIf(reason -> f.drops(reason) > 0);
        assertEquals(EnumSet.noneOf(DropReason.class), missed, "the mutation is too tame");
        assertEquals(0, f.client.drops(DropReason.NONE));
        f.close();
    }

    /**
     * A few bytes, fields or lengths changed; checksums mended half of the time, to get further in.
     */
    private static byte[] mutate(Prng prng, byte[] seed) {
        byte[] frame = seed.clone();
        for (int i = prng.nextInt(4); i > 0; i--) {
            int at = prng.nextInt(frame.length);
            switch (prng.nextInt(4)) {
                case 0 -> frame[at] ^= (byte) (1 << prng.nextInt(8));
                case 1 -> frame[at] = (byte) prng.nextInt();
                case 2 -> frame[at] = (byte) (prng.chance(1, 2) ? 0 : 0xff);
                default -> frame[at] = seed[prng.nextInt(seed.length)];
            }
        }
        if (prng.chance(1, 8)) {
            frame = Bytes.slice(frame, 0, prng.nextInt(frame.length));
        } else if (prng.chance(1, 8)) {
            frame = Bytes.concat(frame, new byte[prng.nextInt(300)]);
        }
        if (prng.chance(1, 2)) {
            mendChecksums(frame);
        }
        return frame;
    }

    private static void mendChecksums(byte[] frame) {
        if (frame.length < 42 || Bytes.u16(frame, 12) != IPV4) {
            mendV6(frame);
            return;
        }
        int header = Math.min((frame[14] & 0xf) * 4, frame.length - 14);
        put(frame, 24, 0);
        put(frame, 24, ~Bytes.sum(frame, 14, header, 0));
        int end = Math.min(14 + Bytes.u16(frame, 16), frame.length);
        int at = 14 + header;
        if (frame[23] == 1 && at + 4 <= end) {
            put(frame, at + 2, 0);
            put(frame, at + 2, ~Bytes.sum(frame, at, end - at, 0));
        }
    }

    private static void mendV6(byte[] frame) {
        if (frame.length < 62 || Bytes.u16(frame, 12) != IPV6 || frame[20] != 58) {
            return;
        }
        int end = Math.min(54 + Bytes.u16(frame, 18), frame.length);
        if (end < 58) {
            return;
        }
        byte[] src = Bytes.slice(frame, 22, 16);
        byte[] dst = Bytes.slice(frame, 38, 16);
        put(frame, 56, 0);
        int pseudo = Bytes.pseudo(src, dst, 58, end - 54);
        put(frame, 56, ~Bytes.sum(frame, 54, end - 54, pseudo));
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 8);
        frame[at + 1] = (byte) value;
    }
}
