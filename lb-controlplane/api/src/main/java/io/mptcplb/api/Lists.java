package io.mptcplb.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collections that JSON left out are empty. */
final class Lists {
    private Lists() {}

    static <T> List<T> of(@Nullable List<T> values) {
        return values == null ? List.of() : List.copyOf(values);
    }

    static <V> Map<String, V> of(@Nullable Map<String, V> values) {
        return values == null ? Map.of() : Map.copyOf(values);
    }
}
