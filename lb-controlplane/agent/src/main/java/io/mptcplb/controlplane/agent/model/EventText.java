package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Events in words. */
final class EventText {
    /** RFC 8684 s3.1: DSS checksums are required. */
    static final int FLAG_CHECKSUM = 0x80;

    /** RFC 8684 s3.1: no subflows to the address of the connection itself. */
    static final int FLAG_DENY_JOIN = 0x20;

    private EventText() {}

    static EventKind kind(Event event) {
        return switch (event) {
            case Event.ConnectionOpened _,
                    Event.ConnectionFellBack _,
                    Event.BackendChosen _,
                    Event.ConnectionClosed _ ->
                    EventKind.CONNECTION;
            case Event.SubflowOpened _, Event.SubflowStalled _, Event.SubflowClosed _ ->
                    EventKind.SUBFLOW;
            case Event.SubflowPriority _ -> EventKind.PRIORITY;
            case Event.AddressAnnounced _, Event.AddressEchoed _, Event.AddressRemoved _ ->
                    EventKind.ADDRESS;
            case Event.JoinRefused _ -> EventKind.REFUSAL;
            case Event.PortLink _ -> EventKind.LINK;
            case Event.PathRule _, Event.Draining _, Event.PolicySettled _ -> EventKind.POLICY;
            case Event.ConfigApplied _ -> EventKind.CONFIG;
            case Event.SnapshotBegin _, Event.SnapshotEnd _, Event.Overrun _ -> EventKind.AGENT;
        };
    }

    /** 0 when it is about none. */
    static long connection(Event event) {
        return switch (event) {
            case Event.ConnectionOpened opened -> opened.connection();
            case Event.ConnectionFellBack fellBack -> fellBack.connection();
            case Event.BackendChosen chosen -> chosen.connection();
            case Event.ConnectionClosed closed -> closed.connection();
            case Event.SubflowOpened opened -> opened.connection();
            case Event.SubflowPriority priority -> priority.connection();
            case Event.SubflowStalled stalled -> stalled.connection();
            case Event.SubflowClosed closed -> closed.connection();
            case Event.JoinRefused refused -> refused.connection();
            case Event.AddressAnnounced announced -> announced.connection();
            case Event.AddressEchoed echoed -> echoed.connection();
            case Event.AddressRemoved removed -> removed.connection();
            case Event.SnapshotBegin _,
                    Event.SnapshotEnd _,
                    Event.Overrun _,
                    Event.ConfigApplied _,
                    Event.PolicySettled _,
                    Event.PortLink _,
                    Event.PathRule _,
                    Event.Draining _ ->
                    0;
        };
    }

    /** When it happened by the dataplane; 0 when it does not say. */
    static long unixNanos(Event event) {
        return switch (event) {
            case Event.ConnectionOpened opened -> opened.unixNanos();
            case Event.ConnectionFellBack fellBack -> fellBack.unixNanos();
            case Event.BackendChosen chosen -> chosen.unixNanos();
            case Event.ConnectionClosed closed -> closed.unixNanos();
            case Event.SubflowOpened opened -> opened.unixNanos();
            case Event.SubflowPriority priority -> priority.unixNanos();
            case Event.SubflowStalled stalled -> stalled.unixNanos();
            case Event.SubflowClosed closed -> closed.unixNanos();
            case Event.JoinRefused refused -> refused.unixNanos();
            case Event.AddressAnnounced announced -> announced.unixNanos();
            case Event.AddressEchoed echoed -> echoed.unixNanos();
            case Event.AddressRemoved removed -> removed.unixNanos();
            case Event.SnapshotBegin _,
                    Event.SnapshotEnd _,
                    Event.Overrun _,
                    Event.ConfigApplied _,
                    Event.PolicySettled _,
                    Event.PortLink _,
                    Event.PathRule _,
                    Event.Draining _ ->
                    0;
        };
    }

