package io.mptcplb.wire;

/**
 * One address as a value, for configuration, logs and tests; the packet path uses the two longs
 * ({@link IpAddresses}).
 *
 * @param hi high 64 bits; 0 for IPv4
 * @param lo low 64 bits; v4-mapped for IPv4
 */
public record IpAddress(long hi, long lo) {
    private static final int GROUPS = 8;

    /** An IPv4 address from its 32 bits. */
    public static IpAddress ofV4(int address) {
        return new IpAddress(0, IpAddresses.v4(address));
    }

    /**
     * Reads a dotted quad (four decimal numbers without leading zeros) or an IPv6 address (RFC 4291
     * s2.2, all three forms). No names, zones, prefixes or brackets; nothing is looked up.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static IpAddress parse(String text) {
        return text.indexOf(':') < 0 ? ofV4(parseV4(text, text)) : parseV6(text);
    }

    public boolean isV4() {
        return IpAddresses.isV4(hi, lo);
    }

    private static int parseV4(String quad, String text) {
        String[] parts = quad.split("\\.", -1);
        if (parts.length != 4) {
            throw bad(text);
        }
        int address = 0;
        for (String part : parts) {
            boolean padded = part.length() > 1 && part.charAt(0) == '0';
            int value = padded ? -1 : number(part, 10, 3);
            if (value < 0 || value > 255) {
                throw bad(text);
            }
            address = address << 8 | value;
        }
        return address;
    }

    private static IpAddress parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            int[] groups = groups(text, text);
            if (groups.length != GROUPS) {
                throw bad(text);
            }
            return ofGroups(groups);
        }
        int[] head = groups(text.substring(0, gap), text);
        int[] tail = groups(text.substring(gap + 2), text);
        if (head.length + tail.length >= GROUPS) {
            throw bad(text);
        }
        int[] all = new int[GROUPS];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(tail, 0, all, GROUPS - tail.length, tail.length);
        return ofGroups(all);
    }

    /** The 16-bit groups of a part without "::"; a dotted quad at its end makes two. */
    private static int[] groups(String part, String text) {
        if (part.isEmpty()) {
            return new int[0];
        }
        String[] words = part.split(":", -1);
        String last = words[words.length - 1];
        boolean quad = last.indexOf('.') >= 0 && text.endsWith(last);
        int[] groups = new int[words.length + (quad ? 1 : 0)];
        int hexWords = quad ? words.length - 1 : words.length;
        for (int i = 0; i < hexWords; i++) {
            groups[i] = number(words[i], 16, 4);
            if (groups[i] < 0) {
                throw bad(text);
            }
        }
        if (quad) {
            int address = parseV4(last, text);
            groups[hexWords] = address >>> 16;
            groups[hexWords + 1] = address & 0xffff;
        }
        return groups;
    }

    /** The number, or -1 when it is empty, too long or has another character in it. */
    private static int number(String digits, int radix, int digitsMax) {
        if (digits.isEmpty() || digits.length() > digitsMax) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }

    private static IpAddress ofGroups(int[] groups) {
        long hi = 0;
        long lo = 0;
        for (int i = 0; i < 4; i++) {
            hi = hi << 16 | groups[i];
            lo = lo << 16 | groups[4 + i];
        }
        return new IpAddress(hi, lo);
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("not an IPv4 or IPv6 address: \"" + text + "\"");
    }

    /** A dotted quad, or IPv6 as RFC 5952 wants it. */
    @Override
    public String toString() {
        if (isV4()) {
            return quad(IpAddresses.v4Of(lo));
        }
        int gapStart = longestZeroRun();
        int gapEnd = gapStart + zeroRun(gapStart);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i = gapEnd - 1;
            } else {
                text.append(i == 0 || i == gapEnd ? "" : ":").append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private static String quad(int v4) {
        return (v4 >>> 24) + "." + (v4 >>> 16 & 255) + "." + (v4 >>> 8 & 255) + "." + (v4 & 255);
    }

    /** Start of the first longest run of at least two zero groups (RFC 5952 s4.2), or -1. */
    private int longestZeroRun() {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = zeroRun(i);
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private int zeroRun(int start) {
        int length = 0;
        while (start >= 0 && start + length < GROUPS && group(start + length) == 0) {
            length++;
        }
        return length;
    }

    private int group(int index) {
        long half = index < 4 ? hi : lo;
        return (int) (half >>> (48 - 16 * (index & 3))) & 0xffff;
    }
}
