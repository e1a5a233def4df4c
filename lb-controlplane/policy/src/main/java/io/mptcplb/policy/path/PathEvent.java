package io.mptcplb.policy.path;

import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;

/** What the path manager is told. {@link PathManager} says when. */
public sealed interface PathEvent {
    /** These policies are in force in the dataplane, in place of those before. */
    record Policies(PathTable table) implements PathEvent {}

    /** A snapshot begins: the rules that follow are all that are in force. */
    record SnapshotBegin() implements PathEvent {}

    /** A rule of the snapshot. Outside of one it is our own command's echo, and not looked at. */
    record Rule(PathSelector paths, PathPriority priority) implements PathEvent {}

    /** The snapshot is complete: commands may go out. */
    record SnapshotEnd() implements PathEvent {}

    /** The dataplane is out of reach, until the next snapshot. */
    record Lost() implements PathEvent {}

    /** The carrier of a NIC port, in a snapshot or when it changes. */
    record Link(String port, boolean up) implements PathEvent {}

    /** The figures of one NIC port, about once a second. */
    record Sample(PathSample sample) implements PathEvent {}

    /**
     * An operator's order, above every policy; CONFIGURED takes the order of the same selector
     * back.
     */
    record Order(PathSelector paths, PathPriority priority) implements PathEvent {}
}