    static String sentence(Event event) {
        return switch (event) {
            case Event.SnapshotBegin begin ->
                    "a picture of generation " + begin.generation() + " begins";
            case Event.SnapshotEnd _ -> "the picture is whole";
            case Event.Overrun overrun -> overrun.events() + " events were lost";
            case Event.ConfigApplied applied ->
                    "configuration " + applied.generation() + " is in force";
            case Event.PolicySettled settled ->
                    "all connections follow the policy of configuration " + settled.generation();
            case Event.PortLink link ->
                    link.port() + (link.up() ? " has carrier" : " has lost its carrier");
            case Event.PathRule rule -> rule(rule.paths(), rule.priority());
            case Event.Draining draining ->
                    draining.virtualServer()
                            + (draining.draining()
                                    ? " takes no new clients"
                                    : " takes new clients again");
            case Event.ConnectionOpened opened -> opened(opened);
            case Event.ConnectionFellBack fellBack ->
                    "fell back to plain TCP: " + words(fellBack.cause());
            case Event.BackendChosen chosen ->
                    "goes to backend " + chosen.pool() + "/" + chosen.backend();
            case Event.ConnectionClosed closed ->
                    "ended ("
                            + words(closed.how())
                            + "), "
                            + closed.rxBytes()
                            + " bytes from the client, "
                            + closed.txBytes()
                            + " to it";
            case Event.SubflowOpened opened -> opened(opened);
            case Event.SubflowPriority priority ->
                    "subflow "
                            + priority.subflow()
                            + ": "
                            + priorities(priority.backupByUs(), priority.backupByPeer());
            case Event.SubflowStalled stalled ->
                    "subflow "
                            + stalled.subflow()
                            + (stalled.stalled() ? " stalled" : " acknowledges again");
            case Event.SubflowClosed closed ->
                    "subflow "
                            + closed.subflow()
                            + " ended: "
                            + words(closed.cause())
                            + (closed.resetReason().isEmpty()
                                    ? ""
                                    : " (reset: " + words(closed.resetReason()) + ")");
            case Event.JoinRefused refused ->
                    "a join from "
                            + endpoint(refused.client(), refused.clientPort())
                            + " was refused: "
                            + words(refused.reason());
            case Event.AddressAnnounced announced -> announced(announced);
            case Event.AddressEchoed echoed ->
                    "the client has confirmed address " + echoed.addressId();
            case Event.AddressRemoved removed ->
                    (removed.byPeer() ? "the client" : "we")
                            + " withdrew address "
                            + removed.addressId();
        };
    }

    private static String opened(Event.ConnectionOpened opened) {
        return endpoint(opened.client(), opened.clientPort())
                + " reached "
                + opened.virtualServer()
                + " at "
                + endpoint(opened.local(), opened.localPort())
                + " by "
                + (opened.token() == 0 ? "plain TCP" : "MPTCP");
    }

    private static String opened(Event.SubflowOpened opened) {
        return "subflow "
                + opened.subflow()
                + " over "
                + opened.port()
                + " from "
                + endpoint(opened.remote(), opened.remotePort())
                + " to "
                + endpoint(opened.local(), opened.localPort())
                + (opened.addressId() == 0 ? "" : ", the client's address " + opened.addressId())
                + ": "
                + priorities(opened.backupByUs(), opened.backupByPeer());
    }

    private static String announced(Event.AddressAnnounced announced) {
        String address =
                announced.tcpPort() == 0
                        ? announced.address().toString()
                        : endpoint(announced.address(), announced.tcpPort());
        return (announced.byPeer() ? "the client announced " : "we announced ")
                + address
                + " as address "
                + announced.addressId();
    }

    static String priorities(boolean backupByUs, boolean backupByPeer) {
        if (backupByUs && backupByPeer) {
            return "backup by us and by the client";
        }
        return backupByUs ? "backup by us" : backupByPeer ? "backup by the client" : "regular";
    }

    /** A rule as people say it. */
    static String rule(PathSelector paths, PathPriority priority) {
        List<String> parts = new ArrayList<>();
        paths.port().ifPresent(port -> parts.add("over " + port));
        paths.virtualServer().ifPresent(server -> parts.add("of " + server));
        paths.clients().ifPresent(clients -> parts.add("from " + clients));
        String which = parts.isEmpty() ? "all subflows" : "subflows " + String.join(" ", parts);
        return which
                + switch (priority) {
                    case CONFIGURED -> ": as configured";
                    case REGULAR -> ": regular";
                    case BACKUP -> ": backup";
                };
    }

    static String endpoint(IpAddress address, int port) {
        return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
    }

    /** Names are made for code; people read words. */
    static String words(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }
}
