package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 0, 0000ffffc0000201",
        "0.0.0.0, 0, 0000ffff00000000",
        "255.255.255.255, 0, 0000ffffffffffff",
        "::, 0, 0",
        "::1, 0, 1",
        "2001:db8::1, 20010db800000000, 1",
        "2001:db8:0:1:1:1:1:1, 20010db800000001, 0001000100010001",
        "2001:db8::1:0:0:1, 20010db800000000, 0001000000000001",
        "fe80::, fe80000000000000, 0",
        "1:2:3:4:5:6:7:8, 0001000200030004, 0005000600070008",
    })
    void canonicalText_isReadAndWritten(String text, String hi, String lo) {
        IpAddress address = IpAddress.parse(text);
        assertEquals(Long.parseUnsignedLong(hi, 16), address.hi());
        assertEquals(Long.parseUnsignedLong(lo, 16), address.lo());
        assertEquals(text, address.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::ffff:192.0.2.1, 192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:192.0.2.33, 1:2:3:4:5:6:c000:221",
    })
    void otherForms_areReadAndWrittenCanonically(String text, String canonical) {
        assertEquals(canonical, IpAddresses.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":::",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                "1.2.3.-4",
                "a.b.c.d",
                "1..2.3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::g",
                "1:2:3:4:5:6:7:8::",
                "1:2:3::4:5:6:7:8",
                "fe80::1%eth0",
                "[::1]",
                "::1/64",
                "::1.2.3",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "localhost",
                "\u0661.2.3.4"
            })
    void otherText_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
    }

    @Test
    void randomAddresses_readLikeTheJdkDoes() throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            long hi = random.nextLong() & sparse(random);
            long lo = random.nextLong() & sparse(random);
            IpAddress address = new IpAddress(hi, lo);
            String text = address.toString();
            assertEquals(address, IpAddress.parse(text), text);
            byte[] bytes = InetAddress.getByName(text).getAddress();
            if (bytes.length == 16) {
                assertEquals(hi, java.nio.ByteBuffer.wrap(bytes).getLong(), text);
                assertEquals(lo, java.nio.ByteBuffer.wrap(bytes).getLong(8), text);
            }
        }
    }

    /** A mask that zeroes some 16-bit groups, so that "::" occurs. */
    private static long sparse(SplittableRandom random) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask = mask << 16 | (random.nextBoolean() ? 0xffff : 0);
        }
        return mask;
    }

    @Test
    void kinds_ofAddresses() {
        assertTrue(is("127.0.0.1", IpAddresses::isLoopback));
        assertTrue(is("127.255.255.255", IpAddresses::isLoopback));
        assertTrue(is("::1", IpAddresses::isLoopback));
        assertFalse(is("128.0.0.1", IpAddresses::isLoopback));
        assertFalse(is("::2", IpAddresses::isLoopback));
        assertTrue(is("224.0.0.1", IpAddresses::isMulticast));
        assertTrue(is("239.255.255.255", IpAddresses::isMulticast));
        assertTrue(is("ff02::1", IpAddresses::isMulticast));
        assertFalse(is("240.0.0.1", IpAddresses::isMulticast));
        assertFalse(is("fe80::1", IpAddresses::isMulticast));
        assertTrue(is("169.254.0.1", IpAddresses::isLinkLocal));
        assertTrue(is("fe80::1", IpAddresses::isLinkLocal));
        assertTrue(is("febf::1", IpAddresses::isLinkLocal));
        assertFalse(is("fec0::1", IpAddresses::isLinkLocal));
        assertTrue(is("0.0.0.0", IpAddresses::isUnspecified));
        assertTrue(is("::", IpAddresses::isUnspecified));
        assertFalse(is("::1", IpAddresses::isUnspecified));
        assertTrue(is("255.255.255.255", IpAddresses::isBroadcast));
        assertFalse(is("255.255.255.254", IpAddresses::isBroadcast));
    }

    private interface Kind {
        boolean test(long hi, long lo);
    }

    private static boolean is(String text, Kind kind) {
        IpAddress address = IpAddress.parse(text);
        return kind.test(address.hi(), address.lo());
    }

    @Test
    void solicitedNodeGroup_isThatOfRfc4291() {
        IpAddress node = IpAddress.parse("4037::01:800:200e:8c6c");
        long lo = IpAddresses.solicitedNodeLo(node.lo());
        assertEquals("ff02::1:ff0e:8c6c", IpAddresses.format(IpAddresses.solicitedNodeHi(), lo));
        assertEquals(0x3333_ff0e_8c6cL, IpAddresses.multicastMac(lo));
    }

    @Test
    void prefixes_matchBitByBit() {
        IpAddress a = IpAddress.parse("2001:db8::8000:0:0:0");
        for (int bit = 0; bit < 128; bit++) {
            long hi = bit < 64 ? a.hi() ^ Long.MIN_VALUE >>> bit : a.hi();
            long lo = bit < 64 ? a.lo() : a.lo() ^ Long.MIN_VALUE >>> (bit - 64);
            for (int bits = 0; bits <= 128; bits++) {
                boolean same = IpAddresses.samePrefix(a.hi(), a.lo(), hi, lo, bits);
                assertEquals(bits <= bit, same, bit + " of " + bits);
            }
        }
    }
}
