package io.mptcplb.bench.demo;

import java.util.ArrayList;
import java.util.List;

/** The conditions the demo must meet, and those it missed. */
final class Verdicts {
    private int checked;
    private final List<String> missed = new ArrayList<>();

    /** {@code found} is said only if the condition does not hold. */
    void check(boolean holds, String condition, String found) {
        checked++;
        if (!holds) {
            missed.add(condition + ": " + found);
        }
    }

    int checked() {
        return checked;
    }

    List<String> missed() {
        return List.copyOf(missed);
    }
}
