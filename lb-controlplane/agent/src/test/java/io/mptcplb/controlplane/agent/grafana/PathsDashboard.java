package io.mptcplb.controlplane.agent.grafana;

import static io.mptcplb.controlplane.agent.grafana.Panel.lines;
import static io.mptcplb.controlplane.agent.grafana.Panel.stack;
import static io.mptcplb.controlplane.agent.grafana.Panel.stat;

import io.mptcplb.controlplane.agent.grafana.Dashboard.Row;
import io.mptcplb.controlplane.agent.grafana.Dashboard.Variable;
import java.util.List;

/** Which path carries what, which one is backup, and does the policy do what it was written for? */
final class PathsDashboard {
    private static final String I = "{instance=~\"$instance\"}";
    private static final String RATE = I + "[$__rate_interval]";
    private static final String P = "{instance=~\"$instance\", port=~\"$port\"}";
    private static final String PORT_RATE = P + "[$__rate_interval]";

    private PathsDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                "paths.json",
                "mptcplb-paths",
                "mptcp-lb: paths and backup policy",
                "Which path carries what, which one is backup, and does the policy do what it was"
                        + " written for?",
                List.of(
                        Dashboard.INSTANCE,
                        new Variable(
                                "port",
                                "NIC port",
                                "label_values(mptcplb_path_subflows_opened_total" + I + ", port)")),
                List.of(now(), traffic(), quality(), joins(), signals(), policy(), fallbacks()));
    }

    private static Row now() {
        return new Row(
                "Paths now",
                stat(
                                "Subflows",
                                "short",
                                "Established client subflows over the chosen ports. Moves with"
                                        + " every client and every join.")
                        .moving("sum(mptcplb_path_subflows" + P + ")", "subflows"),
                stat(
                                "On backup",
                                "percentunit",
                                "Share of the subflows that have backup priority. Moves when a"
                                        + " policy, or a client by MP_PRIO, declares a path"
                                        + " backup.")
                        .moving(
                                "sum(mptcplb_path_backup_subflows"
                                        + P
                                        + ") / sum(mptcplb_path_subflows"
                                        + P
                                        + ")",
                                "share"),
                stat(
                                "Stalled",
                                "percentunit",
                                "Share of the subflows whose retransmission timer has expired since"
                                        + " their last ACK. Moves when a path goes dark.")
                        .moving(
                                "sum(mptcplb_path_stalled_subflows"
                                        + P
                                        + ") / sum(mptcplb_path_subflows"
                                        + P
                                        + ")",
                                "share"),
                stat(
                                "Ports up",
                                "short",
                                "Chosen ports whose link is up. Falls when one loses carrier.")
                        .moving("sum(mptcplb_port_link_up" + P + ")", "up"),
                stat(
                                "Subflows per connection",
                                "short",
                                "Established subflows for each MPTCP connection. Rises when clients"
                                        + " join over a second path, falls when a path dies.")
                        .moving(
                                "sum(mptcplb_mptcp_subflows"
                                        + I
                                        + ") / sum(mptcplb_mptcp_connections"
                                        + I
                                        + ")",
                                "subflows"),
                stat(
                                "Without a path",
                                "short",
                                "Connections that wait for a new subflow. Moves when all paths of a"
                                        + " client are gone.")
                        .resting("sum(mptcplb_mptcp_without_subflow" + I + ")", "connections"));
    }

    private static Row traffic() {
        return new Row(
                "What each path carries",
                lines(
                                "Subflows by path: regular, backup, stalled",
                                "short",
                                "Established client subflows over each port. \"backup\" moves with"
                                        + " a backup policy or MP_PRIO, \"stalled\" when a path"
                                        + " goes dark.")
                        .moving(
                                "sum by (port) (mptcplb_path_subflows"
                                        + P
                                        + " - mptcplb_path_backup_subflows"
                                        + P
                                        + ")",
                                "{{port}} regular")
                        .moving(
                                "sum by (port) (mptcplb_path_backup_subflows" + P + ")",
                                "{{port}} backup")
                        .moving(
                                "sum by (port) (mptcplb_path_stalled_subflows" + P + ")",
                                "{{port}} stalled"),
                stack(
                                "Share of the payload by path",
                                "percentunit",
                                "How the payload to and from clients is shared out over the paths."
                                        + " A backup path's share is 0 while a regular one lives;"
                                        + " it rises when the regular one fails.")
                        .moving(
                                "sum by (port) ("
                                        + payload(PORT_RATE)
                                        + ") / ignoring (port) group_left () sum ("
                                        + payload(PORT_RATE)
                                        + ")",
                                "{{port}}"),
                lines(
                                "Payload to clients",
                                "bps",
                                "Payload sent to clients over each port, retransmissions not"
                                        + " counted. Moves with every download.")
                        .moving(
                                "8 * " + perSecond("mptcplb_path_tx_payload_bytes_total"),
                                "{{port}}"),
                lines(
                                "Payload from clients",
                                "bps",
                                "Payload from clients over each port, in order on its subflow."
                                        + " Moves with every upload.")
                        .moving(
                                "8 * " + perSecond("mptcplb_path_rx_payload_bytes_total"),
                                "{{port}}"),
                lines(
                                "Wire, sent",
                                "bps",
                                "All that the port sent, headers, ACKs and retransmissions"
                                        + " included. Moves with any traffic.")
                        .moving("8 * " + perSecond("mptcplb_port_tx_bytes_total"), "{{port}}"),
                lines(
                                "Wire, received",
                                "bps",
                                "All that the port received, headers and ACKs included. Moves with"
                                        + " any traffic.")
                        .moving("8 * " + perSecond("mptcplb_port_rx_bytes_total"), "{{port}}"));
    }

    private static String payload(String selector) {
        return "rate(mptcplb_path_tx_payload_bytes_total"
                + selector
                + ") + rate(mptcplb_path_rx_payload_bytes_total"
                + selector
                + ")";
    }

    private static Row quality() {
        return new Row(
                "How good each path is",
                lines(
                                "Round trip time",
                                "s",
                                "Smoothed, of the subflow that measured last over each port. Rises"
                                        + " with distance and with queues that fill.")
                        .moving("avg by (port) (mptcplb_path_srtt_seconds" + P + ")", "{{port}}"),
                lines(
                                "Sent again",
                                "percentunit",
                                "Payload sent again on the same subflow, as a share of all payload"
                                        + " sent over the port. Moves with loss.")
                        .moving(
                                perSecond("mptcplb_path_retransmitted_bytes_total")
                                        + " / ("
                                        + perSecond("mptcplb_path_tx_payload_bytes_total")
                                        + " + "
                                        + perSecond("mptcplb_path_retransmitted_bytes_total")
                                        + ")",
                                "{{port}}"),
                lines(
                                "Losses",
                                "pps",
                                "Segments sent again, fast recoveries and timeouts. Recoveries move"
                                        + " with single losses, timeouts when a path goes dark.")
                        .moving(
                                perSecond("mptcplb_path_retransmitted_segments_total"),
                                "{{port}} sent again")
                        .moving(perSecond("mptcplb_path_recoveries_total"), "{{port}} recoveries")
                        .moving(perSecond("mptcplb_path_timeouts_total"), "{{port}} timeouts"),
                lines(
                                "Reinjected",
                                "Bps",
                                "Bytes sent over this port after another subflow had failed to"
                                        + " deliver them. Moves when the other path goes dark.")
                        .moving(perSecond("mptcplb_path_reinjected_bytes_total"), "{{port}}"),
                lines(
                                "In flight and congestion window",
                                "bytes",
                                "Sent and not yet acknowledged, and what the paths' congestion"
                                        + " windows allow, of all subflows over the port. Moves"
                                        + " with downloads; the window falls with loss.")
                        .moving(
                                "sum by (port) (mptcplb_path_in_flight_bytes" + P + ")",
                                "{{port}} in flight")
                        .moving(
                                "sum by (port) (mptcplb_path_cwnd_bytes" + P + ")",
                                "{{port}} window"),
                lines(
                                "Link",
                                "short",
                                "1 while the port's link is up, and how often it changed in the"
                                        + " last five minutes. Moves when a port loses carrier;"
                                        + " many changes are flapping.")
                        .moving("max by (port) (mptcplb_port_link_up" + P + ")", "{{port}} up")
                        .moving(
                                "sum by (port) (increase(mptcplb_port_link_changes_total"
                                        + P
                                        + "[5m]))",
                                "{{port}} changes"));
    }

    private static Row joins() {
        return new Row(
                "How paths are added",
                lines(
                                "Joins",
                                "cps",
                                "SYNs with MP_JOIN, and the subflows that came of them. Moves when"
                                        + " clients add a path.")
                        .moving(rate("mptcplb_mptcp_joins_rx_total"), "asked")
                        .moving(rate("mptcplb_mptcp_joins_accepted_total"), "joined"),
                stack(
                                "Joins refused, by reason",
                                "cps",
                                "Each is answered with a RST that names the reason. Moves when a"
                                        + " client wants more subflows than the policy allows, or"
                                        + " joins a connection that this box does not know.")
                        .moving(byReason("mptcplb_mptcp_joins_refused_total"), "{{reason}}"),
                lines(
                                "Subflows opened and closed, by path",
                                "cps",
                                "Client subflows, first ones and joins. Moves with every client;"
                                        + " many closed ones beside few sessions ended mean a path"
                                        + " that fails.")
                        .moving(perSecond("mptcplb_path_subflows_opened_total"), "{{port}} opened")
                        .moving(perSecond("mptcplb_path_subflows_closed_total"), "{{port}} closed"),
                lines(
                                "Joins by path",
                                "cps",
                                "Subflows that joined a connection over each port. Moves when"
                                        + " clients add a path.")
                        .moving(perSecond("mptcplb_path_joins_total"), "{{port}}"));
    }

    private static Row signals() {
        return new Row(
                "Signals",
                lines(
                                "Addresses announced",
                                "cps",
                                "ADD_ADDR sent, echoed by clients, and repeated for lack of an"
                                        + " echo. Moves where the policy advertises addresses;"
                                        + " repeats move when clients or middleboxes swallow"
                                        + " them.")
                        .moving(rate("mptcplb_add_addr_tx_total"), "announced")
                        .moving(rate("mptcplb_add_addr_echo_rx_total"), "echoed")
                        .resting(rate("mptcplb_add_addr_retransmitted_total"), "repeated"),
                lines(
                                "Addresses of clients",
                                "cps",
                                "ADD_ADDR and REMOVE_ADDR from clients, and REMOVE_ADDR that we"
                                        + " sent. REMOVE_ADDR moves when a client gives up an"
                                        + " address.")
                        .resting(rate("mptcplb_add_addr_rx_total"), "announced")
                        .moving(rate("mptcplb_remove_addr_rx_total"), "removed")
                        .resting(rate("mptcplb_remove_addr_tx_total"), "removed by us"),
                lines(
                                "Priority changes",
                                "cps",
                                "MP_PRIO received and sent. Received moves when a client declares a"
                                        + " path backup, sent when a policy does.")
                        .moving(rate("mptcplb_mp_prio_rx_total"), "received")
                        .resting(rate("mptcplb_mp_prio_tx_total"), "sent"),
                lines(
                                "Ends of connections",
                                "cps",
                                "DATA_FIN moves with every connection that ends as it should,"
                                        + " MP_FASTCLOSE when one is broken off, MP_FAIL when a"
                                        + " middlebox has changed payload.")
                        .moving(rate("mptcplb_data_fin_rx_total"), "DATA_FIN received")
                        .moving(rate("mptcplb_data_fin_tx_total"), "DATA_FIN sent")
                        .resting(rate("mptcplb_mp_fastclose_rx_total"), "MP_FASTCLOSE received")
                        .moving(rate("mptcplb_mp_fastclose_tx_total"), "MP_FASTCLOSE sent")
                        .resting(rate("mptcplb_mp_fail_rx_total"), "MP_FAIL received")
                        .resting(rate("mptcplb_mp_fail_tx_total"), "MP_FAIL sent"),
                stack(
                                "Subflows reset by us, by reason",
                                "cps",
                                "RSTs that we sent with MP_TCPRST. Moves when a join is refused or"
                                        + " a subflow is given up.")
                        .moving(byReason("mptcplb_mp_tcprst_tx_total"), "{{reason}}"),
                stack(
                                "Subflows reset by clients, by reason",
                                "cps",
                                "RSTs that clients sent with MP_TCPRST. Moves when a client gives"
                                        + " a subflow up.")
                        .resting(byReason("mptcplb_mp_tcprst_rx_total"), "{{reason}}"));
    }

    private static Row policy() {
        return new Row(
                "Policy",
                lines(
                                "Decisions of the path manager",
                                "cps",
                                "Decisions, and the path rules that it set or took away. Moves when"
                                        + " a link goes or comes, when a path gets better or worse"
                                        + " than the policy allows, and when an operator gives an"
                                        + " order. Many are flapping.")
                        .resting(rate("mptcplb_agent_path_decisions_total"), "decisions")
                        .resting(rate("mptcplb_agent_path_commands_total"), "rules"),
                lines(
                                "Payload over backup paths",
                                "percentunit",
                                "Share of the payload to clients that goes over ports all of whose"
                                        + " subflows are backup. Stays near 0 while regular paths"
                                        + " carry; rises when only the backup is left.")
                        .resting(
                                "sum(rate(mptcplb_path_tx_payload_bytes_total"
                                        + PORT_RATE
                                        + ") and on (instance, port) (mptcplb_path_backup_subflows"
                                        + P
                                        + " == mptcplb_path_subflows"
                                        + P
                                        + ")) / sum(rate(mptcplb_path_tx_payload_bytes_total"
                                        + PORT_RATE
                                        + "))",
                                "share"));
    }

    private static Row fallbacks() {
        return new Row(
                "Fallbacks",
                lines(
                                "New connections that speak MPTCP",
                                "percentunit",
                                "Of all new client connections: those whose SYN asked for MPTCP,"
                                        + " and those that were established as MPTCP. The first"
                                        + " falls with plain TCP clients, the second also when"
                                        + " handshakes fall back.")
                        .moving(
                                rate("mptcplb_mp_capable_rx_total")
                                        + " / "
                                        + rate("mptcplb_connections_opened_total"),
                                "asked for it")
                        .moving(
                                rate("mptcplb_mptcp_connections_opened_total")
                                        + " / "
                                        + rate("mptcplb_connections_opened_total"),
                                "got it"),
                stack(
                                "Fallbacks to plain TCP, by cause",
                                "cps",
                                "Moves when a middlebox strips MPTCP's options, when a client"
                                        + " speaks another version, or when a virtual server has"
                                        + " MPTCP off.")
                        .moving(
                                "sum by (cause) (rate(mptcplb_mptcp_fallbacks_total" + RATE + "))",
                                "{{cause}}"),
                lines(
                                "Contradictions in the data sequence",
                                "pps",
                                "Checksums that were wrong, mappings that contradict what came"
                                        + " before, options of a wrong form. Stays 0 unless a"
                                        + " middlebox changes payload or a peer is broken.")
                        .resting(rate("mptcplb_mptcp_checksum_errors_total"), "checksums")
                        .resting(rate("mptcplb_mptcp_dss_errors_total"), "mappings")
                        .resting(rate("mptcplb_mptcp_options_malformed_total"), "options")
                        .resting(
                                rate("mptcplb_mptcp_infinite_mappings_total"), "infinite mappings"),
                lines(
                                "Data level",
                                "Bps",
                                "Bytes received a second time at data level, and bytes sent again"
                                        + " on another subflow. Moves when a path goes dark and its"
                                        + " data is carried by another.")
                        .moving(rate("mptcplb_mptcp_duplicate_bytes_total"), "received twice")
                        .moving(rate("mptcplb_mptcp_reinjected_bytes_total"), "reinjected"));
    }

    private static String perSecond(String counter) {
        return "sum by (port) (rate(" + counter + PORT_RATE + "))";
    }

    private static String byReason(String counter) {
        return "sum by (reason) (rate(" + counter + RATE + "))";
    }

    private static String rate(String counter) {
        return "sum(rate(" + counter + RATE + "))";
    }
}
