package io.mptcplb.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "::, ::",
        "::1, ::1",
        "fe80::, fe80::",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    })
    void text_isReadAndWrittenCanonically(String text, String canonical) {
        assertEquals(canonical, IpAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1.2.3",
                "1.2.3.4.5",
                "256.0.0.1",
                "01.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                "localhost",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7::8:9",
                "::1%eth0",
                "::g",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1.2.3.4::",
                "-1::",
                "٣.1.1.1",
                "1:2:3:4:5:6:7:8::"
            })
    void otherText_isRefused(String text) {
        assertTrue(IpAddress.tryParse(text).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
    }

    @Test
    void anyAddress_readsBackAndAgreesWithThePlatform() throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 20_000; i++) {
            long mask = 0;
            for (int group = 0; group < 8; group++) {
                mask = mask << 8 | (random.nextBoolean() ? 0xff : 0);
            }
            IpAddress address = new IpAddress(random.nextLong() & mask, random.nextLong() & ~mask);
            assertEquals(address, IpAddress.parse(address.toString()));
            byte[] bytes = InetAddress.ofLiteral(address.toString()).getAddress();
            assertEquals(address.isV4() ? 4 : 16, bytes.length);
        }
    }

    @Test
    void prefix_containsItsNetwork() {
        IpPrefix prefix = IpPrefix.parse("192.0.2.77/26");
        assertEquals("192.0.2.64/26", prefix.network().toString());
        assertTrue(prefix.contains(IpAddress.parse("192.0.2.127")));
        assertFalse(prefix.contains(IpAddress.parse("192.0.2.128")));
        assertFalse(IpPrefix.DEFAULT_V6.contains(IpAddress.parse("192.0.2.1")));
        assertTrue(IpPrefix.DEFAULT_V4.contains(IpAddress.parse("255.255.255.255")));
        assertTrue(
                IpPrefix.parse("2001:db8::/65").contains(IpAddress.parse("2001:db8::7fff:0:0:1")));
        assertFalse(
                IpPrefix.parse("2001:db8::/65").contains(IpAddress.parse("2001:db8::8000:0:0:1")));
        assertTrue(IpPrefix.parse("192.0.2.0/24").overlaps(IpPrefix.parse("192.0.0.0/16")));
        for (String text :
                List.of(
                        "192.0.2.1",
                        "192.0.2.1/33",
                        "192.0.2.1/",
                        "/24",
                        "::/129",
                        "::/-1",
                        "::/٣")) {
            assertThrows(IllegalArgumentException.class, () -> IpPrefix.parse(text), text);
        }
    }

    @Test
    void mac_isReadAndWritten() {
        assertEquals("02:00:5e:10:00:01", MacAddress.parse("02:00:5E:10:00:01").toString());
        assertEquals(0x0200_5e10_0001L, MacAddress.parse("02:00:5e:10:00:01").value());
        assertThrows(IllegalArgumentException.class, () -> MacAddress.parse("02-00-5e-10-00-01"));
        assertThrows(IllegalArgumentException.class, () -> MacAddress.parse("01:00:5e:00:00:01"));
    }
}
