package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One whole picture of a dataplane: what a snapshot said, and what has happened since. */
final class Picture {
    final long epoch;
    long generation;
    final TreeMap<Long, Connection> connections = new TreeMap<>(Long::compareUnsigned);
    final Map<String, Boolean> links = new TreeMap<>();
    final Map<PathSelector, PathPriority> rules = new LinkedHashMap<>();
    final Set<String> draining = new TreeSet<>();
    long connectionsNotKept;

    Picture(long epoch, long generation) {
        this.epoch = epoch;
        this.generation = generation;
    }

    void open(Event.ConnectionOpened event) {
        if (connections.size() < BoxModel.CONNECTIONS_MAX
                || connections.containsKey(event.connection())) {
            connections.put(event.connection(), new Connection(event));
        } else {
            connectionsNotKept++;
        }
    }

    void drain(Event.Draining event) {
        if (event.draining()) {
            draining.add(event.virtualServer());
        } else {
            draining.remove(event.virtualServer());
        }
    }

    /** The last rule set wins: one that is set again moves behind the others. */
    void rule(Event.PathRule event) {
        rules.remove(event.paths());
        if (event.priority() != PathPriority.CONFIGURED) {
            rules.put(event.paths(), event.priority());
        }
    }
}
