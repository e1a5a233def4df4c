package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mem;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An oracle that has not read our code: tshark dissects what the writer made, and must see what the
 * parser sees, in every field of every form, and no wrong checksum.
 */
@Tag("interop")
class WiresharkOracleTest {
    private static final long SEED = Long.getLong("mptcplb.seed", 6824);
    private static final int SEGMENTS = 3000;
    private static final int HEADERS = 14 + 20 + 20;
    private static final String MPTCP = "tcp.options.mptcp.";

    private static final List<String> FIELDS =
            List.of(
                    "tcp.srcport",
                    "tcp.seq",
                    "tcp.checksum.status",
                    "ip.checksum.status",
                    "tcp.options.timestamp.tsval",
                    MPTCP + "subtype",
                    MPTCP + "version",
                    MPTCP + "sendkey",
                    MPTCP + "recvkey",
                    MPTCP + "addrid",
                    MPTCP + "backup.flag",
                    MPTCP + "recvtok",
                    MPTCP + "sendrand",
                    MPTCP + "sendtrunchmac",
                    MPTCP + "sendhmac",
                    MPTCP + "rawdataack",
                    MPTCP + "rawdataseqno",
                    MPTCP + "subflowseqno",
                    MPTCP + "datalvllen",
                    MPTCP + "checksum",
                    MPTCP + "datafin.flag",
                    MPTCP + "echo",
                    MPTCP + "ipv4",
                    MPTCP + "ipv6",
                    MPTCP + "port",
                    MPTCP + "addaddrtrunchmac",
                    MPTCP + "flag_T.flag",
                    MPTCP + "rst_reason");

    private final TestMemory memory = new TestMemory();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final FrameReader reader = new FrameReader();
    private final MptcpOptions mptcp = reader.options.mptcp;

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void writtenSegments_areDissectedByTsharkAsWeParseThem(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path capture = folder.resolve("options.pcap");
        List<Map<String, String>> expected = writeCapture(capture);
        List<String> rows = tshark(capture, folder.resolve("errors"));
        assertEquals(SEGMENTS, rows.size());
        for (int i = 0; i < SEGMENTS; i++) {
            String[] columns = rows.get(i).split("\t", -1);
            for (Map.Entry<String, String> field : expected.get(i).entrySet()) {
                String seen = normal(columns[FIELDS.indexOf(field.getKey())]);
                String text = field.getKey() + " of segment " + i + ", seed " + SEED;
                assertEquals(field.getValue(), seen, text);
            }
        }
    }

    private List<Map<String, String>> writeCapture(Path capture) throws IOException {
        List<Map<String, String>> expected = new ArrayList<>();
        try (var out = new DataOutputStream(Files.newOutputStream(capture))) {
            out.write(HexFormat.of().parseHex("a1b2c3d40002000400000000000000000000ffff00000001"));
            for (int i = 0; i < SEGMENTS; i++) {
                long at = memory.expose(HEADERS + TcpView.OPTION_BYTES_MAX, 0);
                int bytes = writeFrame(at, 1024 + i);
                assertEquals(DropReason.NONE, reader.read(at, bytes));
                expected.add(fields());
                out.writeInt(i);
                out.writeInt(0);
                out.writeInt(bytes);
                out.writeInt(bytes);
                byte[] frame = new byte[bytes];
                Mem.copyOut(at, frame, 0, bytes);
                out.write(frame);
            }
        }
        return expected;
    }

    /** Every frame is a flow of its own, so that no dissection depends on an earlier one. */
    private int writeFrame(long at, int srcPort) {
        long ip = EthernetView.write(at, 1, 2, EthernetView.TYPE_IPV4);
        long tcp = ip + Ipv4View.HEADER_BYTES;
        long next = tcp + TcpView.HEADER_BYTES;
        int kind = random.nextInt(14);
        int flags = kind == 0 ? TcpView.SYN : kind == 1 ? TcpView.SYN | TcpView.ACK : TcpView.ACK;
        flags = kind == 5 ? TcpView.SYN : kind == 6 ? TcpView.SYN | TcpView.ACK : flags;
        boolean timestamps = random.nextBoolean() && kind != 10;
        next = timestamps ? OptionWriter.timestamps(next, random.nextInt(), 0) : next;
        next = writeOption(kind, next);
        int tcpBytes = (int) (next - tcp);
        int offsetAndFlags = TcpView.offsetAndFlags(tcpBytes, flags);
        TcpView.write(tcp, srcPort, 80, random.nextInt(), 1, offsetAndFlags, 1000);
        Ipv4View.write(ip, 20 + tcpBytes, 0, 64, IpProtocol.TCP, 0xc000_0201, 0xc000_0202);
        long src = IpAddresses.v4(0xc000_0201);
        long dst = IpAddresses.v4(0xc000_0202);
        int pseudo = Checksum.pseudo(false, 0, src, 0, dst, IpProtocol.TCP, tcpBytes);
        int sum = Checksum.add(pseudo, Checksum.sum(tcp, tcpBytes));
        TcpView.setChecksum(tcp, Checksum.complement(sum));
        return (int) (next - at);
    }

