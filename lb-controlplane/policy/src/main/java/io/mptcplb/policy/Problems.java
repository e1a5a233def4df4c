package io.mptcplb.policy;

import java.util.ArrayList;
import java.util.List;

/** Collects mistakes while reading goes on. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    void add(Source at, String path, String rule) {
        found.add(new Problem(at, path, rule));
    }

    void add(Located<?> where, String rule) {
        add(where.at(), where.path(), rule);
    }

    void addAll(List<Problem> others) {
        found.addAll(others);
    }

    /** True when something is wrong at or below {@code path}. */
    boolean isAnyBelow(String path) {
        return found.stream().anyMatch(problem -> problem.path().startsWith(path));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of the source, each once. */
    List<Problem> sorted() {
        return found.stream().distinct().sorted().toList();
    }
}
