package io.mptcplb.bench.lab;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The lengths that RFC 8684 gives each form of each MPTCP option, and the usual TCP options theirs.
 * Wireshark reads on where a length is wrong; this does not. Shares no code with the stack under
 * test on purpose.
 */
final class OptionRules {
    private static final int FIN_SYN_RST_ACK = 0x17;
    private static final int DSS_FLAGS_KNOWN = 0x1f;

    private OptionRules() {}

    /**
     * The first rule that a segment's options break, or null.
     *
     * @param options all bytes between TCP header and payload
     * @param flags TCP flags
     * @param payloadBytes of the segment
     */
    static @Nullable String broken(byte[] options, int flags, int payloadBytes) {
        BitSet subtypes = new BitSet();
        int at = 0;
        while (at < options.length && options[at] != 0) {
            if (options[at] == 1) {
                at++;
                continue;
            }
            int bytes = at + 1 < options.length ? options[at + 1] & 0xff : 0;
            if (bytes < 2 || at + bytes > options.length) {
                return "option " + (options[at] & 0xff) + " of " + bytes + " bytes";
            }
            String broken = option(options, at, bytes, flags, payloadBytes, subtypes);
            if (broken != null) {
                return broken;
            }
            at += bytes;
        }
        return null;
    }

    private static @Nullable String option(
            byte[] options, int at, int bytes, int flags, int payloadBytes, BitSet subtypes) {
        int kind = options[at] & 0xff;
        boolean good =
                switch (kind) {
                    case 2 -> bytes == 4;
                    case 3 -> bytes == 3;
                    case 4 -> bytes == 2;
                    case 5 -> bytes >= 10 && bytes <= 34 && (bytes - 2) % 8 == 0;
                    case 8 -> bytes == 10;
                    case 30 -> bytes >= 3 && mptcp(options, at, bytes, flags, payloadBytes);
                    default -> false;
                };
        if (!good) {
            return "option kind " + kind + " of " + bytes + " bytes" + subtypeText(options, at);
        }
        if (kind == 30) {
            int subtype = (options[at + 2] & 0xff) >>> 4;
            if (subtypes.get(subtype)) {
                return "two MPTCP options of subtype " + subtype;
            }
            subtypes.set(subtype);
        }
        return null;
    }

    private static String subtypeText(byte[] options, int at) {
        return options[at] == 30 && at + 2 < options.length
                ? ", MPTCP subtype " + ((options[at + 2] & 0xff) >>> 4)
                : "";
    }

    private static boolean mptcp(byte[] options, int at, int bytes, int flags, int payloadBytes) {
        int third = options[at + 2] & 0xff;
        int kindOfSegment = flags & FIN_SYN_RST_ACK;
        return switch (third >>> 4) {
            case TcpFrame.MP_CAPABLE -> (third & 0xf) == 1 && capable(bytes, flags, payloadBytes);
            case TcpFrame.MP_JOIN ->
                    kindOfSegment == TcpFrame.SYN
                            ? bytes == 12
                            : bytes == ((flags & TcpFrame.SYN) != 0 ? 16 : 24);
            case TcpFrame.DSS -> bytes >= 4 && dss(bytes, options[at + 3] & 0xff);
            case TcpFrame.ADD_ADDR -> addAddr(bytes, (third & 1) != 0);
            case TcpFrame.REMOVE_ADDR -> bytes >= 4;
            case TcpFrame.MP_PRIO -> bytes == 3;
            case TcpFrame.MP_FAIL -> bytes == 12;
            // RFC 8684 s3.5: on an ACK or a RST; s3.6: MP_TCPRST on a RST only.
            case TcpFrame.MP_FASTCLOSE -> bytes == 12;
            case TcpFrame.MP_TCPRST -> bytes == 4 && (flags & TcpFrame.RST) != 0;
            default -> false;
        };
    }

    /** RFC 8684 s3.1, figure 4: SYN 4, SYN/ACK 12, ACK 20, first data 22 or with checksum 24. */
    private static boolean capable(int bytes, int flags, int payloadBytes) {
        if ((flags & TcpFrame.SYN) != 0) {
            return bytes == ((flags & TcpFrame.ACK) != 0 ? 12 : 4);
        }
        return payloadBytes == 0 ? bytes == 20 : bytes == 22 || bytes == 24;
    }

    /** RFC 8684 s3.3, figure 9. */
    private static boolean dss(int bytes, int flags) {
        boolean hasAck = (flags & 1) != 0;
        boolean hasMapping = (flags & 4) != 0;
        int wanted = 4 + (hasAck ? ((flags & 2) != 0 ? 8 : 4) : 0);
        if (hasMapping) {
            wanted += ((flags & 8) != 0 ? 8 : 4) + 4 + 2;
        }
        boolean length = bytes == wanted || (hasMapping && bytes == wanted + 2);
        // s3.3.3: DATA_FIN means nothing without a mapping.
        boolean fin = (flags & 0x10) == 0 || hasMapping;
        return length && fin && flags <= DSS_FLAGS_KNOWN;
    }

    /** RFC 8684 s3.4.1: IPv4 or IPv6, with or without port; eight bytes of HMAC unless an echo. */
    private static boolean addAddr(int bytes, boolean echo) {
        int address = echo ? bytes : bytes - 8;
        return address == 8 || address == 10 || address == 20 || address == 22;
    }
}
