package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The fields that each form of each option yields, from golden bytes. */
class MptcpOptionsTest {
    private static final int DSS_ALONE = MptcpOptions.DSS;

    private final TestMemory memory = new TestMemory();
    private final TcpOptions options = new TcpOptions();
    private final MptcpOptions mptcp = options.mptcp;

    @AfterEach
    void close() {
        memory.close();
    }

    private void parse(String hex) {
        options.parse(memory.place(hex), TestMemory.bytes(hex).length);
    }

    private void parseGolden(String name) {
        parse(GoldenOptions.named(name).hex());
        assertEquals(0, options.malformed);
        assertEquals(0, mptcp.malformed);
        assertEquals(0, mptcp.unknown);
    }

    private void assertPresent(int mask) {
        assertEquals(mask, mptcp.present);
        assertTrue(mptcp.has(mask));
        assertEquals(mask != 0, mptcp.hasAny(mask));
    }

    @Test
    void capableSyn_hasVersionAndFlagsOnly() {
        parseGolden("linux capable syn");
        assertPresent(MptcpOptions.MP_CAPABLE);
        assertEquals(MptcpOptions.CAPABLE_SYN_BYTES, mptcp.capableBytes);
        assertEquals(1, mptcp.capableVersion);
        assertEquals(MptcpOptions.FLAG_HMAC_SHA256, mptcp.capableFlags);
        assertEquals(1460, options.mss);
        assertEquals(10, options.windowShift);
        assertTrue(options.sackPermitted);
        assertTrue(options.hasTimestamp);
        assertEquals(0xd099_ba96, options.tsVal);
        assertEquals(0, options.tsEcr);
    }

    @Test
    void capableSynWithChecksum_hasFlagA() {
        parseGolden("linux capable syn, checksum");
        int flags = MptcpOptions.FLAG_CHECKSUM | MptcpOptions.FLAG_HMAC_SHA256;
        assertEquals(flags, mptcp.capableFlags);
    }

    @Test
    void capableSynAck_hasSendersKey() {
        parseGolden("linux capable syn/ack");
        assertPresent(MptcpOptions.MP_CAPABLE);
        assertEquals(MptcpOptions.CAPABLE_SYN_ACK_BYTES, mptcp.capableBytes);
        assertEquals(0x220a_344a_9bd4_f5ddL, mptcp.sendersKey);
        assertEquals(0xd099_ba96, options.tsEcr);
    }

    @Test
    void capableSynOfVersion0_carriesTheKey() {
        parseGolden("rfc 6824 capable syn");
        assertPresent(MptcpOptions.MP_CAPABLE);
        assertEquals(12, mptcp.capableBytes);
        assertEquals(0, mptcp.capableVersion);
        assertEquals(0x0123_4567_89ab_cdefL, mptcp.sendersKey);
    }

    @Test
    void capableAck_hasBothKeys() {
        parseGolden("linux capable ack");
        assertPresent(MptcpOptions.MP_CAPABLE);
        assertEquals(MptcpOptions.CAPABLE_ACK_BYTES, mptcp.capableBytes);
        assertEquals(0x215b_966b_bb79_7cdbL, mptcp.sendersKey);
        assertEquals(0x220a_344a_9bd4_f5ddL, mptcp.receiversKey);
        assertEquals(0, mptcp.capableDataBytes);
        assertEquals(0, mptcp.capableChecksum);
    }

    @Test
    void capableData_hasLength() {
        parseGolden("linux capable data");
        assertEquals(MptcpOptions.CAPABLE_DATA_BYTES, mptcp.capableBytes);
        assertEquals(0x220a_344a_9bd4_f5ddL, mptcp.receiversKey);
        assertEquals(700, mptcp.capableDataBytes);
        assertEquals(0, mptcp.capableChecksum);
    }

    @Test
    void capableDataWithChecksum_hasBoth() {
        parseGolden("linux capable data, checksum");
        assertEquals(MptcpOptions.CAPABLE_DATA_CHECKSUM_BYTES, mptcp.capableBytes);
        assertEquals(700, mptcp.capableDataBytes);
        assertEquals(0xa6a3, mptcp.capableChecksum);
    }

    @Test
    void joinSyn_hasTokenNonceAndBackup() {
        parseGolden("linux join syn, backup");
        assertPresent(MptcpOptions.MP_JOIN);
        assertEquals(MptcpOptions.JOIN_SYN_BYTES, mptcp.joinBytes);
        assertTrue(mptcp.joinBackup);
        assertEquals(1, mptcp.joinAddressId);
        assertEquals(0x6cf5_fb7c, mptcp.joinToken);
        assertEquals(0xf4ea_c687, mptcp.joinNonce);
    }

