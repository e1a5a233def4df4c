package io.mptcplb.sim;

import java.io.PrintStream;
import java.nio.ByteBuffer;

/**
 * A middlebox that changes nothing and prints every TCP frame: what one reads first when a seed
 * fails.
 */
public final class Trace implements Middlebox {
    private static final int ETHERNET = 14;

    private final PrintStream out;
    private final long startNanos;

    public Trace(PrintStream out, long startNanos) {
        this.out = out;
        this.startNanos = startNanos;
    }

    @Override
    public byte[] onFrame(byte[] frame, boolean fromA, long nowNanos) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (frame.length < ETHERNET + 40
                || bytes.getShort(12) != 0x0800
                || frame[ETHERNET + 9] != 6) {
            out.printf("%10.3f %s %d bytes%n", ms(nowNanos), fromA ? ">" : "<", frame.length);
            return frame;
        }
        int tcp = ETHERNET + 4 * (frame[ETHERNET] & 15);
        int header = (frame[tcp + 12] >> 4 & 15) * 4;
        int total = bytes.getShort(ETHERNET + 2) & 0xffff;
        out.printf(
                "%10.3f %s %s seq %d ack %d win %d len %d%s%n",
                ms(nowNanos),
                fromA ? ">" : "<",
                flags(frame[tcp + 13]),
                bytes.getInt(tcp + 4) & 0xffffffffL,
                bytes.getInt(tcp + 8) & 0xffffffffL,
                bytes.getShort(tcp + 14) & 0xffff,
                total - (tcp - ETHERNET) - header,
                options(bytes, tcp + 20, tcp + header));
        return frame;
    }

    private double ms(long nowNanos) {
        return (nowNanos - startNanos) / 1e6;
    }

    private static String flags(int bits) {
        StringBuilder text = new StringBuilder();
        String names = "FSRPAUEC";
        for (int i = 0; i < names.length(); i++) {
            if ((bits >> i & 1) != 0) {
                text.append(names.charAt(i));
            }
        }
        return text.toString();
    }

    private static String options(ByteBuffer bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        int at = from;
        while (at + 1 < to && bytes.get(at) != 0) {
            int kind = bytes.get(at);
            int length = kind == 1 ? 1 : bytes.get(at + 1) & 0xff;
            if (length == 0 || at + length > to) {
                return text + " bad option";
            }
            if (kind == 5) {
                for (int block = at + 2; block + 8 <= at + length; block += 8) {
                    text.append(" sack ")
                            .append(bytes.getInt(block) & 0xffffffffL)
                            .append('-')
                            .append(bytes.getInt(block + 4) & 0xffffffffL);
                }
            } else if (kind == 30) {
                text.append(" mptcp/").append(bytes.get(at + 2) >> 4 & 15).append(" ");
                for (int i = at + 2; i < at + length; i++) {
                    text.append(String.format("%02x", bytes.get(i)));
                }
            }
            at += length;
        }
        return text.toString();
    }
}
