package io.mptcplb.controlplane.agent.grafana;

import static io.mptcplb.controlplane.agent.grafana.Panel.lines;
import static io.mptcplb.controlplane.agent.grafana.Panel.stack;
import static io.mptcplb.controlplane.agent.grafana.Panel.stat;

import io.mptcplb.controlplane.agent.grafana.Dashboard.Row;
import java.util.List;

/** Is the box well, what does it carry, and what does it refuse? */
final class OverviewDashboard {
    private static final String I = "{instance=~\"$instance\"}";
    private static final String RATE = I + "[$__rate_interval]";

    private OverviewDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                "overview.json",
                "mptcplb-overview",
                "mptcp-lb: overview",
                "Is the box well, what does it carry, and what does it refuse?",
                List.of(Dashboard.INSTANCE),
                List.of(
                        now(),
                        traffic(),
                        backends(),
                        refusals(),
                        memory(),
                        work(),
                        lives(),
                        agent()));
    }

    private static Row now() {
        return new Row(
                "Now",
                stat(
                                "Dataplane",
                                "bool_on_off",
                                "On while the dataplane publishes figures. Goes off within two"
                                        + " seconds when the process dies or hangs.")
                        .moving("min(mptcplb_dataplane_up" + I + ")", "up"),
                stat(
                                "Client connections",
                                "short",
                                "Connections of clients that are open. Moves with every client that"
                                        + " comes or goes.")
                        .moving("sum(mptcplb_connections" + I + ")", "connections"),
                stat(
                                "Speaking MPTCP",
                                "percentunit",
                                "Share of the open connections that speak MPTCP. Falls when plain"
                                        + " TCP clients come, or when a middlebox strips options.")
                        .moving(
                                "sum(mptcplb_mptcp_connections"
                                        + I
                                        + ") / sum(mptcplb_connections"
                                        + I
                                        + ")",
                                "share"),
                stat(
                                "To clients",
                                "bps",
                                "Payload per second to clients. Moves with every download.")
                        .moving(
                                "8 * sum(rate(mptcplb_virtual_server_tx_bytes_total" + RATE + "))",
                                "rate"),
                stat(
                                "From clients",
                                "bps",
                                "Payload per second from clients. Moves with every upload.")
                        .moving(
                                "8 * sum(rate(mptcplb_virtual_server_rx_bytes_total" + RATE + "))",
                                "rate"),
                stat(
                                "Busiest box",
                                "percentunit",
                                "Share of time that the workers of the busiest box spend on work."
                                        + " Moves with every packet; near 100 % the box is full.")
                        .moving("max(" + busyShare() + ")", "busy"));
    }

    private static String busyShare() {
        return "rate(mptcplb_worker_busy_seconds_total"
                + RATE
                + ") / mptcplb_dataplane_workers"
                + I;
    }

    private static Row traffic() {
        return new Row(
                "Traffic",
                lines(
                                "Connections by virtual server",
                                "short",
                                "Open client connections, and those of them that speak MPTCP. Moves"
                                        + " with every client that comes or goes.")
                        .moving(
                                "sum by (virtual_server) (mptcplb_virtual_server_connections"
                                        + I
                                        + ")",
                                "{{virtual_server}}")
                        .moving(
                                "sum by (virtual_server)"
                                        + " (mptcplb_virtual_server_mptcp_connections"
                                        + I
                                        + ")",
                                "{{virtual_server}} MPTCP"),
                lines(
                                "New connections",
                                "cps",
                                "Client connections established per second, and those of them that"
                                        + " speak MPTCP. Moves with every new client.")
                        .moving(
                                perSecond(
                                        "virtual_server",
                                        "mptcplb_virtual_server_connections_opened_total"),
                                "{{virtual_server}}")
                        .moving(
                                perSecond(
                                        "virtual_server",
                                        "mptcplb_virtual_server_mptcp_opened_total"),
                                "{{virtual_server}} MPTCP"),
                lines(
                                "Payload by virtual server",
                                "bps",
                                "Payload to and from clients, retransmissions not counted. Moves"
                                        + " with every download and upload.")
                        .moving(
                                "8 * "
                                        + perSecond(
                                                "virtual_server",
                                                "mptcplb_virtual_server_tx_bytes_total"),
                                "{{virtual_server}} to clients")
                        .moving(
                                "8 * "
                                        + perSecond(
                                                "virtual_server",
                                                "mptcplb_virtual_server_rx_bytes_total"),
                                "{{virtual_server}} from clients"),
                stack(
                                "Sessions ended, by cause",
                                "cps",
                                "How sessions end. \"finished\" moves with every client that is"
                                        + " done; the others with resets, timeouts and backends"
                                        + " that fail.")
                        .moving(perSecond("cause", "mptcplb_sessions_closed_total"), "{{cause}}"));
    }

    private static Row backends() {
        return new Row(
                "Backends",
                lines(
                                "Connections by backend",
                                "short",
                                "Open connections to each backend. Moves with every session; a"
                                        + " backend at 0 beside busy ones gets no sessions.")
                        .moving(
                                "sum by (pool, backend) (mptcplb_backend_connections" + I + ")",
                                "{{pool}}/{{backend}}"),
                lines(
                                "Payload by backend",
                                "bps",
                                "Payload from and to each backend. Moves with every download and"
                                        + " upload.")
                        .moving(
                                "8 * "
                                        + perSecond(
                                                "pool, backend", "mptcplb_backend_rx_bytes_total"),
                                "{{pool}}/{{backend}} from")
                        .moving(
                                "8 * "
                                        + perSecond(
                                                "pool, backend", "mptcplb_backend_tx_bytes_total"),
                                "{{pool}}/{{backend}} to"),
                lines(
                                "New connections by backend",
                                "cps",
                                "Connections established per second, and sessions that went on to"
                                        + " another backend. Retries move when a backend refuses"
                                        + " and the pool has another one.")
                        .moving(
                                perSecond(
                                        "pool, backend",
                                        "mptcplb_backend_connections_opened_total"),
                                "{{pool}}/{{backend}}")
                        .moving(
                                perSecond("pool, backend", "mptcplb_backend_retries_total"),
                                "{{pool}}/{{backend}} gone to another"),
                lines(
                                "Backend failures",
                                "cps",
                                "Refused moves when nothing listens on the backend's port, timed"
                                        + " out when its host is away, reset when it breaks off a"
                                        + " running session.")
                        .moving(
                                perSecond("pool, backend", "mptcplb_backend_refused_total"),
                                "{{pool}}/{{backend}} refused")
                        .resting(
                                perSecond("pool, backend", "mptcplb_backend_timeouts_total"),
                                "{{pool}}/{{backend}} timed out")
                        .moving(
                                perSecond("pool, backend", "mptcplb_backend_resets_total"),
                                "{{pool}}/{{backend}} reset"));
    }

    private static Row refusals() {
        return new Row(
                "Refusals",
                stack(
                                "Frames and segments refused, by reason",
                                "pps",
                                "Every refusal has a name. \"duplicate\" and \"out_of_window\" move"
                                        + " with retransmissions on lossy paths, \"no_listener\""
                                        + " with scans, \"no_flow\" after a restart, the others"
                                        + " with hostile or broken peers. Reasons that do not move"
                                        + " are left out.")
                        .moving(perSecond("reason", "mptcplb_drops_total") + " > 0", "{{reason}}"),
                stack(
                                "Connections refused, by reason",
                                "cps",
                                "Client connections that were refused: \"no_backend\" moves when"
                                        + " no backend of the pool may take sessions, the others at"
                                        + " a limit or under memory pressure.")
                        .moving(
                                perSecond("reason", "mptcplb_sessions_refused_total"),
                                "{{reason}}"),
                lines(
                                "Frames lost at ports",
                                "pps",
                                "Missed: the device's ring or the socket's queue was full. No"
                                        + " buffer: the pool was empty. Transmit: ring full or link"
                                        + " down. Moves when the box is overrun, or sends into a"
                                        + " port without carrier.")
                        .resting(
                                perSecond("port", "mptcplb_port_rx_missed_total"),
                                "{{port}} missed")
                        .resting(
                                perSecond("port", "mptcplb_port_rx_no_buffer_total"),
                                "{{port}} no buffer")
                        .resting(
                                perSecond("port", "mptcplb_port_rx_errors_total"),
                                "{{port}} broken")
                        .resting(
                                perSecond("port", "mptcplb_port_tx_drops_total"),
                                "{{port}} transmit"),
                lines(
                                "TCP trouble",
                                "pps",
                                "Retransmissions, timeouts and resets on both sides, clients' and"
                                        + " backends'. Moves with loss, dark paths and peers that"
                                        + " break off.")
                        .moving(rate("mptcplb_tcp_retransmitted_segments_total"), "sent again")
                        .moving(rate("mptcplb_tcp_timeouts_total"), "timeouts")
                        .moving(rate("mptcplb_tcp_resets_rx_total"), "resets received")
                        .moving(rate("mptcplb_tcp_resets_tx_total"), "resets sent"));
    }

    private static Row memory() {
        return new Row(
                "Memory",
                lines(
                                "Packet memory held",
                                "bytes",
                                "What queues of sessions hold, against what all sessions together"
                                        + " may hold. Moves with traffic, and most with clients"
                                        + " that read slowly.")
                        .moving("sum(mptcplb_buffer_held_bytes" + I + ")", "held")
                        .moving("sum(mptcplb_buffer_budget_bytes" + I + ")", "budget"),
                lines(
                                "Memory pressure",
                                "short",
                                "0 none, 1 windows shrink, 2 out-of-order data is dropped, 3 new"
                                        + " sessions are refused. Moves only when slow readers hold"
                                        + " the budget.")
                        .resting("max by (instance) (mptcplb_pressure" + I + ")", "{{instance}}"),
                lines(
                                "Free buffers",
                                "percentunit",
                                "Share of the pool that is free. Falls with traffic and with slow"
                                        + " readers; at 0 frames are lost.")
                        .moving(
                                "sum by (instance) (mptcplb_buffers_free"
                                        + I
                                        + ") / sum by (instance) (mptcplb_buffers"
                                        + I
                                        + ")",
                                "{{instance}}"),
                lines(
                                "Copies",
                                "Bps",
                                "Payload that had to be copied: thin segments put together to free"
                                        + " buffers move with small writes; the other two stay 0"
                                        + " unless a port cannot gather or a segment had to be"
                                        + " cut.")
                        .resting(rate("mptcplb_compacted_bytes_total"), "compacted")
                        .resting(rate("mptcplb_payload_copied_bytes_total"), "copied")
                        .resting(
                                rate("mptcplb_port_copied_payload_bytes_total"),
                                "copied at a port"));
    }

    private static Row work() {
        return new Row(
                "Work",
                lines(
                                "Busy share",
                                "percentunit",
                                "Share of time that workers spend on cycles that found work. Moves"
                                        + " with every packet; near 100 % the box is full.")
                        .moving(busyShare(), "{{instance}}"),
                stack(
                                "Where the time goes",
                                "percentunit",
                                "Phases of the cycles that are measured (one in 64), as shares."
                                        + " Moves with traffic: bulk transfers spend it on tx and"
                                        + " rx, many small requests on protocol.")
                        .moving(phase("rx"), "rx")
                        .moving(phase("parse"), "parse")
                        .moving(phase("protocol"), "protocol")
                        .moving(phase("proxy"), "proxy")
                        .moving(phase("build"), "build")
                        .moving(phase("tx"), "tx")
                        .moving(phase("keeping"), "keeping"),
                lines(
                                "Packets",
                                "pps",
                                "Frames that the ports received and sent. Moves with any traffic.")
                        .moving(
                                perSecond("port", "mptcplb_port_rx_frames_total"),
                                "{{port}} received")
                        .moving(perSecond("port", "mptcplb_port_tx_frames_total"), "{{port}} sent"),
                lines(
                                "Longest duty cycle",
                                "s",
                                "The longest time that a worker was away from its ports since it"
                                        + " started. Moves when something stops the process.")
                        .moving(
                                "max by (instance) (mptcplb_worker_longest_cycle_seconds" + I + ")",
                                "{{instance}}"));
    }

    private static String phase(String name) {
        return "sum(rate(mptcplb_worker_phase_"
                + name
                + "_seconds_total"
                + RATE
                + ")) / ("
                + String.join(
                        " + ",
                        List.of("rx", "parse", "protocol", "proxy", "build", "tx", "keeping")
                                .stream()
                                .map(each ->
                                        "sum(rate(mptcplb_worker_phase_"
                                                + each
                                                + "_seconds_total"
                                                + RATE
                                                + "))")
                                .toList())
                + ")";
    }

    private static Row lives() {
        return new Row(
                "Lives and configuration",
                lines(
                                "Uptime of the dataplane",
                                "s",
                                "Time since the dataplane started. Falls to 0 when it restarts.")
                        .moving(
                                "time() - mptcplb_dataplane_start_time_seconds" + I,
                                "{{instance}}"),
                lines(
                                "Restarts",
                                "short",
                                "Dataplanes that took the place of an earlier one in the last hour."
                                        + " Moves when the process dies and the supervisor starts"
                                        + " it again.")
                        .moving(
                                "increase(mptcplb_dataplane_restarts_total" + I + "[1h])",
                                "{{instance}}"),
                lines(
                                "Configuration generation",
                                "short",
                                "Generation that every worker has reached. Moves with every change"
                                        + " that is applied; instances of one fleet agree.")
                        .moving("mptcplb_config_generation" + I, "{{instance}}"),
                lines(
                                "Counter file",
                                "short",
                                "1 while the dataplane's figures can be read. Falls, and an error"
                                        + " by cause moves, when the file is missing or damaged.")
                        .moving("mptcplb_figures_file_readable" + I, "{{instance}} readable")
                        .moving(
                                perSecond("cause", "mptcplb_figures_file_errors_total"),
                                "{{cause}} per second"));
    }

    private static Row agent() {
        return new Row(
                "Agent",
                lines(
                                "In step with the dataplane",
                                "short",
                                "1 while the agent knows every event of the dataplane. Falls when"
                                        + " the dataplane restarts or the control socket is gone;"
                                        + " the dataplane serves on meanwhile.")
                        .resting("mptcplb_agent_control_live" + I, "{{instance}}"),
                lines(
                                "Control socket",
                                "cps",
                                "Events and commands per second, and how often the agent asked for"
                                        + " a new snapshot. Moves with clients that come and go,"
                                        + " and with every change of policy; snapshots after a"
                                        + " restart or lost events.")
                        .resting(rate("mptcplb_agent_control_events_total"), "events")
                        .resting(rate("mptcplb_agent_control_commands_total"), "commands")
                        .resting(rate("mptcplb_agent_control_resyncs_total"), "snapshots")
                        .resting(rate("mptcplb_agent_control_lost_total"), "dataplane lost"),
                stack(
                                "Configurations offered",
                                "short",
                                "By file or API in the last hour, and what became of each. Moves"
                                        + " when the file changes; \"refused\" when it has a"
                                        + " mistake.")
                        .resting(
                                "sum by (outcome) (increase(mptcplb_agent_config_offers_total"
                                        + I
                                        + "[1h]))",
                                "{{outcome}}"),
                stack(
                                "Requests refused by the admin API",
                                "cps",
                                "By status. Moves with wrong requests, and while the dataplane is"
                                        + " out of reach.")
                        .moving(
                                perSecond("status", "mptcplb_agent_api_refusals_total"),
                                "{{status}}"));
    }

    private static String perSecond(String labels, String counter) {
        return "sum by (" + labels + ") (rate(" + counter + RATE + "))";
    }

    private static String rate(String counter) {
        return "sum(rate(" + counter + RATE + "))";
    }
}