    @Test
    void joinSynAck_hasTruncatedHmacAndNonce() {
        parseGolden("linux join syn/ack");
        assertPresent(MptcpOptions.MP_JOIN);
        assertEquals(MptcpOptions.JOIN_SYN_ACK_BYTES, mptcp.joinBytes);
        assertFalse(mptcp.joinBackup);
        assertEquals(1, mptcp.joinAddressId);
        assertEquals(0xbcf3_908e_1adc_053aL, mptcp.joinHmacHigh);
        assertEquals(0x88c8_c0ea, mptcp.joinNonce);
    }

    @Test
    void joinAck_has160BitsOfHmac() {
        parseGolden("linux join ack");
        assertPresent(MptcpOptions.MP_JOIN);
        assertEquals(MptcpOptions.JOIN_ACK_BYTES, mptcp.joinBytes);
        assertEquals(0x78a0_e176_ed3b_0ee0L, mptcp.joinHmacHigh);
        assertEquals(0xc964_7df3_e33c_6929L, mptcp.joinHmacMiddle);
        assertEquals(0xde1b_f3ea, mptcp.joinHmacLow);
    }

    @Test
    void dssAck4_isZeroExtended() {
        parseGolden("linux dss ack4");
        assertPresent(DSS_ALONE);
        assertTrue(mptcp.hasDataAck);
        assertFalse(mptcp.dataAck8);
        assertEquals(0xad15_45f5L, mptcp.dataAck);
        assertFalse(mptcp.hasMapping);
        assertFalse(mptcp.hasChecksum);
        assertFalse(mptcp.dataFin);
        assertFalse(mptcp.isInfiniteMapping());
    }

    @Test
    void dssAck8_isWhole() {
        parseGolden("linux dss ack8");
        assertTrue(mptcp.hasDataAck);
        assertTrue(mptcp.dataAck8);
        assertEquals(0x511b_81c9_a7c5_4600L, mptcp.dataAck);
        assertFalse(mptcp.hasMapping);
    }

    @Test
    void dssAck4Dsn8_hasBoth() {
        parseGolden("linux dss ack4 dsn8");
        assertTrue(mptcp.hasDataAck);
        assertFalse(mptcp.dataAck8);
        assertEquals(0x11b7_4067L, mptcp.dataAck);
        assertTrue(mptcp.hasMapping);
        assertTrue(mptcp.dsn8);
        assertEquals(0xae88_ae6b_e7e5_1da2L, mptcp.dsn);
        assertEquals(1, mptcp.ssn);
        assertEquals(700, mptcp.mappingBytes);
        assertFalse(mptcp.hasChecksum);
        assertFalse(mptcp.dataFin);
    }

    @Test
    void dssWithChecksum_isToldByItsLength() {
        parseGolden("linux dss ack8 dsn8, checksum");
        assertTrue(mptcp.dataAck8);
        assertEquals(0x1a02_895c_ad15_48b1L, mptcp.dataAck);
        assertTrue(mptcp.dsn8);
        assertEquals(0x152c_8947_02d6_c014L, mptcp.dsn);
        assertEquals(1, mptcp.ssn);
        assertEquals(700, mptcp.mappingBytes);
        assertTrue(mptcp.hasChecksum);
        assertEquals(0xe72f, mptcp.checksum);
    }

    @Test
    void dataFinAlone_isAMappingOfOne() {
        parseGolden("linux dss data_fin");
        assertTrue(mptcp.dataFin);
        assertTrue(mptcp.hasMapping);
        assertEquals(0x511b_81c9_a7c5_5e9cL, mptcp.dsn);
        assertEquals(0, mptcp.ssn);
        assertEquals(1, mptcp.mappingBytes);
    }

    @Test
    void dataFinFlagWithoutMapping_isIgnored() {
        parse("1e082011 00000001");
        assertPresent(DSS_ALONE);
        assertFalse(mptcp.dataFin);
    }

    @Test
    void octetFlagsWithoutTheirField_areIgnored() {
        parse("1e082009 00000001");
        assertPresent(DSS_ALONE);
        assertFalse(mptcp.dsn8);
        parse("1e04200a");
        assertPresent(DSS_ALONE);
        assertFalse(mptcp.dataAck8);
        assertFalse(mptcp.hasDataAck);
    }

    @Test
    void mappingOfLengthZero_isInfinite() {
        parseGolden("rfc dss infinite mapping");
        assertTrue(mptcp.isInfiniteMapping());
        assertEquals(1024, mptcp.ssn);
    }

    @Test
    void dssDsn4_isZeroExtended() {
        parseGolden("rfc dss dsn4");
        assertFalse(mptcp.dsn8);
        assertEquals(0xfedc_ba98L, mptcp.dsn);
        assertEquals(1400, mptcp.mappingBytes);
    }

