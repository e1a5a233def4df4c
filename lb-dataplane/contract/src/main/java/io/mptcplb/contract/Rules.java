package io.mptcplb.contract;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The checks that configuration records share. A broken rule is an {@link IllegalArgumentException}
 * that names the field.
 */
public final class Rules {
    static final int NAME_CHARACTERS_MAX = 253;

    private Rules() {}

    public static void name(String field, String value) {
        require(
                isName(value),
                field,
                "'"
                        + value
                        + "' is not a name: letters, digits and . _ / : -, starting with a letter"
                        + " or digit, at most "
                        + NAME_CHARACTERS_MAX
                        + " characters");
    }

    static boolean isName(String value) {
        if (value.isEmpty()
                || value.length() > NAME_CHARACTERS_MAX
                || !isAlphanumeric(value.charAt(0))) {
            return false;
        }
        return value.chars().allMatch(c -> isAlphanumeric(c) || "._/:-".indexOf(c) >= 0);
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    public static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    field + ": " + value + " is not in " + min + " to " + max);
        }
    }

    public static void require(boolean holds, String field, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + ": " + rule);
        }
    }

    public static <T> List<T> list(String field, List<T> values, int min, int max) {
        require(
                values.size() >= min && values.size() <= max,
                field,
                values.size() + " entries, must have " + min + " to " + max);
        return List.copyOf(values);
    }

    /** The distinct keys of {@code values}; a key that two of them share is refused. */
    public static <T, K> Set<K> distinct(String field, Collection<T> values, Function<T, K> key) {
        Set<K> seen = new HashSet<>();
        for (T value : values) {
            require(seen.add(key.apply(value)), field, key.apply(value) + " appears twice");
        }
        return seen;
    }
}
