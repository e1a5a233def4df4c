package io.mptcplb.controlplane.agent.config;

import io.mptcplb.policy.ConfigChange;
import io.mptcplb.policy.Problem;
import java.util.List;
import java.util.stream.Stream;

/**
 * One configuration that was offered, and what became of it.
 *
 * @param label where it came from: the file's name, or what the API's user called it
 * @param unixNanos when
 * @param problems its mistakes, in the order of the source
 * @param changes what it changes of what was in force
 * @param generation of the configuration in force afterwards
 * @param text why it is not in force, in words; empty where problems or changes say it
 */
public record Offer(
        String label,
        long unixNanos,
        Outcome outcome,
        List<Problem> problems,
        List<ConfigChange> changes,
        long generation,
        String text) {
    public Offer {
        problems = List.copyOf(problems);
        changes = List.copyOf(changes);
    }

    /** For the terminal and the event feed: one line of result, then one for each detail. */
    public List<String> lines() {
        return Stream.of(
                        Stream.of(headline()),
                        problems.stream().map(problem -> "  " + problem),
                        changes.stream().map(change -> "  " + change))
                .flatMap(each -> each)
                .toList();
    }

    private String headline() {
        String why = text.isEmpty() ? "" : ": " + text;
        return label
                + switch (outcome) {
                    case APPLIED -> ": in force as generation " + generation;
                    case UNCHANGED -> ": says what is in force already";
                    case REFUSED -> ": refused whole, the configuration in force stays";
                    case RESTART_REQUIRED ->
                            ": needs a restart of the box, the configuration in force stays" + why;
                    case NOT_TAKEN ->
                            ": not taken by the dataplane, the configuration in force stays" + why;
                    case UNREACHABLE -> ": waits for a dataplane" + why;
                };
    }
}
