package io.mptcplb.wire;

import static io.mptcplb.wire.OptionWriter.DSS_CHECKSUM;
import static io.mptcplb.wire.OptionWriter.DSS_DATA_ACK;
import static io.mptcplb.wire.OptionWriter.DSS_DATA_ACK_8;
import static io.mptcplb.wire.OptionWriter.DSS_DATA_FIN;
import static io.mptcplb.wire.OptionWriter.DSS_DSN_8;
import static io.mptcplb.wire.OptionWriter.DSS_MAPPING;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Option spaces as they stood on a network, and how our writer makes the same bytes.
 *
 * <p>Those named "linux" were captured between two hosts running Linux 6.18, so that they do not
 * come from the same reading of the RFC as the code. The others are put together by hand from the
 * figures of the RFCs, for what Linux never sends.
 */
final class GoldenOptions {
    static final int V1 = 1;
    static final int H = MptcpOptions.FLAG_HMAC_SHA256;
    static final int A = MptcpOptions.FLAG_CHECKSUM;

    /** One option space; {@code write} fills the same bytes from an address on. */
    record Golden(String name, String hex, LongUnaryOperator write) {
        int bytes() {
            return hex.replace(" ", "").length() / 2;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Golden> all = new ArrayList<>();

    private GoldenOptions() {}

    static List<Golden> all() {
        GoldenOptions goldens = new GoldenOptions();
        goldens.plainTcp();
        goldens.capable();
        goldens.join();
        goldens.dss();
        goldens.addresses();
        goldens.closing();
        return goldens.all;
    }

    static Golden named(String name) {
        return all().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    }

    private void add(String name, String hex, LongUnaryOperator write) {
        all.add(new Golden(name, hex, write));
    }

    private static long synOptions(long at, int tsVal, int tsEcr) {
        long next = OptionWriter.mss(at, 1460);
        next = OptionWriter.sackPermittedAndTimestamps(next, tsVal, tsEcr);
        return OptionWriter.windowScale(next, 10);
    }

    private void plainTcp() {
        add("rfc sack-permitted", "01010402", OptionWriter::sackPermitted);
        add(
                "rfc timestamps",
                "0101080a 01234567 89abcdef",
                at -> OptionWriter.timestamps(at, 0x0123_4567, 0x89ab_cdef));
        add(
                "rfc sack of one block",
                "0101050a 00000001 00000101",
                at -> OptionWriter.sackBlock(OptionWriter.sackHeader(at, 1), 1, 257));
        add(
                "rfc sack of four blocks",
                "01010522 fffffff0 00000010 00000020 00000030 00000040 00000050 00000060 00000070",
                at -> {
                    long next = OptionWriter.sackHeader(at, 4);
                    next = OptionWriter.sackBlock(next, -16, 0x10);
                    next = OptionWriter.sackBlock(next, 0x20, 0x30);
                    next = OptionWriter.sackBlock(next, 0x40, 0x50);
                    return OptionWriter.sackBlock(next, 0x60, 0x70);
                });
    }

    private void capable() {
        add(
                "linux capable syn",
                "020405b40402080ad099ba96000000000103030a 1e040101",
                at -> OptionWriter.mpCapableSyn(synOptions(at, 0xd099_ba96, 0), V1, H));
        add(
                "linux capable syn, checksum",
                "020405b40402080a0eaa27be000000000103030a 1e040181",
                at -> OptionWriter.mpCapableSyn(synOptions(at, 0x0eaa_27be, 0), V1, A | H));
        add(
                "linux capable syn/ack",
                "020405b40402080abdcc202bd099ba960103030a 1e0c0101220a344a9bd4f5dd",
                at ->
                        OptionWriter.mpCapableSynAck(
                                synOptions(at, 0xbdcc_202b, 0xd099_ba96),
                                V1,
                                H,
                                0x220a_344a_9bd4_f5ddL));
        add(
                "linux capable ack",
                "0101080ad099ba96bdcc202b 1e140101215b966bbb797cdb220a344a9bd4f5dd",
                at ->
                        OptionWriter.mpCapableAck(
                                OptionWriter.timestamps(at, 0xd099_ba96, 0xbdcc_202b),
                                V1,
                                H,
                                0x215b_966b_bb79_7cdbL,
                                0x220a_344a_9bd4_f5ddL));
        add(
                "linux capable data",
                "0101080ad099ba96bdcc202b 1e160101215b966bbb797cdb220a344a9bd4f5dd02bc0101",
                at ->
                        OptionWriter.mpCapableData(
                                OptionWriter.timestamps(at, 0xd099_ba96, 0xbdcc_202b),
                                V1,
                                H,
                                0x215b_966b_bb79_7cdbL,
                                0x220a_344a_9bd4_f5ddL,
                                700));
        add(
                "linux capable data, checksum",
                "0101080aea0bae37de2c6a14 1e180181c875d3ed730e0307a981672a40dd02ff02bca6a3",
                at ->
                        OptionWriter.mpCapableDataChecksum(
                                OptionWriter.timestamps(at, 0xea0b_ae37, 0xde2c_6a14),
                                V1,
                                A | H,
                                0xc875_d3ed_730e_0307L,
                                0xa981_672a_40dd_02ffL,
                                700 << 16 | 0xa6a3));
        add(
                "rfc 6824 capable syn",
                "1e0c0001 0123456789abcdef",
                at -> OptionWriter.mpCapableSynAck(at, 0, H, 0x0123_4567_89ab_cdefL));
    }

    private void join() {
        add(
                "linux join syn, backup",
                "020405b40402080ab73e049e000000000103030a 1e0c11016cf5fb7cf4eac687",
                at ->
                        OptionWriter.mpJoinSyn(
                                synOptions(at, 0xb73e_049e, 0), true, 1, 0x6cf5_fb7c, 0xf4ea_c687));
        add(
                "linux join syn/ack",
                "020405b40402080a8e07b71eb03226e60103030a 1e101001bcf3908e1adc053a88c8c0ea",
                at ->
                        OptionWriter.mpJoinSynAck(
                                synOptions(at, 0x8e07_b71e, 0xb032_26e6),
                                false,
                                1,
                                0xbcf3_908e_1adc_053aL,
                                0x88c8_c0ea));
        add(
                "linux join ack",
                "0101080ab03226e68e07b71e 1e18100078a0e176ed3b0ee0c9647df3e33c6929de1bf3ea",
                at ->
                        OptionWriter.mpJoinAck(
                                OptionWriter.timestamps(at, 0xb032_26e6, 0x8e07_b71e),
                                0x78a0_e176_ed3b_0ee0L,
                                0xc964_7df3_e33c_6929L,
                                0xde1b_f3ea));
    }

    private void dss() {
        add(
                "linux dss ack4",
                "1e082001ad1545f5",
                at -> OptionWriter.dss(at, DSS_DATA_ACK, 0xad15_45f5L, 0, 0, 0, 0));
        int ack8 = DSS_DATA_ACK | DSS_DATA_ACK_8;
        add(
                "linux dss ack8",
                "1e0c2003511b81c9a7c54600",
                at -> OptionWriter.dss(at, ack8, 0x511b_81c9_a7c5_4600L, 0, 0, 0, 0));
        int map8 = DSS_MAPPING | DSS_DSN_8;
        add(
                "linux dss ack4 dsn8",
                "1e16200d11b74067ae88ae6be7e51da20000000102bc0101",
                at ->
                        OptionWriter.dss(
                                at,
                                DSS_DATA_ACK | map8,
                                0x11b7_4067L,
                                0xae88_ae6b_e7e5_1da2L,
                                1,
                                700,
                                0));
        add(
                "linux dss ack4 dsn8, checksum",
                "0101080a0eaa27bec862af18 1e18200d02d6c0141a02895cad1545f50000000102bcb224",
                at ->
                        OptionWriter.dss(
                                OptionWriter.timestamps(at, 0x0eaa_27be, 0xc862_af18),
                                DSS_DATA_ACK | map8 | DSS_CHECKSUM,
                                0x02d6_c014L,
                                0x1a02_895c_ad15_45f5L,
                                1,
                                700,
                                0xb224));
        add(
                "linux dss ack8 dsn8, checksum",
                "0101080ac862af180eaa27be 1e1c200f1a02895cad1548b1152c894702d6c0140000000102bce72f",
                at ->
                        OptionWriter.dss(
                                OptionWriter.timestamps(at, 0xc862_af18, 0x0eaa_27be),
                                ack8 | map8 | DSS_CHECKSUM,
                                0x1a02_895c_ad15_48b1L,
                                0x152c_8947_02d6_c014L,
                                1,
                                700,
                                0xe72f));
        add(
                "linux dss data_fin",
                "1e1a201f4192e4321e266651511b81c9a7c55e9c0000000000010101",
                at ->
                        OptionWriter.dss(
                                at,
                                ack8 | map8 | DSS_DATA_FIN,
                                0x4192_e432_1e26_6651L,
                                0x511b_81c9_a7c5_5e9cL,
                                0,
                                1,
                                0));
        add(
                "rfc dss dsn4",
                "1e0e2004 fedcba98 00000400 05780101",
                at -> OptionWriter.dss(at, DSS_MAPPING, 0, 0xfedc_ba98L, 1024, 1400, 0));
        add(
                "rfc dss infinite mapping",
                "1e12200c 0123456789abcdef 00000400 00000101",
                at -> OptionWriter.dss(at, map8, 0, 0x0123_4567_89ab_cdefL, 1024, 0, 0));
    }

    private void addresses() {
        long v4 = IpAddresses.v4(0xc000_0222);
        long hi = 0x2001_0db8_0002_0000L;
        add(
                "linux add_addr v4",
                "1e103001c0000222f8cf8562eac4ccdf",
                at -> OptionWriter.addAddr(at, 1, 0, v4, 0, 0xf8cf_8562_eac4_ccdfL));
        add(
                "linux add_addr v4 echo",
                "1e083101c0000222",
                at -> OptionWriter.addAddrEcho(at, 1, 0, v4, 0));
        add(
                "linux add_addr v4 port",
                "1e123001c00002221f410d5251d8080d94500101",
                at -> OptionWriter.addAddr(at, 1, 0, v4, 8001, 0x0d52_51d8_080d_9450L));
        add(
                "linux add_addr v4 port echo",
                "1e0a3101c00002221f410101",
                at -> OptionWriter.addAddrEcho(at, 1, 0, v4, 8001));
        add(
                "linux add_addr v6",
                "1e1c300120010db80002000000000000000000021b761471b73bf05a",
                at -> OptionWriter.addAddr(at, 1, hi, 2, 0, 0x1b76_1471_b73b_f05aL));
        add(
                "linux add_addr v6 echo",
                "1e14310120010db8000200000000000000000002",
                at -> OptionWriter.addAddrEcho(at, 1, hi, 2, 0));
        add(
                "rfc add_addr v6 port",
                "1e1e3001 20010db80002000000000000 00000002 1f41 0123456789abcdef 0101",
                at -> OptionWriter.addAddr(at, 1, hi, 2, 8001, 0x0123_4567_89ab_cdefL));
        add(
                "rfc add_addr v6 port echo",
                "1e163101 20010db80002000000000000 00000002 1f41 0101",
                at -> OptionWriter.addAddrEcho(at, 1, hi, 2, 8001));
        add("linux remove_addr", "1e044001", at -> OptionWriter.removeAddr(at, 1));
        add(
                "rfc remove_addr of three",
                "1e064001 02ff0101",
                at -> OptionWriter.removeAddr(at, new int[] {1, 2, 255}, 3));
        add("linux prio to regular", "1e035001", at -> OptionWriter.mpPrio(at, false));
    }

    private void closing() {
        add(
                "linux fastclose and reset",
                "0101080a0eaa2ca4c862b336 1e0c7000b55296b4d71d277b 1e048000",
                at -> {
                    long next = OptionWriter.timestamps(at, 0x0eaa_2ca4, 0xc862_b336);
                    next = OptionWriter.mpFastclose(next, 0xb552_96b4_d71d_277bL);
                    return OptionWriter.mpTcpRst(next, false, ResetReason.UNSPECIFIED);
                });
        add(
                "rfc reset, transient",
                "1e048105",
                at -> OptionWriter.mpTcpRst(at, true, ResetReason.UNACCEPTABLE_PERFORMANCE));
        add(
                "rfc fail",
                "1e0c6000 0123456789abcdef",
                at -> OptionWriter.mpFail(at, 0x0123_4567_89ab_cdefL));
    }
}