    private long writeOption(int kind, long at) {
        long a = random.nextLong();
        long b = random.nextLong();
        int c = random.nextInt();
        int id = random.nextInt(256);
        int port = random.nextBoolean() ? 1 + random.nextInt(0xffff) : 0;
        boolean flag = random.nextBoolean();
        long v4 = IpAddresses.v4(c);
        return switch (kind) {
            case 0 -> OptionWriter.mpCapableSyn(at, 1, 1);
            case 1 -> OptionWriter.mpCapableSynAck(at, 1, 0x81, a);
            case 2 -> OptionWriter.mpCapableAck(at, 1, 1, a, b);
            case 3 -> OptionWriter.mpCapableData(at, 1, 1, a, b, 1 + id);
            case 4 -> OptionWriter.mpCapableDataChecksum(at, 1, 0x81, a, b, c);
            case 5 -> OptionWriter.mpJoinSyn(at, flag, id, (int) a, c);
            case 6 -> OptionWriter.mpJoinSynAck(at, flag, id, a, c);
            case 7 -> OptionWriter.mpJoinAck(at, a, b, c);
            case 8, 9 -> {
                int flags = c & 0x11f;
                flags |= (flags & 4) == 0 ? 0 : flags & 0x10;
                yield OptionWriter.dss(at, flags, a, b, c, c >>> 16, id);
            }
            case 10 ->
                    flag
                            ? OptionWriter.addAddr(at, id, a, b, port, a ^ b)
                            : OptionWriter.addAddrEcho(at, id, a, b, port);
            case 11 ->
                    flag
                            ? OptionWriter.addAddr(at, id, 0, v4, port, a ^ b)
                            : OptionWriter.addAddrEcho(at, id, 0, v4, port);
            case 12 -> OptionWriter.removeAddr(at, new int[] {id, 1, 255 - id}, 1 + id % 3);
            default ->
                    switch (c & 3) {
                        case 0 -> OptionWriter.mpPrio(at, flag);
                        case 1 -> OptionWriter.mpFail(at, a);
                        case 2 -> OptionWriter.mpFastclose(at, a);
                        default -> OptionWriter.mpTcpRst(at, flag, ResetReason.ofCode(id % 7));
                    };
        };
    }

