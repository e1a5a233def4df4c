package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last things that happened, oldest first; what is older than it can hold is gone. */
public final class EventHistory {
    /** Most entries that one question is answered with. */
    public static final int PAGE_MAX = 1_000;

    private final @Nullable Entry[] ring;
    private final long beginUnixNanos;
    private long next = 1;

    /**
     * One thing that happened.
     *
     * @param number from 1, without a gap
     * @param epoch the dataplane's process that it happened in, 0 for none
     * @param event what the dataplane said; absent for what the agent says itself
     * @param note what the agent says itself
     * @param decider who decided so, when it is a decision; empty otherwise
     */
    public record Entry(
            long number,
            long epoch,
            long unixNanos,
            EventKind kind,
            Optional<Event> event,
            String note,
            String decider) {

        /** In one sentence. */
        public String text() {
            return event.map(EventText::sentence).orElse(note);
        }

        /** 0 when it is about none. */
        public long connection() {
            return event.map(EventText::connection).orElse(0L);
        }
    }

    /**
     * @param entries how many it holds
     * @param nowUnixNanos since when it reaches back as long as it is not full
     */
    public EventHistory(int entries, long nowUnixNanos) {
        ring = new Entry[entries];
        beginUnixNanos = nowUnixNanos;
    }

    void add(long epoch, Event event, long nowUnixNanos) {
        long at = EventText.unixNanos(event);
        put(
                new Entry(
                        next,
                        epoch,
                        at == 0 ? nowUnixNanos : at,
                        EventText.kind(event),
                        Optional.of(event),
                        "",
                        ""));
    }

    /** What the agent itself has to say. */
    public void note(EventKind kind, String text, long nowUnixNanos) {
        put(new Entry(next, 0, nowUnixNanos, kind, Optional.empty(), text, ""));
    }

    /** What a policy, or an operator, has decided. */
    public void decided(String decider, String text, long nowUnixNanos) {
        put(new Entry(next, 0, nowUnixNanos, EventKind.POLICY, Optional.empty(), text, decider));
    }

    void lost(long epoch, long events, long nowUnixNanos) {
        String text =
                events
                        + (events == 1 ? " event was" : " events were")
                        + " lost: the story has a gap";
        put(new Entry(next, epoch, nowUnixNanos, EventKind.AGENT, Optional.empty(), text, ""));
    }

    void snapshot(long epoch, int connections, boolean first, long nowUnixNanos) {
        String text =
                (first ? "first picture of the box" : "in step with the box again")
                        + ": "
                        + connections
                        + (connections == 1 ? " connection" : " connections")
                        + (first ? "" : "; what happened in between is known by its result");
        put(new Entry(next, epoch, nowUnixNanos, EventKind.AGENT, Optional.empty(), text, ""));
    }

    private void put(Entry entry) {
        ring[(int) (next % ring.length)] = entry;
        next++;
    }

    /** From when on nothing is missing for want of room. */
    public long sinceUnixNanos() {
        if (next <= ring.length) {
            return beginUnixNanos;
        }
        Entry oldest = ring[(int) (oldest() % ring.length)];
        return oldest == null ? beginUnixNanos : oldest.unixNanos();
    }

    /** The number of the oldest entry that is held. */
    public long oldest() {
        return Math.max(1, next - ring.length);
    }

    /** The number that the next entry gets. */
    public long next() {
        return next;
    }

    public int capacity() {
        return ring.length;
    }

    /** Entries with numbers above {@code after} that fit, oldest first, at most so many. */
    public List<Entry> after(long after, int max, Predicate<Entry> fits) {
        List<Entry> found = new ArrayList<>();
        for (long number = Math.max(oldest(), after + 1);
                number < next && found.size() < max;
                number++) {
            add(found, number, fits);
        }
        return found;
    }

    /** The last entries that fit, oldest first, at most so many. */
    public List<Entry> latest(int max, Predicate<Entry> fits) {
        List<Entry> found = new ArrayList<>();
        for (long number = next - 1; number >= oldest() && found.size() < max; number--) {
            add(found, number, fits);
        }
        return found.reversed();
    }

    private void add(List<Entry> found, long number, Predicate<Entry> fits) {
        Entry entry = ring[(int) (number % ring.length)];
        if (entry != null && fits.test(entry)) {
            found.add(entry);
        }
    }

    /** All of one connection, and what the agent decided meanwhile. */
    List<Entry> of(long epoch, long connection) {
        return after(
                0,
                ring.length,
                entry ->
                        entry.epoch() == epoch && entry.connection() == connection
                                || entry.kind() == EventKind.POLICY);
    }
}
