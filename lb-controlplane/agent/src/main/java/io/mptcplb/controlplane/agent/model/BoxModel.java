package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The box as the dataplane tells it. While a snapshot comes in, readers see the picture before it;
 * when it is whole, they see the new one.
 */
public final class BoxModel {
    /** Connections that are kept; those beyond are counted. */
    public static final int CONNECTIONS_MAX = 100_000;

    /** Ended connections that can still be explained. */
    public static final int ENDED_MAX = 1_000;

    private final EventHistory history;
    private final Map<Long, Connection> ended = new LinkedHashMap<>();
    private Picture current = new Picture(0, 0);
    private @Nullable Picture building;

    public BoxModel(EventHistory history) {
        this.history = history;
    }

    /**
     * Takes one event, in the order of the dataplane.
     *
     * @param epoch of its frame
     * @param nowUnixNanos for events that carry no time of their own
     */
    public void handleEvent(long epoch, Event event, long nowUnixNanos) {
        switch (event) {
            case Event.SnapshotBegin begin -> building = new Picture(epoch, begin.generation());
            case Event.SnapshotEnd _ -> adopt(nowUnixNanos);
            case Event.Overrun overrun -> history.lost(epoch, overrun.events(), nowUnixNanos);
            default -> {
                Picture into = building;
                if (into == null) {
                    history.add(epoch, event, nowUnixNanos);
                    change(current, event);
                } else {
                    if (!isState(event)) {
                        history.add(epoch, event, nowUnixNanos);
                    }
                    change(into, event);
                }
            }
        }
    }

    /** The dataplane is out of reach: half a picture is worth nothing, the last whole one stays. */
    public void handleLost() {
        building = null;
    }

    /**
     * In a snapshot these say what is true, not that it became so: only the picture takes them.
     * Those of them that happened in its midst are missing from the history, which has a mark for
     * it.
     */
    private static boolean isState(Event event) {
        return switch (event) {
            case Event.ConnectionOpened _,
                    Event.BackendChosen _,
                    Event.ConnectionFellBack _,
                    Event.SubflowOpened _,
                    Event.SubflowPriority _,
                    Event.SubflowStalled _,
                    Event.AddressAnnounced _,
                    Event.AddressEchoed _,
                    Event.PortLink _,
                    Event.PathRule _,
                    Event.Draining _ ->
                    true;
            case Event.SnapshotBegin _,
                    Event.SnapshotEnd _,
                    Event.Overrun _,
                    Event.ConfigApplied _,
                    Event.PolicySettled _,
                    Event.ConnectionClosed _,
                    Event.SubflowClosed _,
                    Event.JoinRefused _,
                    Event.AddressRemoved _ ->
                    false;
        };
    }

    private void adopt(long nowUnixNanos) {
        Picture whole = building;
        if (whole == null) {
            return;
        }
        building = null;
        if (whole.epoch != current.epoch) {
            ended.clear();
        } else {
            current.connections.values().stream()
                    .filter(connection -> !whole.connections.containsKey(connection.id()))
                    .forEach(this::remember);
        }
        boolean first = current.epoch == 0;
        current = whole;
        history.snapshot(whole.epoch, whole.connections.size(), first, nowUnixNanos);
    }

    private void change(Picture picture, Event event) {
        switch (event) {
            case Event.ConnectionOpened opened -> picture.open(opened);
            case Event.ConnectionClosed closed -> close(picture, closed);
            case Event.ConnectionFellBack fellBack ->
                    at(picture, fellBack.connection(), connection -> connection.set(fellBack));
            case Event.BackendChosen chosen ->
                    at(picture, chosen.connection(), connection -> connection.set(chosen));
            case Event.SubflowOpened opened ->
                    at(picture, opened.connection(), connection -> connection.open(opened));
            case Event.SubflowPriority priority ->
                    at(picture, priority.connection(), connection -> connection.priority(priority));
            case Event.SubflowStalled stalled ->
                    at(picture, stalled.connection(), connection -> connection.stalled(stalled));
            case Event.SubflowClosed closed ->
                    at(picture, closed.connection(), connection -> connection.close(closed));
            case Event.AddressAnnounced address ->
                    at(picture, address.connection(), connection -> connection.announced(address));
            case Event.AddressEchoed echo ->
                    at(picture, echo.connection(), connection -> connection.echoed(echo));
            case Event.AddressRemoved removed ->
                    at(picture, removed.connection(), connection -> connection.removed(removed));
            case Event.PortLink link -> picture.links.put(link.port(), link.up());
            case Event.PathRule rule -> picture.rule(rule);
            case Event.Draining draining -> picture.drain(draining);
            case Event.ConfigApplied applied -> picture.generation = applied.generation();
            case Event.PolicySettled _,
                    Event.JoinRefused _,
                    Event.SnapshotBegin _,
                    Event.SnapshotEnd _,
                    Event.Overrun _ -> {}
        }
    }

    private static void at(Picture picture, long id, Consumer<Connection> change) {
        Connection connection = picture.connections.get(id);
        if (connection != null) {
            change.accept(connection);
        }
    }

    private void close(Picture picture, Event.ConnectionClosed event) {
        Connection connection = picture.connections.remove(event.connection());
        if (connection != null) {
            connection.set(event);
            remember(connection);
        } else if (picture.connectionsNotKept > 0) {
            picture.connectionsNotKept--;
        }
    }

    private void remember(Connection connection) {
        ended.put(connection.id(), connection);
        if (ended.size() > ENDED_MAX) {
            Iterator<Long> oldest = ended.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** The process that the picture is of; 0 before the first. */
    public long epoch() {
        return current.epoch;
    }

    /** The configuration in force. */
    public long generation() {
        return current.generation;
    }

    /** Live connections, oldest first, from the first id above {@code afterId} on. */
    public Collection<Connection> connectionsAfter(long afterId) {
        return current.connections.tailMap(afterId, false).values();
    }

    public int connections() {
        return current.connections.size();
    }

    /** Connections that live and are not kept, as there are too many. */
    public long connectionsNotKept() {
        return current.connectionsNotKept;
    }

    /** Alive, or ended not long ago. */
    public Optional<Connection> connection(long id) {
        Connection live = current.connections.get(id);
        return Optional.ofNullable(live != null ? live : ended.get(id));
    }

    public boolean isAlive(Connection connection) {
        return current.connections.get(connection.id()) == connection;
    }

    /**
     * The story of one connection, from what is known of it and what the history still holds.
     *
     * @param deciders whose decisions concern it: its policy, and the operator
     */
    public Explanation explain(Connection connection, Set<String> deciders) {
        return Explanation.of(
                connection,
                isAlive(connection),
                deciders,
                history.of(current.epoch, connection.id()),
                history.sinceUnixNanos());
    }

    /** Absent when the port has told nothing. */
    public Optional<Boolean> linkUp(String port) {
        return Optional.ofNullable(current.links.get(port));
    }

    /** Rules in force above the configuration; the last that fits wins. */
    public Map<PathSelector, PathPriority> rules() {
        return new LinkedHashMap<>(current.rules);
    }

    /** Virtual servers that take no new clients. */
    public Set<String> draining() {
        return Set.copyOf(current.draining);
    }

    public Map<String, Boolean> links() {
        return new TreeMap<>(current.links);
    }
}
