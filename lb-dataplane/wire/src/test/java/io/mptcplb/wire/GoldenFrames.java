package io.mptcplb.wire;

import java.util.List;

/**
 * Whole Ethernet frames as Linux 6.18 put them on a veth, hardware offloads off, so that every
 * checksum is real. TCP frames were captured without their Ethernet header; it stands in front.
 */
final class GoldenFrames {
    /** One frame and what its last view must say. */
    record Frame(String name, String hex) {
        byte[] bytes() {
            return TestMemory.bytes(hex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String V4 = "2249d697d71d3e0bf06056d80800";
    private static final String V6 = "2249d697d71d3e0bf06056d886dd";

    static final Frame ARP_REQUEST =
            new Frame(
                    "arp request",
                    "ffffffffffff3e0bf06056d80806"
                            + "00010800060400013e0bf06056d8c0000211000000000000c0000212");
    static final Frame ARP_REPLY =
            new Frame(
                    "arp reply",
                    "3e0bf06056d82249d697d71d0806"
                            + "00010800060400022249d697d71dc00002123e0bf06056d8c0000211");
    static final Frame V4_ECHO_REQUEST =
            new Frame(
                    "icmp echo request",
                    V4
                            + "45000024979b400040011f1ac0000211c0000212"
                            + "0800542f123400076162636465666768");
    static final Frame V4_ECHO_REPLY =
            new Frame(
                    "icmp echo reply",
                    "3e0bf06056d82249d697d71d0800"
                            + "45000024cecf0000400127e6c0000212c0000211"
                            + "00005c2f123400076162636465666768");
    static final Frame V4_UNREACHABLE =
            new Frame(
                    "icmp unreachable quoting tcp",
                    "3e0bf06056d82249d697d71d0800"
                            + "45c00058ce7f000040012742c0000212c0000211"
                            + "0303814f00000000"
                            + "4500003c20de4000400695bac0000211c0000212"
                            + "89501e61fa4b8a7300000000a002faf0b76d0000"
                            + "020405b40402080a78106cf9000000000103030a");
    static final Frame V6_SOLICITATION =
            new Frame(
                    "neighbour solicitation",
                    "3333ff0000023e0bf06056d886dd"
                            + "6000000000203aff20010db8000100000000000000000001"
                            + "ff0200000000000000000001ff000002"
                            + "870098e10000000020010db8000100000000000000000002"
                            + "01013e0bf06056d8");
    static final Frame V6_ADVERTISEMENT =
            new Frame(
                    "neighbour advertisement",
                    "3e0bf06056d82249d697d71d86dd"
                            + "6000000000203aff20010db8000100000000000000000002"
                            + "20010db8000100000000000000000001"
                            + "8800bc716000000020010db8000100000000000000000002"
                            + "02012249d697d71d");
    static final Frame V6_UNREACHABLE =
            new Frame(
                    "icmpv6 unreachable quoting tcp",
                    "3e0bf06056d82249d697d71d86dd"
                            + "600c9d7500583a4020010db8000100000000000000000002"
                            + "20010db8000100000000000000000001"
                            + "0101fdbf00000000"
                            + "60093ef20028064020010db8000100000000000000000001"
                            + "20010db8000100000000000000000002"
                            + "829e1e615c5cdbe800000000a002fd20e69a0000"
                            + "020405a00402080a958e9a0b000000000103030a");
    static final Frame V6_ECHO_REQUEST =
            new Frame(
                    "icmpv6 echo request",
                    V6
                            + "6003d0b100103a4020010db8000100000000000000000001"
                            + "20010db8000100000000000000000002"
                            + "8000806d123400076162636465666768");
    static final Frame V6_ECHO_REPLY =
            new Frame(
                    "icmpv6 echo reply",
                    "3e0bf06056d82249d697d71d86dd"
                            + "60013fc600103a4020010db8000100000000000000000002"
                            + "20010db8000100000000000000000001"
                            + "81007f6d123400076162636465666768");
    static final Frame V4_SYN =
            new Frame(
                    "tcp syn with mp_capable",
                    V4
                            + "4500004010a540004006a5efc0000211c0000212"
                            + "af2a1f40eca0e19e00000000b002faf072040000"
                            + "020405b40402080ad099ba96000000000103030a1e040101");
    static final Frame V4_ADD_ADDR =
            new Frame(
                    "tcp ack with add_addr",
                    V4
                            + "450000441928400040069d68c0000212c0000211"
                            + "1f40af2a07827658eca0e45bc010003ae5d90000"
                            + "0101080abdcc202bd099ba961e103001c0000222f8cf8562eac4ccdf");
    static final Frame V4_JOIN_SYN_ACK =
            new Frame(
                    "tcp syn/ack with mp_join",
                    V4
                            + "4500004c000040004006b678c0000212c0000221"
                            + "1f40b2812d2ffef0a140feabe012fe888af40000"
                            + "020405b40402080aedd7db06ede7665e0103030a"
                            + "1e101000d00871ffd1e124134fed893d");
    static final Frame V4_FASTCLOSE =
            new Frame(
                    "tcp rst with mp_fastclose",
                    V4
                            + "450000447c1a400040063a76c0000211c0000212"
                            + "ba901f40de478d247aa43ce9c014003a87e70000"
                            + "0101080a0eaa2ca4c862b3361e0c7000b55296b4d71d277b1e048000");
    static final Frame V6_SYN =
            new Frame(
                    "tcp6 syn with mp_capable",
                    V6
                            + "600b0a14002c064020010db8000100000000000000000001"
                            + "20010db8000100000000000000000002"
                            + "9d2c1f400feb607f00000000b002fd2088910000"
                            + "020405a00402080adac8303f000000000103030a1e040101");
    static final Frame V6_ADD_ADDR =
            new Frame(
                    "tcp6 ack with add_addr",
                    V6
                            + "6000f294003c064020010db8000100000000000000000002"
                            + "20010db8000100000000000000000001"
                            + "1f40e5ca3ef180c05ca3cb46f010003f9d310000"
                            + "0101080ad633aac95888f434"
                            + "1e1c300120010db80002000000000000000000021b761471b73bf05a");

    private GoldenFrames() {}

    static List<Frame> all() {
        return List.of(
                ARP_REQUEST,
                ARP_REPLY,
                V4_ECHO_REQUEST,
                V4_ECHO_REPLY,
                V4_UNREACHABLE,
                V6_SOLICITATION,
                V6_ADVERTISEMENT,
                V6_UNREACHABLE,
                V6_ECHO_REQUEST,
                V6_ECHO_REPLY,
                V4_SYN,
                V4_ADD_ADDR,
                V4_JOIN_SYN_ACK,
                V4_FASTCLOSE,
                V6_SYN,
                V6_ADD_ADDR);
    }
}
