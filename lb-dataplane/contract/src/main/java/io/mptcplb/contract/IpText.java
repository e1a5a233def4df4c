package io.mptcplb.contract;

import java.util.Optional;

/** Reads and writes addresses as text. Never resolves a name. */
final class IpText {
    private static final int GROUPS = 8;

    private IpText() {}

    static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text).map(IpAddress::v4);
    }

    private static Optional<Integer> parseV4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        int address = 0;
        for (String part : parts) {
            int octet = number(part, 10, 3);
            // A leading zero means octal to some parsers: refuse it rather than guess.
            if (octet < 0 || octet > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
                return Optional.empty();
            }
            address = address << 8 | octet;
        }
        return Optional.of(address);
    }

    private static Optional<IpAddress> parseV6(String text) {
        int gap = text.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            return fill(groups, text, true) == GROUPS
                    ? Optional.of(join(groups))
                    : Optional.empty();
        }
        int[] tail = new int[GROUPS];
        int before = gap == 0 ? 0 : fill(groups, text.substring(0, gap), false);
        int after = gap + 2 == text.length() ? 0 : fill(tail, text.substring(gap + 2), true);
        // RFC 4291 s2.2: "::" stands for one or more groups.
        if (before < 0 || after < 0 || before + after >= GROUPS) {
            return Optional.empty();
        }
        System.arraycopy(tail, 0, groups, GROUPS - after, after);
        return Optional.of(join(groups));
    }

    /**
     * Groups written to the front of {@code groups}, or -1 when the text is not groups and an
     * optional last dotted quad.
     */
    private static int fill(int[] groups, String text, boolean last) {
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean quad = last && i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            if (count + (quad ? 2 : 1) > GROUPS) {
                return -1;
            }
            if (quad) {
                Optional<Integer> v4 = parseV4(parts[i]);
                if (v4.isEmpty()) {
                    return -1;
                }
                groups[count++] = v4.get() >>> 16;
                groups[count++] = v4.get() & 0xffff;
            } else {
                int group = number(parts[i], 16, 4);
                if (group < 0) {
                    return -1;
                }
                groups[count++] = group;
            }
        }
        return count;
    }

    private static int number(String text, int radix, int digitsMax) {
        if (text.isEmpty() || text.length() > digitsMax) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }

    private static IpAddress join(int[] groups) {
        long hi = 0;
        long lo = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            hi = hi << 16 | groups[i];
            lo = lo << 16 | groups[i + GROUPS / 2];
        }
        return new IpAddress(hi, lo);
    }

    static String format(IpAddress address) {
        if (address.isV4()) {
            int v4 = address.v4();
            return (v4 >>> 24)
                    + "."
                    + (v4 >>> 16 & 255)
                    + "."
                    + (v4 >>> 8 & 255)
                    + "."
                    + (v4 & 255);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < GROUPS / 2 ? address.hi() : address.lo();
            groups[i] = (int) (half >>> (48 - 16 * (i % 4))) & 0xffff;
        }
        int start = 0;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = zeroRun(groups, i);
            if (run > length) {
                start = i;
                length = run;
            }
        }
        // RFC 5952 s4.2: the longest run of two or more zero groups, the first of equals.
        if (length < 2) {
            return hex(groups, 0, GROUPS);
        }
        return hex(groups, 0, start) + "::" + hex(groups, start + length, GROUPS);
    }

    private static int zeroRun(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - from;
    }

    private static String hex(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
