package io.mptcplb.bench.lab;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionRulesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "SYN of Linux, 02, 0, 020405b40402080a000000010000000001030307 1e040181",
        "SYN/ACK, 12, 0, 1e0c0181 0102030405060708",
        "third ACK, 10, 0, 1e140181 0102030405060708 1112131415161718",
        "first data, 18, 100, 1e160181 0102030405060708 1112131415161718 0064 0101",
        "join SYN, 02, 0, 1e0c1001 01020304 05060708",
        "join SYN/ACK, 12, 0, 1e101001 0102030405060708 05060708",
        "join third ACK, 10, 0, 1e181000 0102030405060708090a0b0c0d0e0f1011121314",
        "DSS ack 4, 10, 0, 1e082001 01020304",
        "DSS ack 8 dsn 8, 10, 1400, 1e1a200f 0102030405060708 1112131415161718 00000001 0578 0101",
        "DSS dsn 4 with checksum, 10, 1400, 1e102004 01020304 00000001 0578 abcd",
        "ADD_ADDR v4, 10, 0, 1e103002 c6336401 0102030405060708",
        "ADD_ADDR echo, 10, 0, 1e083102 c6336401",
        "MP_PRIO, 10, 0, 1e035101",
        "RST with both, 14, 0, 1e0c7000 0102030405060708 1e048000"
    })
    void forms_ofTheRfc_pass(String name, String flags, int payloadBytes, String options) {
        assertNull(OptionRules.broken(bytes(options), Integer.parseInt(flags, 16), payloadBytes));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "DSS one too long, 10, 0, 1e092001 01020304 01",
        "DSS one too short, 10, 0, 1e072001 010203 01",
        "DSS of three bytes, 10, 0, 1e0320 01",
        "DSS with unknown flag, 10, 0, 1e082021 01020304",
        "DSS fin without mapping, 10, 0, 1e082011 01020304",
        "two DSS, 10, 0, 1e082001 01020304 1e082001 01020304",
        "MP_CAPABLE v0, 02, 0, 1e0c0001 0102030405060708",
        "MP_CAPABLE of a SYN/ACK on a SYN, 02, 0, 1e0c0181 0102030405060708",
        "MP_CAPABLE 22 without data, 10, 0, 1e160181 0102030405060708 1112131415161718 0064 0101",
        "ADD_ADDR without HMAC, 10, 0, 1e083002 c6336401",
        "MP_PRIO of v0, 10, 0, 1e045101",
        "MP_TCPRST without RST, 10, 0, 1e048000",
        "subtype 9, 10, 0, 1e049000",
        "length beyond the header, 10, 0, 1e142001 01020304",
        "length 1, 10, 0, 1e01",
        "kind without length, 10, 0, 01011e"
    })
    void forms_ofNobody_areNamed(String name, String flags, int payloadBytes, String options) {
        assertNotNull(
                OptionRules.broken(bytes(options), Integer.parseInt(flags, 16), payloadBytes));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
