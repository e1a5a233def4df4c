package io.mptcplb.sim;

import io.mptcplb.stack.random.Prng;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Hosts, links, and the time that passes for all of them at once. */
public final class World implements AutoCloseable {
    private static final int STEPS_MAX = 20_000_000;

    // Ordered by arrival, never compared by content.
    @SuppressWarnings("ArrayRecordComponent")
    private record Flight(long arrivalNanos, long order, SimPort to, byte[] frame, int segmentBytes)
            implements Comparable<Flight> {
        @Override
        public int compareTo(Flight other) {
            return arrivalNanos != other.arrivalNanos
                    ? Long.compare(arrivalNanos, other.arrivalNanos)
                    : Long.compare(order, other.order);
        }
    }

    private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos
                    ? Long.compare(atNanos, other.atNanos)
                    : Long.compare(order, other.order);
        }
    }

    /** Any number: devices are drawn apart, so that they do not change what else a seed means. */
    private static final long DEVICES = 0x6465_7669_6365L;

    private final Prng prng;
    private final Prng devices;
    private final List<SimHost> hosts = new ArrayList<>();
    private final PriorityQueue<Flight> flights = new PriorityQueue<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long order;

    /**
     * @param seed everything random in the world follows from it
     * @param startNanos the clock at the beginning; any value, negative ones too
     */
    public World(long seed, long startNanos) {
        prng = new Prng(seed);
        devices = new Prng(seed ^ DEVICES);
        nowNanos = startNanos;
    }

    public long nowNanos() {
        return nowNanos;
    }

    public Prng prng() {
        return prng;
    }

    /** A host; what its devices can do is drawn from the seed, too. */
    public SimHost host(String name, int buffers) {
        return host(name, buffers, devices.nextInt(2) == 0);
    }

    /** A host whose devices finish checksums and cut super-segments, or do neither. */
    public SimHost host(String name, int buffers, boolean offloading) {
        SimHost host = new SimHost(name, buffers, offloading);
        hosts.add(host);
        return host;
    }

    /**
     * A cable; between devices that offload, half of them are virtual, as the seed will have it.
     */
    public SimLink link(SimPort a, SimPort b, LinkSettings settings) {
        SimLink link = new SimLink(this, a, b, settings, new Prng(prng.nextLong()));
        if (a.host().offloading() && b.host().offloading() && devices.nextInt(2) == 0) {
            link.carryWhole();
        }
        a.plug(link);
        b.plug(link);
        return link;
    }

    /** Calls {@code action} when {@code delayNanos} have passed. */
    public void after(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + delayNanos, order++, action));
    }

    void schedule(SimPort to, byte[] frame, int segmentBytes, long arrivalNanos) {
        flights.add(new Flight(arrivalNanos, order++, to, frame, segmentBytes));
    }

    /** Lets time pass until {@code done}, or {@code limitNanos} more. True when done. */
    public boolean runUntil(BooleanSupplier done, long limitNanos) {
        long end = nowNanos + limitNanos;
        stepAll();
        for (int steps = 0; !done.getAsBoolean(); steps++) {
            if (steps == STEPS_MAX) {
                throw new IllegalStateException("the world does not come to rest");
            }
            long next = next();
            if (next == Long.MAX_VALUE || next - end > 0) {
                nowNanos = end;
                stepAll();
                return done.getAsBoolean();
            }
            nowNanos = next - nowNanos > 0 ? next : nowNanos + 1;
            advance();
        }
        return true;
    }

    private long next() {
        long next = flights.isEmpty() ? Long.MAX_VALUE : flights.element().arrivalNanos();
        if (!events.isEmpty()) {
            next = Math.min(next, events.element().atNanos());
        }
        for (SimHost host : hosts) {
            next = Math.min(next, host.nextDeadlineNanos());
        }
        return next;
    }

    private void advance() {
        while (!events.isEmpty() && events.element().atNanos() <= nowNanos) {
            events.remove().action().run();
        }
        while (!flights.isEmpty() && flights.element().arrivalNanos() <= nowNanos) {
            Flight flight = flights.remove();
            flight.to().arrive(flight.frame(), flight.segmentBytes());
        }
        stepAll();
    }

    private void stepAll() {
        for (SimHost host : hosts) {
            host.step(nowNanos);
        }
    }

    @Override
    public void close() {
        flights.clear();
        for (SimHost host : hosts) {
            host.close();
        }
    }
}