    @Test
    void addAddr4_isMapped() {
        parseGolden("linux add_addr v4");
        assertPresent(MptcpOptions.ADD_ADDR);
        assertFalse(mptcp.addEcho);
        assertFalse(mptcp.addIpv6);
        assertEquals(1, mptcp.addAddressId);
        assertEquals(0, mptcp.addAddressHi);
        assertEquals(IpAddress.parse("192.0.2.34").lo(), mptcp.addAddressLo);
        assertEquals(0, mptcp.addPort);
        assertEquals(0xf8cf_8562_eac4_ccdfL, mptcp.addHmac);
    }

    @Test
    void addAddr4Port_hasBoth() {
        parseGolden("linux add_addr v4 port");
        assertEquals(8001, mptcp.addPort);
        assertEquals(0x0d52_51d8_080d_9450L, mptcp.addHmac);
    }

    @Test
    void addAddrEcho_hasNoHmac() {
        parseGolden("linux add_addr v4 echo");
        assertTrue(mptcp.addEcho);
        assertEquals(0, mptcp.addHmac);
        assertEquals(0, mptcp.addPort);
        parseGolden("linux add_addr v4 port echo");
        assertTrue(mptcp.addEcho);
        assertEquals(8001, mptcp.addPort);
        assertEquals(0, mptcp.addHmac);
    }

    @Test
    void addAddr6_isWhole() {
        IpAddress address = IpAddress.parse("2001:db8:2::2");
        parseGolden("linux add_addr v6");
        assertTrue(mptcp.addIpv6);
        assertEquals(address, new IpAddress(mptcp.addAddressHi, mptcp.addAddressLo));
        assertEquals(0x1b76_1471_b73b_f05aL, mptcp.addHmac);
        parseGolden("linux add_addr v6 echo");
        assertTrue(mptcp.addEcho);
        assertEquals(address, new IpAddress(mptcp.addAddressHi, mptcp.addAddressLo));
        parseGolden("rfc add_addr v6 port");
        assertEquals(8001, mptcp.addPort);
        assertEquals(0x0123_4567_89ab_cdefL, mptcp.addHmac);
        parseGolden("rfc add_addr v6 port echo");
        assertEquals(8001, mptcp.addPort);
        assertEquals(0, mptcp.addHmac);
    }

    @Test
    void addAddrOfVersion0_isMalformed() {
        parse("1e083401 c0000222"); // RFC 6824 s3.4.1: a version nibble, no HMAC
        assertPresent(0);
        assertEquals(1, mptcp.malformed);
    }

    @Test
    void removeAddr_listsItsIds() {
        parseGolden("linux remove_addr");
        assertPresent(MptcpOptions.REMOVE_ADDR);
        assertEquals(1, mptcp.removeCount);
        assertEquals(1, mptcp.removeIds[0]);
        parseGolden("rfc remove_addr of three");
        assertEquals(3, mptcp.removeCount);
        assertEquals(2, mptcp.removeIds[1]);
        assertEquals(255, mptcp.removeIds[2]);
    }

    @Test
    void prio_hasBackupFlag() {
        parseGolden("linux prio to regular");
        assertPresent(MptcpOptions.MP_PRIO);
        assertFalse(mptcp.prioBackup);
        parse("1e035101");
        assertPresent(MptcpOptions.MP_PRIO);
        assertTrue(mptcp.prioBackup);
    }

    @Test
    void prioOfVersion0_isMalformed() {
        parse("1e045101");
        assertPresent(0);
        assertEquals(1, mptcp.malformed);
    }

    @Test
    void fastcloseAndReset_comeTogether() {
        parseGolden("linux fastclose and reset");
        assertPresent(MptcpOptions.MP_FASTCLOSE | MptcpOptions.MP_TCPRST);
        assertEquals(0xb552_96b4_d71d_277bL, mptcp.fastcloseKey);
        assertEquals(0, mptcp.resetFlags);
        assertEquals(0, mptcp.resetReason);
    }

    @Test
    void reset_hasFlagAndReason() {
        parseGolden("rfc reset, transient");
        assertPresent(MptcpOptions.MP_TCPRST);
        assertEquals(MptcpOptions.RESET_TRANSIENT, mptcp.resetFlags);
        assertEquals(ResetReason.UNACCEPTABLE_PERFORMANCE, ResetReason.ofCode(mptcp.resetReason));
        assertEquals(ResetReason.UNSPECIFIED, ResetReason.ofCode(7));
        assertEquals(ResetReason.UNSPECIFIED, ResetReason.ofCode(255));
    }

    @Test
    void fail_hasDsn() {
        parseGolden("rfc fail");
        assertPresent(MptcpOptions.MP_FAIL);
        assertEquals(0x0123_4567_89ab_cdefL, mptcp.failDsn);
    }

