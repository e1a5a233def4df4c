package io.mptcplb.policy;

import java.util.HashMap;
import java.util.Map;

/** Holds that no two places claim the same thing. */
final class Unique<K> {
    private final String what;
    private final Problems problems;
    private final Map<K, Located<?>> first = new HashMap<>();

    /**
     * @param what the kind of thing, as it begins the message: {@code name}, {@code address}
     */
    Unique(String what, Problems problems) {
        this.what = what;
        this.problems = problems;
    }

    /** Reports the second and every later claim of {@code key}. */
    void claim(K key, Located<?> where) {
        Located<?> earlier = first.putIfAbsent(key, where);
        if (earlier != null) {
            String line = earlier.at().line() == 0 ? "" : " on line " + earlier.at().line();
            problems.add(where, what + " " + key + " is taken by " + earlier.path() + line);
        }
    }
}
