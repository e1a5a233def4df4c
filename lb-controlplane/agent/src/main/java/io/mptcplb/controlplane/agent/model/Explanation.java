package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import io.mptcplb.controlplane.agent.model.EventHistory.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Why a connection is as it is, step by step.
 *
 * @param summary its state in one sentence
 * @param steps what happened, in order, each with the reason for it as far as it is known
 * @param sinceUnixNanos from when on nothing is missing
 * @param complete false when the connection is older than that
 */
public record Explanation(String summary, List<Step> steps, long sinceUnixNanos, boolean complete) {
    /** A decision explains a change of priority that followed it within this time. */
    private static final long DECISION_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * One step.
     *
     * @param why empty when it explains itself
     */
    public record Step(long unixNanos, String what, String why) {}

    public Explanation {
        steps = List.copyOf(steps);
    }

    static Explanation of(
            Connection connection,
            boolean alive,
            Set<String> deciders,
            List<Entry> entries,
            long sinceUnixNanos) {
        Set<Event> events = new LinkedHashSet<>(connection.asEvents());
        entries.stream()
                .filter(entry -> entry.connection() == connection.id())
                .forEach(entry -> entry.event().ifPresent(events::add));
        List<Entry> decisions =
                entries.stream().filter(entry -> deciders.contains(entry.decider())).toList();
        List<Step> steps = new ArrayList<>();
        for (Event event : events) {
            steps.add(
                    new Step(
                            EventText.unixNanos(event),
                            what(event),
                            why(connection, event, decisions)));
        }
        steps.sort(Comparator.comparingLong(Step::unixNanos));
        return new Explanation(
                summary(connection, alive),
                steps,
                sinceUnixNanos,
                connection.opened().unixNanos() >= sinceUnixNanos);
    }

    private static String what(Event event) {
        return event instanceof Event.ConnectionOpened opened
                ? EventText.sentence(opened) + ": " + offer(opened) + "; " + answer(opened)
                : EventText.sentence(event);
    }

    private static String offer(Event.ConnectionOpened opened) {
        if (opened.offeredVersion() < 0) {
            return "the client did not offer MPTCP";
        }
        return "the client offered MPTCP version "
                + opened.offeredVersion()
                + flags(opened.offeredFlags(), "its");
    }

    private static String answer(Event.ConnectionOpened opened) {
        if (opened.answeredFlags() < 0) {
            return "we answered plain TCP";
        }
        return "we answered MPTCP" + flags(opened.answeredFlags(), "our");
    }

    private static String flags(int flags, String whose) {
        List<String> said = new ArrayList<>();
        if ((flags & EventText.FLAG_CHECKSUM) != 0) {
            said.add("with checksums (A flag)");
        }
        if ((flags & EventText.FLAG_DENY_JOIN) != 0) {
            said.add("forbidding joins to " + whose + " address (C flag)");
        }
        return said.isEmpty() ? "" : " " + String.join(", ", said);
    }

    private static String why(Connection connection, Event event, List<Entry> decisions) {
        return switch (event) {
            case Event.ConnectionOpened opened -> why(opened);
            case Event.SubflowPriority priority -> decided(priority.unixNanos(), decisions);
            case Event.JoinRefused refused ->
                    refused.reason().toLowerCase(Locale.ROOT).contains("limit")
                            ? "virtualServers["
                                    + connection.opened().virtualServer()
                                    + "].mptcp.maxSubflows allows no more"
                            : "";
            case Event.SubflowOpened opened when opened.backupByUs() ->
                    "policy has " + opened.port() + " as a backup path for this client";
            default -> "";
        };
    }

    private static String why(Event.ConnectionOpened opened) {
        if (!opened.fallback().isEmpty()) {
            return EventText.words(opened.fallback());
        }
        if (opened.answeredFlags() >= 0
                && (opened.answeredFlags() & EventText.FLAG_DENY_JOIN) != 0) {
            return "virtualServers["
                    + opened.virtualServer()
                    + "] has joinInitialAddress: no for this client";
        }
        return "";
    }

    /** The last decision before a change, if it is near enough to have caused it. */
    private static String decided(long unixNanos, List<Entry> decisions) {
        return decisions.reversed().stream()
                .filter(entry -> entry.unixNanos() <= unixNanos)
                .filter(entry -> unixNanos - entry.unixNanos() <= DECISION_NANOS)
                .findFirst()
                .map(Entry::text)
                .orElse("");
    }

    private static String summary(Connection connection, boolean alive) {
        String state =
                alive
                        ? connection.openSubflows() + " open subflows"
                        : connection.closed().isPresent()
                                ? "ended"
                                : "gone; its end was out of sight";
        return (connection.isMptcp()
                        ? "MPTCP"
                        : connection.fallback().isPresent()
                                ? "plain TCP after a fallback"
                                : "plain TCP")
                + ", "
                + state;
    }
}
