package io.mptcplb.app.control;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Event;
import java.util.List;
import java.util.Locale;

/** Reads what {@link EventWriter} wrote, in its order. Owner: the control thread. */
final class EventReader {
    private final EventRing ring;
    private final List<String> portNames;
    private int number;
    private int reference;

    EventReader(EventRing ring, List<String> portNames) {
        this.ring = ring;
        this.portNames = List.copyOf(portNames);
    }

    /** There is an event to {@link #take}. */
    boolean ready() {
        return ring.ready();
    }

    /** The next event is part of a snapshot. */
    boolean ofSnapshot() {
        return ring.number(EventWriter.OF_SNAPSHOT) != 0;
    }

    /** Leaves the next event out. */
    void skip() {
        ring.advance();
    }

    /**
     * The next event.
     *
     * @param unixOffsetNanos from the workers' clock to the system's
     */
    Event take(long unixOffsetNanos) {
        if (!(ring.reference(EventWriter.KIND) instanceof EventKind kind)) {
            throw new IllegalStateException("an entry of no kind");
        }
        long connection = ring.number(EventWriter.CONNECTION);
        long unixNanos = ring.number(EventWriter.NOW_NANOS) + unixOffsetNanos;
        number = EventWriter.OWN;
        reference = EventWriter.OWN_REFERENCE;
        Event event = event(kind, connection, unixNanos);
        ring.advance();
        return event;
    }

    private Event event(EventKind kind, long connection, long at) {
        return switch (kind) {
            case CONNECTION_OPENED -> opened(connection, at);
            case CONNECTION_FELL_BACK -> new Event.ConnectionFellBack(connection, name(), at);
            case BACKEND_CHOSEN -> new Event.BackendChosen(connection, text(), text(), at);
            case CONNECTION_CLOSED -> {
                long rxBytes = number();
                long txBytes = number();
                yield new Event.ConnectionClosed(connection, name(), rxBytes, txBytes, at);
            }
            case SUBFLOW_OPENED -> subflow(connection, at);
            case SUBFLOW_PRIORITY ->
                    new Event.SubflowPriority(connection, integer(), flag(), flag(), at);
            case SUBFLOW_STALLED -> new Event.SubflowStalled(connection, integer(), flag(), at);
            case SUBFLOW_CLOSED ->
                    new Event.SubflowClosed(connection, integer(), name(), name(), at);
            case JOIN_REFUSED ->
                    new Event.JoinRefused(connection, address(), integer(), name(), at);
            case ADDRESS_ANNOUNCED ->
                    new Event.AddressAnnounced(
                            connection, integer(), address(), integer(), flag(), at);
            case ADDRESS_ECHOED -> new Event.AddressEchoed(connection, integer(), at);
            case ADDRESS_REMOVED -> new Event.AddressRemoved(connection, integer(), flag(), at);
            case POLICY_SETTLED -> new Event.PolicySettled(number());
            case PORT_LINK -> new Event.PortLink(portNames.get(integer()), flag());
        };
    }

    private Event opened(long connection, long unixNanos) {
        IpAddress client = address();
        IpAddress local = address();
        int clientPort = integer();
        int localPort = integer();
        int token = integer();
        int version = integer();
        int offered = integer();
        int answered = integer();
        String fallback = name();
        String virtualServer = text();
        return new Event.ConnectionOpened(
                connection,
                virtualServer,
                client,
                clientPort,
                local,
                localPort,
                token,
                version,
                offered,
                answered,
                fallback,
                unixNanos);
    }

    private Event subflow(long connection, long unixNanos) {
        int subflow = integer();
        String port = portNames.get(integer());
        IpAddress local = address();
        IpAddress remote = address();
        int localPort = integer();
        int remotePort = integer();
        return new Event.SubflowOpened(
                connection,
                subflow,
                port,
                local,
                localPort,
                remote,
                remotePort,
                integer(),
                flag(),
                flag(),
                unixNanos);
    }

    private long number() {
        return ring.number(number++);
    }

    private int integer() {
        return (int) number();
    }

    private boolean flag() {
        return number() != 0;
    }

    private IpAddress address() {
        return new IpAddress(number(), number());
    }

    private String text() {
        return ring.reference(reference++) instanceof String text ? text : "";
    }

    /** A constant's, as the metrics' labels have it; empty where there was none. */
    private String name() {
        return ring.reference(reference++) instanceof Enum<?> constant
                ? constant.name().toLowerCase(Locale.ROOT)
                : "";
    }
}