    @Test
    void dssAndPrioInOneSegment_areBothThere() {
        parse("0101080aede7665eedd7db06 1e0c20034192e4321e2658a5 1e03500101");
        assertPresent(MptcpOptions.DSS | MptcpOptions.MP_PRIO);
        assertEquals(0x4192_e432_1e26_58a5L, mptcp.dataAck);
    }

    @Test
    void capableBesideAnotherOption_showsBoth() {
        parse("1e040101 1e0c1001e40b421ce12a7bac");
        assertPresent(MptcpOptions.MP_CAPABLE | MptcpOptions.MP_JOIN);
        assertTrue(mptcp.hasAny(~MptcpOptions.MP_CAPABLE));
        assertTrue(mptcp.hasAny(MptcpOptions.MP_JOIN | MptcpOptions.DSS));
        assertFalse(mptcp.has(MptcpOptions.MP_JOIN | MptcpOptions.DSS));
        assertFalse(mptcp.has(MptcpOptions.DSS));
        assertFalse(mptcp.hasAny(MptcpOptions.DSS));
    }

    @Test
    void secondDss_isIgnoredAndCounted() {
        parse("1e082001 00000007 1e082001 00000008");
        assertPresent(DSS_ALONE);
        assertEquals(7, mptcp.dataAck);
        assertEquals(1, mptcp.malformed);
    }

    @Test
    void malformedThenGoodDss_theGoodOneCounts() {
        parse("1e072001 000000 01 1e082001 00000008");
        assertPresent(DSS_ALONE);
        assertEquals(8, mptcp.dataAck);
        assertEquals(1, mptcp.malformed);
    }

    @Test
    void unassignedSubtypes_areCountedApart() {
        parse("1e049000 1e04f000 1e03a0 01");
        assertPresent(0);
        assertEquals(0, mptcp.malformed);
        assertEquals(3, mptcp.unknown);
    }

    @Test
    void nextSegment_seesNothingOfTheLast() {
        parseGolden("linux dss ack8 dsn8, checksum");
        parse("");
        assertPresent(0);
        assertFalse(mptcp.hasDataAck);
        assertFalse(mptcp.hasMapping);
        assertFalse(mptcp.hasChecksum);
        assertFalse(mptcp.isInfiniteMapping());
        assertFalse(options.hasTimestamp);
    }

    /**
     * Every subtype with every length and every value of the byte that decides its form: present
     * exactly when this table, which knows nothing of the parser, says so.
     */
    @Test
    void everyLengthOfEverySubtype_isPresentOnlyWhenLegal() {
        byte[] bytes = new byte[40];
        int legal = 0;
        for (int subtype = 0; subtype <= 8; subtype++) {
            for (int length = 3; length <= 40; length++) {
                for (int flags = 0; flags < 32; flags++) {
                    bytes[0] = 30;
                    bytes[1] = (byte) length;
                    bytes[2] = (byte) (subtype << 4 | (flags & 1));
                    bytes[3] = (byte) flags;
                    options.parse(memory.place(bytes, length, 0), length);
                    boolean expected = isLegal(subtype, length, flags);
                    String text = "subtype " + subtype + " length " + length + " flags " + flags;
                    assertEquals(expected ? 1 << subtype : 0, mptcp.present, text);
                    assertEquals(expected ? 0 : 1, mptcp.malformed, text);
                    legal += expected ? 1 : 0;
                }
            }
        }
        assertTrue(legal > 500);
    }

    private static boolean isLegal(int subtype, int length, int flags) {
        boolean echo = (flags & 1) != 0;
        return switch (subtype) {
            case 0 -> length == 4 || length == 12 || length == 20 || length == 22 || length == 24;
            case 1 -> length == 12 || length == 16 || length == 24;
            case 2 -> isLegalDss(length, flags);
            case 3 ->
                    echo
                            ? length == 8 || length == 10 || length == 20 || length == 22
                            : length == 16 || length == 18 || length == 28 || length == 30;
            case 4 -> length >= 4;
            case 5 -> length == 3;
            case 6, 7 -> length == 12;
            default -> length == 4;
        };
    }

    /** Lengths by flags, A and a down, M and m across; a mapping may have 2 bytes of checksum. */
    private static boolean isLegalDss(int length, int flags) {
        int[][] bytes = {
            {4, 14, 4, 18}, // no ack
            {8, 18, 8, 22}, // A
            {4, 14, 4, 18}, // a alone means nothing
            {12, 22, 12, 26}, // A and a
        };
        boolean mapped = (flags & 4) != 0;
        int expected = bytes[flags & 3][flags >>> 2 & 3];
        return length == expected || (mapped && length == expected + 2);
    }
}
