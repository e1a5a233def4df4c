package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One client connection, from the first word about it to the last. */
public final class Connection {
    /** Ended subflows that are kept of one connection; a path that flaps makes any number. */
    static final int CLOSED_SUBFLOWS_MAX = 16;

    /** A client may announce 255 addresses, and ours are 8. */
    static final int ADDRESSES_MAX = 32;

    private final Event.ConnectionOpened opened;
    private final Map<Integer, Subflow> subflows = new LinkedHashMap<>();
    private final Map<AddressKey, AnnouncedAddress> addresses = new LinkedHashMap<>();
    private Optional<Event.BackendChosen> backend = Optional.empty();
    private Optional<Event.ConnectionFellBack> fallback = Optional.empty();
    private Optional<Event.ConnectionClosed> closed = Optional.empty();
    private int closedSubflows;

    private record AddressKey(int addressId, boolean byPeer) {}

    Connection(Event.ConnectionOpened opened) {
        this.opened = opened;
    }

    public long id() {
        return opened.connection();
    }

    /** What the client offered and what we answered. */
    public Event.ConnectionOpened opened() {
        return opened;
    }

    /** Subflows that live, and the last of those that ended, in the order in which they began. */
    public Collection<Subflow> subflows() {
        return List.copyOf(subflows.values());
    }

    public Optional<Subflow> subflow(int subflow) {
        return Optional.ofNullable(subflows.get(subflow));
    }

    public long openSubflows() {
        return subflows.values().stream().filter(Subflow::isOpen).count();
    }

    public List<AnnouncedAddress> addresses() {
        return List.copyOf(addresses.values());
    }

    public Optional<Event.BackendChosen> backend() {
        return backend;
    }

    public Optional<Event.ConnectionFellBack> fallback() {
        return fallback;
    }

    /** Absent while it lives, and when its end was not seen. */
    public Optional<Event.ConnectionClosed> closed() {
        return closed;
    }

    /** True as long as it speaks MPTCP. */
    public boolean isMptcp() {
        return opened.token() != 0 && fallback.isEmpty();
    }

    void set(Event.BackendChosen chosen) {
        backend = Optional.of(chosen);
    }

    void set(Event.ConnectionFellBack event) {
        fallback = Optional.of(event);
    }

    void set(Event.ConnectionClosed event) {
        closed = Optional.of(event);
    }

    void open(Event.SubflowOpened event) {
        subflows.put(event.subflow(), Subflow.of(event));
    }

    void priority(Event.SubflowPriority event) {
        subflows.computeIfPresent(event.subflow(), (id, subflow) -> subflow.with(event));
    }

    void stalled(Event.SubflowStalled event) {
        subflows.computeIfPresent(event.subflow(), (id, subflow) -> subflow.with(event));
    }

    void close(Event.SubflowClosed event) {
        Subflow subflow = subflows.get(event.subflow());
        if (subflow == null || !subflow.isOpen()) {
            return;
        }
        subflows.put(event.subflow(), subflow.with(event));
        closedSubflows++;
        Iterator<Subflow> oldest = subflows.values().iterator();
        while (closedSubflows > CLOSED_SUBFLOWS_MAX && oldest.hasNext()) {
            if (!oldest.next().isOpen()) {
                oldest.remove();
                closedSubflows--;
            }
        }
    }

    void announced(Event.AddressAnnounced event) {
        AddressKey key = new AddressKey(event.addressId(), event.byPeer());
        if (addresses.size() < ADDRESSES_MAX || addresses.containsKey(key)) {
            addresses.put(key, new AnnouncedAddress(event, false));
        }
    }

    void echoed(Event.AddressEchoed event) {
        addresses.computeIfPresent(
                new AddressKey(event.addressId(), false),
                (key, address) -> new AnnouncedAddress(address.announced(), true));
    }

    void removed(Event.AddressRemoved event) {
        addresses.remove(new AddressKey(event.addressId(), event.byPeer()));
    }

    /** Everything that is known of it as events, for whoever tells its story. */
    List<Event> asEvents() {
        List<Event> events = new ArrayList<>();
        events.add(opened);
        backend.ifPresent(events::add);
        for (Subflow subflow : subflows.values()) {
            events.add(subflow.opened());
            subflow.closed().ifPresent(events::add);
        }
        addresses.values().forEach(address -> events.add(address.announced()));
        fallback.ifPresent(events::add);
        closed.ifPresent(events::add);
        return events;
    }
}
