package io.mptcplb.sim;

import java.io.PrintStream;
import java.nio.ByteBuffer;

/** Prints every frame before another middlebox gets it: what one reads first when a seed fails. */
public final class Trace implements Middlebox {
    private final PrintStream out;
    private final long startNanos;
    private final Middlebox then;

    /** Prints with times since {@code startNanos}; the frame then goes on to {@code then}. */
    public Trace(PrintStream out, long startNanos, Middlebox then) {
        this.out = out;
        this.then = then;
        this.startNanos = startNanos;
    }

    @Override
    public void onFrame(byte[] frame, boolean fromA, long nowNanos, Wire wire) {
        if (TcpFrame.isTcp(frame)) {
            print(TcpFrame.of(frame), fromA, nowNanos);
        } else {
            out.printf("%10.3f %s %d bytes%n", ms(nowNanos), fromA ? ">" : "<", frame.length);
        }
        then.onFrame(frame, fromA, nowNanos, wire);
    }

    private void print(TcpFrame frame, boolean fromA, long nowNanos) {
        out.printf(
                "%10.3f %s %s seq %d ack %d win %d len %d%s%n",
                ms(nowNanos),
                fromA ? ">" : "<",
                flags(frame.flags()),
                frame.seq() & 0xffffffffL,
                frame.ack() & 0xffffffffL,
                frame.window(),
                frame.payloadBytes(),
                options(ByteBuffer.wrap(frame.array()), frame.start() + 20, frame.payloadStart()));
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
