package io.mptcplb.sim;

import java.util.function.Predicate;

/** Middleboxes that meddle with MPTCP options (CONFORMANCE section 4). */
public final class MptcpBoxes {
    // Subtypes of option 30 (RFC 8684 s8.2).
    public static final int CAPABLE = 0;
    public static final int JOIN = 1;
    public static final int DSS = 2;
    public static final int ADD_ADDR = 3;
    public static final int FASTCLOSE = 7;
    public static final int RESET_REASON = 8;

    static final int MPTCP = 30;
    private static final int NOP = 1;
    private static final int SYN = 2;
    private static final int ACK = 16;

    private MptcpBoxes() {}

    /** Turns every MPTCP option of the chosen segments into padding. */
    public static Middlebox strip(Predicate<Passing> chosen) {
        return edit(chosen, MptcpBoxes::strip);
    }

    /** Swallows the chosen segments. */
    public static Middlebox drop(Predicate<Passing> chosen) {
        return (frame, fromA, nowNanos, wire) -> {
            if (!TcpFrame.isTcp(frame)
                    || !chosen.test(new Passing(TcpFrame.of(frame), fromA, nowNanos))) {
                wire.pass(frame);
            }
        };
    }

    /** Changes the chosen segments. */
    public static Middlebox edit(
            Predicate<Passing> chosen, java.util.function.Consumer<TcpFrame> change) {
        return (frame, fromA, nowNanos, wire) -> {
            if (TcpFrame.isTcp(frame)) {
                TcpFrame segment = TcpFrame.of(frame);
                if (chosen.test(new Passing(segment, fromA, nowNanos))) {
                    change.accept(segment);
                    segment.seal();
                }
            }
            wire.pass(frame);
        };
    }

    /** A segment on its way. */
    public record Passing(TcpFrame segment, boolean fromA, long nowNanos) {
        /** SYN without ACK. */
        public boolean syn() {
            return (segment.flags() & (SYN | ACK)) == SYN;
        }

        public boolean synAck() {
            return (segment.flags() & (SYN | ACK)) == (SYN | ACK);
        }

        public boolean data() {
            return segment.payloadBytes() > 0;
        }

        public boolean has(int subtype) {
            return find(segment, subtype) > 0;
        }

        public boolean hasMptcp() {
            return find(segment, -1) > 0;
        }
    }

    /** Where the option of this subtype (-1: any) starts in the frame, or 0. */
    public static int find(TcpFrame segment, int subtype) {
        byte[] bytes = segment.array();
        int at = segment.start() + 20;
        int end = segment.payloadStart();
        while (at + 1 < end && bytes[at] != 0) {
            if (bytes[at] == NOP) {
                at++;
                continue;
            }
            if (bytes[at] == MPTCP && (subtype < 0 || (bytes[at + 2] >> 4 & 15) == subtype)) {
                return at;
            }
            at += Math.max(bytes[at + 1] & 0xff, 2);
        }
        return 0;
    }

    private static void strip(TcpFrame segment) {
        byte[] bytes = segment.array();
        for (int at = find(segment, -1); at > 0; at = find(segment, -1)) {
            int length = bytes[at + 1] & 0xff;
            for (int i = 0; i < length; i++) {
                bytes[at + i] = NOP;
            }
        }
    }
}
