package io.mptcplb.policy;

import io.mptcplb.contract.Coded;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.MacAddress;
import io.mptcplb.policy.Value.Kind;
import io.mptcplb.policy.Value.Scalar;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What single words and numbers may look like. A parser answers a wrong one with {@link
 * IllegalArgumentException}.
 */
final class Parsers {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,18})\\s*([A-Za-z]*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,252}");
    private static final Map<String, Long> TIME_UNITS =
            units(
                    "ms",
                    1_000_000L,
                    "s",
                    1_000_000_000L,
                    "m",
                    60_000_000_000L,
                    "h",
                    3_600_000_000_000L,
                    "d",
                    86_400_000_000_000L);
    private static final Map<String, Long> SIZE_UNITS =
            units("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    /** Private networks are those of RFC 1918 and RFC 4193. */
    private static final Map<String, List<IpPrefix>> CLIENTS =
            new TreeMap<>(
                    Map.of(
                            "ipv4",
                            List.of(IpPrefix.DEFAULT_V4),
                            "ipv6",
                            List.of(IpPrefix.DEFAULT_V6),
                            "private",
                            Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
                                    .map(IpPrefix::parse)
                                    .toList()));

    private Parsers() {}

    /** Names and factors in turn; messages list them in this order. */
    private static Map<String, Long> units(Object... namesAndFactors) {
        Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < namesAndFactors.length; i += 2) {
            units.put((String) namesAndFactors[i], (Long) namesAndFactors[i + 1]);
        }
        return Collections.unmodifiableMap(units);
    }

    /** Reads one scalar. */
    interface Parser<T> {
        T parse(Scalar scalar);
    }

    static String text(Scalar scalar) {
        require(scalar.kind() != Kind.NULL, "a text is wanted, found nothing");
        require(
                scalar.kind() != Kind.BOOLEAN,
                "a text is wanted, " + scalar.describe() + " is none: quote it");
        require(!scalar.text().isEmpty(), "is empty");
        return scalar.text();
    }

    static String name(Scalar scalar) {
        String text = text(scalar);
        require(
                NAME.matcher(text).matches(),
                "'"
                        + text
                        + "' is not a name: letters, digits and . _ / : -, starting with a letter"
                        + " or digit, at most 253 characters");
        return text;
    }

    static Parser<Integer> integer(int min, int max) {
        return scalar -> {
            require(
                    scalar.kind() == Kind.INTEGER,
                    "a whole number is wanted, found " + scalar.describe());
            require(
                    scalar.text().matches("[-+]?[0-9]{1,10}"),
                    scalar.text() + " is not in " + min + " to " + max);
            long value = Long.parseLong(scalar.text());
            require(
                    value >= min && value <= max,
                    scalar.text() + " is not in " + min + " to " + max);
            return (int) value;
        };
    }

    static Boolean flag(Scalar scalar) {
        require(
                scalar.kind() == Kind.BOOLEAN,
                "true or false is wanted, found " + scalar.describe());
        return scalar.text().equalsIgnoreCase("true");
    }

    static Parser<Long> duration(long minNanos, long maxNanos) {
        return scalar -> {
            long nanos = quantity(scalar, TIME_UNITS, "a duration such as 200ms, 5s, 2m, 1h or 1d");
            require(
                    nanos >= minNanos && nanos <= maxNanos,
                    scalar.text()
                            + " is not in "
                            + formatNanos(minNanos)
                            + " to "
                            + formatNanos(maxNanos));
            return nanos;
        };
    }

    static Parser<Long> size(long minBytes, long maxBytes) {
        return scalar -> {
            long bytes = quantity(scalar, SIZE_UNITS, "a size such as 2176B, 64KiB, 4MiB or 1GiB");
            require(
                    bytes >= minBytes && bytes <= maxBytes,
                    scalar.text()
                            + " is not in "
                            + formatBytes(minBytes)
                            + " to "
                            + formatBytes(maxBytes));
            return bytes;
        };
    }

    private static long quantity(Scalar scalar, Map<String, Long> units, String wanted) {
        Matcher matcher = QUANTITY.matcher(scalar.text());
        require(matcher.matches(), wanted + " is wanted, found " + scalar.describe());
        String unit = matcher.group(2);
        Long factor = units.get(unit);
        if (factor == null) {
            String known = String.join(", ", units.keySet());
            throw new IllegalArgumentException(
                    unit.isEmpty()
                            ? scalar.describe() + " has no unit: one of " + known
                            : "unknown unit '" + unit + "': one of " + known);
        }
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE / factor ? Long.MAX_VALUE : number * factor;
    }

    static IpAddress address(Scalar scalar) {
        String text = text(scalar);
        return IpAddress.tryParse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("'" + text + "' is not an IP address"));
    }

    /** An address that a host can have. */
    static IpAddress hostAddress(Scalar scalar) {
        IpAddress address = address(scalar);
        require(isHostAddress(address), address + " is not a host address");
        return address;
    }

    /** A host's address with the prefix length of its link. */
    static IpPrefix linkAddress(Scalar scalar) {
        IpPrefix prefix = prefix(scalar, "192.0.2.10/24 or 2001:db8::10/64");
        IpAddress address = prefix.address();
        require(isHostAddress(address), address + " is not a host address");
        // RFC 3021: with 31 bits both addresses are hosts.
        if (address.isV4() && prefix.bits() < 31) {
            int hostBits = -1 >>> prefix.bits();
            require((address.v4() & hostBits) != 0, address + " is the network's own address");
            require(
                    (address.v4() & hostBits) != hostBits,
                    address + " is the network's broadcast address");
        }
        return prefix;
    }

    /** A network; {@code default} is left to the caller, who knows the gateway's IP version. */
    static IpPrefix network(Scalar scalar) {
        IpPrefix prefix = prefix(scalar, "198.51.100.0/24, 2001:db8::/32 or default");
        require(
                prefix.equals(prefix.network()),
                prefix + " has host bits set, the network is " + prefix.network());
        return prefix;
    }

    private static IpPrefix prefix(Scalar scalar, String example) {
        String text = text(scalar);
        int slash = text.indexOf('/');
        require(slash > 0, "'" + text + "' has no prefix length: write " + example);
        IpAddress address =
                IpAddress.tryParse(text.substring(0, slash))
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "'" + text.substring(0, slash) + "' is not an IP address"));
        String bits = text.substring(slash + 1);
        require(
                bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= address.bits(),
                "prefix length '" + bits + "' is not in 0 to " + address.bits());
        return new IpPrefix(address, Integer.parseInt(bits));
    }

    private static boolean isHostAddress(IpAddress address) {
        return !address.isUnspecified()
                && !address.isMulticast()
                && !address.isLoopback()
                && !address.isBroadcast();
    }

    static MacAddress mac(Scalar scalar) {
        String text = text(scalar);
        require(
                text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}"),
                "'" + text + "' is not a hardware address such as 02:00:5e:10:00:01");
        require(
                (Integer.parseInt(text.substring(0, 2), 16) & 1) == 0,
                text + " is a group address");
        require(!text.matches("[0:]+"), text + " is no address: write auto");
        return MacAddress.parse(text);
    }

    static <E extends Coded> Parser<E> word(E[] values) {
        return scalar -> {
            String text = text(scalar);
            List<String> words = Arrays.stream(values).map(Coded::text).toList();
            return Arrays.stream(values)
                    .filter(value -> value.text().equals(text))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException(
                                    "'"
                                            + text
                                            + "' is not one of "
                                            + String.join(", ", words)
                                            + Nearest.suggestion(text, words)));
        };
    }

    /** {@code auto}, or what {@code parser} reads. */
    static <T> Parser<T> autoOr(T auto, Parser<T> parser) {
        return scalar -> scalar.text().equals("auto") ? auto : parser.parse(scalar);
    }

    /** {@code off}, or what {@code parser} reads. */
    static <T> Parser<T> offOr(T off, Parser<T> parser) {
        return scalar -> scalar.text().equals("off") ? off : parser.parse(scalar);
    }

    static Integer percent(Scalar scalar) {
        String text = scalar.text();
        require(
                text.matches("[0-9]{1,3}%"),
                "a share such as 50% is wanted, found " + scalar.describe());
        int value = Integer.parseInt(text.substring(0, text.length() - 1));
        require(value >= 1 && value <= 100, text + " is not in 1% to 100%");
        return value;
    }

    /** A network, or a word for several. */
    static List<IpPrefix> clients(Scalar scalar) {
        List<IpPrefix> known = CLIENTS.get(scalar.text());
        if (known != null) {
            return known;
        }
        require(
                scalar.text().indexOf('/') > 0,
                scalar.describe()
                        + " is neither a network such as 198.51.100.0/24 nor one of "
                        + String.join(", ", CLIENTS.keySet())
                        + Nearest.suggestion(scalar.text(), CLIENTS.keySet()));
        return List.of(network(scalar));
    }

    static String formatNanos(long nanos) {
        return format(nanos, TIME_UNITS, "ns");
    }

    static String formatBytes(long bytes) {
        return format(bytes, SIZE_UNITS, "B");
    }

    private static String format(long value, Map<String, Long> units, String smallest) {
        return units.entrySet().stream()
                .filter(unit -> value != 0 && value % unit.getValue() == 0)
                .max(Map.Entry.comparingByValue())
                .map(unit -> value / unit.getValue() + unit.getKey())
                .orElse(value + smallest);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
