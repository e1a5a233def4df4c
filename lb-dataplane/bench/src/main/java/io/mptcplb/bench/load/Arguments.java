package io.mptcplb.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/** Words of a command line, taken from the left. Mistakes are IllegalArgumentException. */
public final class Arguments {
    private final List<String> words;
    private int at;

    public Arguments(String... words) {
        this.words = List.of(words);
    }

    public boolean more() {
        return at < words.size();
    }

    public String word(String what) {
        if (!more()) {
            throw new IllegalArgumentException("missing " + what);
        }
        return words.get(at++);
    }

    /** A whole number with an optional k, m or g (powers of 1,000). */
    public long count(String what) {
        String word = word(what).toLowerCase(Locale.ROOT);
        long unit =
                switch (word.isEmpty() ? '0' : word.charAt(word.length() - 1)) {
                    case 'k' -> 1_000;
                    case 'm' -> 1_000_000;
                    case 'g' -> 1_000_000_000;
                    default -> 0;
                };
        String digits = unit == 0 ? word : word.substring(0, word.length() - 1);
        try {
            return Math.multiplyExact(Long.parseLong(digits), Math.max(unit, 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(what + ": not a number: " + word, e);
        }
    }

    public double decimal(String what) {
        String word = word(what);
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(what + ": not a number: " + word, e);
        }
    }

    /** {@code 192.0.2.1:80} or {@code [2001:db8::1]:80}; no names are looked up. */
    public static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("not ADDRESS:PORT: " + text);
        }
        String host = text.substring(0, colon);
        try {
            return new InetSocketAddress(
                    InetAddress.ofLiteral(
                            host.startsWith("[") ? host.substring(1, host.length() - 1) : host),
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not ADDRESS:PORT: " + text, e);
        }
    }
}
