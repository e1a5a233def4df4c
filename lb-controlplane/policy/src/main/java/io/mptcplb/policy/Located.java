package io.mptcplb.policy;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value with the place where it was written. Absent when it is missing or wrong, which has been
 * reported by then; so later rules can go on with what is there.
 *
 * @param at where it stands, or where it should
 * @param path its key
 * @param value the value, null when absent
 */
public record Located<T>(Source at, String path, @Nullable T value) {
    static <T> Located<T> absent(Source at, String path) {
        return new Located<>(at, path, null);
    }

    public Optional<T> optional() {
        return Optional.ofNullable(value);
    }

    void ifPresent(Consumer<T> action) {
        optional().ifPresent(action);
    }

    /** The value, once it is known that no problem was found. */
    T get() {
        return optional()
                .orElseThrow(() ->
                        new IllegalStateException(path + " is absent, yet nothing was reported"));
    }
}
