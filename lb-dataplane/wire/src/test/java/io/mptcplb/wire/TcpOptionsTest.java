package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpOptionsTest {
    private final TestMemory memory = new TestMemory();
    private final TcpOptions options = new TcpOptions();

    @AfterEach
    void close() {
        memory.close();
    }

    private void parse(String hex) {
        options.parse(memory.place(hex), TestMemory.bytes(hex).length);
    }

    private void assertNothing() {
        assertEquals(0, options.mss);
        assertEquals(-1, options.windowShift);
        assertFalse(options.sackPermitted);
        assertFalse(options.hasTimestamp);
        assertEquals(0, options.sackCount);
        assertEquals(-1, options.fastOpenCookieBytes);
        assertEquals(0, options.mptcp.present);
    }

    @Test
    void noOptions_nothingPresent() {
        parse("");
        assertNothing();
        assertEquals(0, options.malformed);
    }

    @Test
    void fourSackBlocks_areRead() {
        parse(GoldenOptions.named("rfc sack of four blocks").hex());
        assertEquals(4, options.sackCount);
        assertEquals(-16, options.sackLeft[0]);
        assertEquals(0x10, options.sackRight[0]);
        assertEquals(0x60, options.sackLeft[3]);
        assertEquals(0x70, options.sackRight[3]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0203b4",
                "020605b40000",
                "02020101", // MSS
                "03020101",
                "0304 0a01", // window scale
                "04030001", // SACK-permitted
                "0502 0101",
                "0506 00000000",
                "050b 000000000000000000",
                "052a 0000000000000000 0000000000000000 0000000000000000 0000000000000000 00000000",
                "0809 00000000000000",
                "080b 000000000000000000",
                "0802", // timestamps
                "2203 00",
                "2204 0000",
                "2205 000000",
                "2214 000102030405060708090a0b0c0d0e0f1011",
                "1e02", // MPTCP without a subtype is counted there
            })
    void wrongLength_isAbsentAndCounted(String hex) {
        parse(hex);
        assertNothing();
        assertEquals(1, options.malformed + options.mptcp.malformed, hex);
    }

    @ParameterizedTest
    @CsvSource({"03030e, 14", "03030f, 14", "0303ff, 14", "030300, 0"})
    void windowShiftAbove14_counts14(String hex, int shift) {
        parse(hex);
        assertEquals(shift, options.windowShift);
    }

    @Test
    void mssOfZero_isAbsent() {
        parse("02040000");
        assertEquals(0, options.mss);
    }

    @Test
    void unknownKinds_areSkippedByTheirLength() {
        parse("fd06 02040001 0204 05b4 1302");
        assertEquals(1460, options.mss);
        assertEquals(0, options.malformed);
    }

    @Test
    void fastOpen_requestAndCookie() {
        parse("2202");
        assertEquals(0, options.fastOpenCookieBytes);
        parse("2206 01020304");
        assertEquals(4, options.fastOpenCookieBytes);
        parse("2212 0102030405060708090a0b0c0d0e0f10");
        assertEquals(16, options.fastOpenCookieBytes);
        parse("220a 0102030405060708");
        assertEquals(8, options.fastOpenCookieBytes);
        assertEquals(0x0102_0304_0506_0708L, io.mptcplb.frame.Mem.u64(options.fastOpenCookie));
    }

    // Conformance case 71: a broken list ends parsing; what stood before it holds.

    @ParameterizedTest
    @ValueSource(strings = {"020405b4 0300", "020405b4 0301", "020405b4 03", "020405b4 080a0000"})
    void brokenList_keepsWhatCameBefore(String hex) {
        parse(hex);
        assertEquals(1460, options.mss);
        assertEquals(-1, options.windowShift);
        assertFalse(options.hasTimestamp);
        assertEquals(1, options.malformed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e00 0101", "1e01 0101", "1e28 0101", "1e"})
    void brokenListAtMptcp_hasNoMptcp(String hex) {
        parse(hex);
        assertNothing();
        assertEquals(1, options.malformed);
    }

    @Test
    void endOfListBeforeMptcp_hidesIt() {
        parse("020405b4 00 1e040101");
        assertEquals(1460, options.mss);
        assertEquals(0, options.mptcp.present);
        assertEquals(0, options.malformed);
    }

    @Test
    void fortyEqualBytes_ofEveryValue_areSurvived() {
        byte[] bytes = new byte[40];
        for (int value = 0; value < 256; value++) {
            java.util.Arrays.fill(bytes, (byte) value);
            options.parse(memory.place(bytes, 40, 0), 40);
            // Kind and length are both the value: from 2 to 40 it is a list of such options.
            boolean broken = value > 40 || 40 % Math.max(value, 1) != 0;
            assertTrue(!broken || options.malformed > 0, "value " + value);
        }
    }

    @Test
    void fortyRandomBytes_everyPrefix_isSurvived() {
        long seed = 40;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[40];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            bytes[random.nextInt(40)] = 30;
            int count = random.nextInt(41);
            options.parse(memory.place(bytes, count, 0), count);
            assertTrue(options.malformed + options.mptcp.malformed <= 20, "seed " + seed);
        }
    }

    @Test
    void everyPrefixOfEveryGolden_neverReadsPastItsEnd() {
        for (GoldenOptions.Golden golden : GoldenOptions.all()) {
            byte[] bytes = TestMemory.bytes(golden.hex());
            for (int count = 0; count <= bytes.length; count++) {
                options.parse(memory.place(bytes, count, 0), count);
            }
            assertEquals(0, options.malformed + options.mptcp.malformed, golden.name());
        }
    }
}
