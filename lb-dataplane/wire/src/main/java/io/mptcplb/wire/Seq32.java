package io.mptcplb.wire;

/**
 * Arithmetic on 32-bit sequence numbers, which wrap (RFC 9293 s3.4). The only place where such
 * numbers are compared: {@code <} on a sequence number is a bug.
 *
 * <p>Comparisons hold while the two numbers are less than 2^31 apart.
 */
public final class Seq32 {
    private Seq32() {}

    public static boolean before(int a, int b) {
        return a - b < 0;
    }

    public static boolean after(int a, int b) {
        return b - a < 0;
    }

    public static boolean atOrBefore(int a, int b) {
        return b - a >= 0;
    }

    public static boolean atOrAfter(int a, int b) {
        return a - b >= 0;
    }

    /** True for the {@code bytes} (unsigned) numbers from {@code start} on. */
    public static boolean inWindow(int seq, int start, int bytes) {
        return Integer.compareUnsigned(seq - start, bytes) < 0;
    }

    public static int max(int a, int b) {
        return a - b < 0 ? b : a;
    }

    public static int min(int a, int b) {
        return a - b < 0 ? a : b;
    }

    /** Steps from {@code from} forward to {@code to}; negative when {@code to} lies before. */
    public static int distance(int from, int to) {
        return to - from;
    }
}