    /** What our parser saw, in tshark's names. An empty string: tshark must not see the field. */
    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("tcp.srcport", u64(reader.tcp.srcPort()));
        fields.put("tcp.checksum.status", "1");
        fields.put("ip.checksum.status", "1");
        boolean timestamps = reader.options.hasTimestamp;
        fields.put("tcp.options.timestamp.tsval", timestamps ? u32(reader.options.tsVal) : "");
        int subtype = Integer.numberOfTrailingZeros(mptcp.present);
        fields.put(MPTCP + "subtype", u64(subtype));
        switch (subtype) {
            case 0 -> capable(fields);
            case 1 -> join(fields);
            case 2 -> dss(fields);
            case 3 -> addAddr(fields);
            case 4 -> {
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < mptcp.removeCount; i++) {
                    ids.add(u64(mptcp.removeIds[i]));
                }
                fields.put(MPTCP + "addrid", String.join(",", ids));
            }
            case 5 -> fields.put(MPTCP + "backup.flag", bit(mptcp.prioBackup));
            case 6 -> fields.put(MPTCP + "rawdataseqno", u64(mptcp.failDsn));
            case 7 -> fields.put(MPTCP + "recvkey", u64(mptcp.fastcloseKey));
            default -> {
                fields.put(MPTCP + "flag_T.flag", u64(mptcp.resetFlags));
                fields.put(MPTCP + "rst_reason", u64(mptcp.resetReason));
            }
        }
        return fields;
    }

    private void capable(Map<String, String> fields) {
        int form = mptcp.capableBytes;
        fields.put(MPTCP + "version", u64(mptcp.capableVersion));
        fields.put(MPTCP + "sendkey", form >= 12 ? u64(mptcp.sendersKey) : "");
        fields.put(MPTCP + "recvkey", form >= 20 ? u64(mptcp.receiversKey) : "");
        fields.put(MPTCP + "datalvllen", form >= 22 ? u64(mptcp.capableDataBytes) : "");
        fields.put(MPTCP + "checksum", form == 24 ? u64(mptcp.capableChecksum) : "");
    }

    private void join(Map<String, String> fields) {
        int form = mptcp.joinBytes;
        fields.put(MPTCP + "recvtok", form == 12 ? u32(mptcp.joinToken) : "");
        fields.put(MPTCP + "sendrand", form < 24 ? u32(mptcp.joinNonce) : "");
        fields.put(MPTCP + "sendtrunchmac", form == 16 ? u64(mptcp.joinHmacHigh) : "");
        if (form == 24) {
            HexFormat hex = HexFormat.of();
            String high = hex.toHexDigits(mptcp.joinHmacHigh);
            String middle = hex.toHexDigits(mptcp.joinHmacMiddle);
            fields.put(MPTCP + "sendhmac", high + middle + hex.toHexDigits(mptcp.joinHmacLow));
        } else {
            fields.put(MPTCP + "addrid", u64(mptcp.joinAddressId));
            fields.put(MPTCP + "backup.flag", bit(mptcp.joinBackup));
        }
    }

    private void dss(Map<String, String> fields) {
        boolean mapped = mptcp.hasMapping;
        fields.put(MPTCP + "rawdataack", mptcp.hasDataAck ? u64(mptcp.dataAck) : "");
        fields.put(MPTCP + "rawdataseqno", mapped ? u64(mptcp.dsn) : "");
        fields.put(MPTCP + "subflowseqno", mapped ? u32(mptcp.ssn) : "");
        fields.put(MPTCP + "datalvllen", mapped ? u64(mptcp.mappingBytes) : "");
        // The checksum is left out: tshark 4.0 does not show that of a DSS.
        if (mapped) {
            fields.put(MPTCP + "datafin.flag", bit(mptcp.dataFin));
        }
    }

    private void addAddr(Map<String, String> fields) {
        String address = IpAddresses.format(mptcp.addAddressHi, mptcp.addAddressLo);
        fields.put(MPTCP + "addrid", u64(mptcp.addAddressId));
        fields.put(MPTCP + "echo", bit(mptcp.addEcho));
        fields.put(MPTCP + "ipv4", mptcp.addIpv6 ? "" : address);
        fields.put(MPTCP + "ipv6", mptcp.addIpv6 ? address : "");
        fields.put(MPTCP + "port", mptcp.addPort == 0 ? "" : u64(mptcp.addPort));
        fields.put(MPTCP + "addaddrtrunchmac", mptcp.addEcho ? "" : u64(mptcp.addHmac));
    }

    private static String u32(int value) {
        return Integer.toUnsignedString(value);
    }

    private static String u64(long value) {
        return Long.toUnsignedString(value);
    }

    private static String bit(boolean value) {
        return value ? "1" : "0";
    }

    /** tshark prints numbers as decimal or 0x, flags as 0 and 1 or False and True. */
    private static String normal(String text) {
        if (text.startsWith("0x")) {
            return Long.toUnsignedString(Long.parseUnsignedLong(text.substring(2), 16));
        }
        return text.equals("True") ? "1" : text.equals("False") ? "0" : text;
    }

    private static List<String> tshark(Path capture, Path errors)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("tshark", "-n", "-r", capture.toString(), "-T", "fields"));
        command.addAll(List.of("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"));
        for (String field : FIELDS) {
            command.add("-e");
            command.add(field);
        }
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        byte[] output = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor(), () -> "tshark: " + text(errors));
        String rows = new String(output, StandardCharsets.UTF_8);
        assertTrue(rows.endsWith("\n"));
        return rows.lines().toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
