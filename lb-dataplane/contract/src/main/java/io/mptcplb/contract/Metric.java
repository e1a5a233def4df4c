package io.mptcplb.contract;

import static io.mptcplb.contract.MetricAggregate.MAX;
import static io.mptcplb.contract.MetricAggregate.MEAN;
import static io.mptcplb.contract.MetricAggregate.MIN;
import static io.mptcplb.contract.MetricKind.COUNTER;
import static io.mptcplb.contract.MetricKind.GAUGE;
import static io.mptcplb.contract.MetricScope.BACKEND;
import static io.mptcplb.contract.MetricScope.DROP_REASON;
import static io.mptcplb.contract.MetricScope.FALLBACK_CAUSE;
import static io.mptcplb.contract.MetricScope.JOIN_REFUSAL;
import static io.mptcplb.contract.MetricScope.PORT;
import static io.mptcplb.contract.MetricScope.PORT_DROP;
import static io.mptcplb.contract.MetricScope.RESET_REASON;
import static io.mptcplb.contract.MetricScope.SESSION_END;
import static io.mptcplb.contract.MetricScope.SESSION_REFUSAL;
import static io.mptcplb.contract.MetricScope.VIRTUAL_SERVER;
import static io.mptcplb.contract.MetricScope.WORKER;

import java.util.Locale;

/**
 * The catalogue: every figure that the dataplane publishes. A figure that is not here does not
 * exist.
 *
 * <p>Codes are exported and never renumbered or reused; new entries go to the end of their group. A
 * constant's name carries its unit and makes its {@link #exportName}; a test holds the list of
 * exported names.
 */
public enum Metric {
    // Worker: one duty cycle after another.
    WORKER_CYCLES(100, COUNTER, WORKER, "Duty cycles done; stands still when the worker hangs."),
    WORKER_BUSY_CYCLES(101, COUNTER, WORKER, "Duty cycles that found work."),
    WORKER_BUSY_NANOS(102, COUNTER, WORKER, "Time spent in duty cycles that found work."),
    WORKER_LONGEST_CYCLE_NANOS(103, GAUGE, MAX, WORKER, "The longest duty cycle since start."),
    WORKER_SLEEPS(104, COUNTER, WORKER, "Times that the worker slept for lack of work."),
    WORKER_TIMERS_FIRED(105, COUNTER, WORKER, "Timer wheel entries that came due."),
    WORKER_TIMERS(106, GAUGE, WORKER, "Timer wheel entries in use."),
    CONFIG_GENERATION(
            112,
            GAUGE,
            MIN,
            WORKER,
            "Generation of the configuration that every worker has reached."),
    WORKER_CLOCK_NANOS(
            114,
            GAUGE,
            MAX,
            WORKER,
            "Time since start at the last duty cycle that published figures."),
    WORKER_ALLOCATED_BYTES(
            115,
            COUNTER,
            WORKER,
            "Heap memory that the worker's thread has allocated; stands still once it serves."),
    WORKER_PHASE_RX_NANOS(
            116, COUNTER, WORKER, "Measured cycles (one in 64): taking frames from the devices."),
    WORKER_PHASE_PARSE_NANOS(
            117, COUNTER, WORKER, "Measured cycles: reading headers, summing payload."),
    WORKER_PHASE_PROTOCOL_NANOS(118, COUNTER, WORKER, "Measured cycles: TCP, MPTCP and timers."),
    WORKER_PHASE_PROXY_NANOS(119, COUNTER, WORKER, "Measured cycles: sessions and pools."),
    WORKER_PHASE_BUILD_NANOS(120, COUNTER, WORKER, "Measured cycles: writing headers."),
    WORKER_PHASE_TX_NANOS(
            121,
            COUNTER,
            WORKER,
            "Measured cycles: handing frames to the devices, and what the kernel does with them."),
    WORKER_PHASE_KEEPING_NANOS(
            122, COUNTER, WORKER, "Measured cycles: the duty cycle itself and its figures."),
    WORKER_FRAMES_HANDED_OVER(
            123, COUNTER, WORKER, "Frames passed on to the worker whose flow they are about."),

    // Ports: what a NIC port carried, headers included.
    PORT_LINK_UP(200, GAUGE, MAX, PORT, "1 while the link is up, 0 while it is down."),
    PORT_RX_FRAMES(201, COUNTER, PORT, "Frames received."),
    PORT_RX_BYTES(202, COUNTER, PORT, "Bytes received, Ethernet headers included."),
    PORT_TX_FRAMES(203, COUNTER, PORT, "Frames handed to the device."),
    PORT_TX_BYTES(204, COUNTER, PORT, "Bytes handed to the device, Ethernet headers included."),
    PORT_TX_DROPS(
            205, COUNTER, PORT, "Frames that the port refused: ring full, no buffer or link down."),
    PORT_RX_MISSED(
            206,
            COUNTER,
            PORT,
            "Frames lost because the device's ring or the socket's queue was full."),
    PORT_RX_ERRORS(
            207, COUNTER, PORT, "Frames found broken, or whose offload header does not fit them."),
    PORT_RX_NO_BUFFER(208, COUNTER, PORT, "Frames lost because the pool was empty."),
    PORT_TX_ERRORS(209, COUNTER, PORT, "Frames that the device failed to send."),
    PORT_COPIED_PAYLOAD_BYTES(
            210, COUNTER, PORT, "Payload bytes copied because the port cannot gather."),
    PORT_LINK_CHANGES(211, COUNTER, PORT, "Times that the link went up or down."),
    PORT_RX_QUEUE_BYTES(
            212,
            GAUGE,
            PORT,
            "Memory that the kernel granted for received frames that wait; 0 without a socket."),
    PORT_DEVICE_PRESENT(
            213, GAUGE, MIN, PORT, "1 while the port has a device, 0 while it waits for one."),
    PORT_DEVICE_CHANGES(
            214,
            COUNTER,
            PORT,
            "Times that the device vanished, returned, or became another in name, MTU or address."),
    PORT_MTU_BYTES(215, GAUGE, MIN, PORT, "Largest IP packet that the port sends."),
    PORT_DROPS(216, COUNTER, PORT_DROP, "Frames that ports dropped, by reason."),
    NEIGHBOURS(220, GAUGE, MAX, PORT, "Link-layer addresses known."),
    NEIGHBOUR_SOLICITS_TX(221, COUNTER, PORT, "ARP requests and neighbour solicitations sent."),
    NEIGHBOUR_ANSWERS_TX(222, COUNTER, PORT, "ARP replies and neighbour advertisements sent."),
    NEIGHBOUR_FAILURES(223, COUNTER, PORT, "Addresses that nobody answered for."),
    NEIGHBOUR_WAITING_FRAMES(224, GAUGE, PORT, "Frames that wait for a link-layer address."),
    NO_ROUTE(225, COUNTER, PORT, "Packets that no route leads on."),
    ICMP_ECHO_ANSWERED(226, COUNTER, PORT, "Echo requests answered."),
    ICMP_ERRORS_RX(227, COUNTER, PORT, "ICMP errors received about our packets."),

    // Paths: what client subflows did over a NIC port, payload only.
    PATH_SUBFLOWS(300, GAUGE, PORT, "Established client subflows."),
    PATH_BACKUP_SUBFLOWS(301, GAUGE, PORT, "Established client subflows with backup priority."),
    PATH_STALLED_SUBFLOWS(
            302,
            GAUGE,
            PORT,
            "Client subflows whose retransmission timer has expired since the last ACK."),
    PATH_RX_PAYLOAD_BYTES(
            303, COUNTER, PORT, "Payload bytes from clients, in order on their subflow."),
    PATH_TX_PAYLOAD_BYTES(
            304, COUNTER, PORT, "Payload bytes sent to clients, retransmissions not counted."),
    PATH_SRTT_NANOS(
            305, GAUGE, MEAN, PORT, "Smoothed round trip time of the subflow that measured last."),
    PATH_RETRANSMITTED_SEGMENTS(306, COUNTER, PORT, "Segments sent again on the same subflow."),
    PATH_RETRANSMITTED_BYTES(307, COUNTER, PORT, "Payload bytes sent again on the same subflow."),
    PATH_TIMEOUTS(308, COUNTER, PORT, "Retransmission timeouts."),
    PATH_RECOVERIES(309, COUNTER, PORT, "Fast recoveries entered."),
    PATH_SUBFLOWS_OPENED(310, COUNTER, PORT, "Client subflows established, first ones and joins."),
    PATH_SUBFLOWS_CLOSED(311, COUNTER, PORT, "Client subflows that ended."),
    PATH_JOINS(312, COUNTER, PORT, "Subflows that joined a connection over this port."),
    PATH_REINJECTED_BYTES(
            313,
            COUNTER,
            PORT,
            "Bytes sent here after another subflow had failed to deliver them."),
    PATH_IN_FLIGHT_BYTES(315, GAUGE, PORT, "Bytes sent and not yet acknowledged."),
    PATH_CWND_BYTES(316, GAUGE, PORT, "Sum of the subflows' congestion windows."),

    // TCP: both sides, every connection and subflow.
    TCP_SEGMENTS_RX(
            400, COUNTER, WORKER, "Segments that passed the checks before the state machine."),
    TCP_SEGMENTS_TX(401, COUNTER, WORKER, "Segments sent, retransmissions and resets included."),
    TCP_PASSIVE_OPENS(402, COUNTER, WORKER, "Connections and subflows that a peer opened."),
    TCP_ACTIVE_OPENS(403, COUNTER, WORKER, "Connections that we opened."),
    TCP_OPENS_FAILED(404, COUNTER, WORKER, "Handshakes that ended without a connection."),
    TCP_ESTABLISHED(405, GAUGE, WORKER, "Connections and subflows in ESTABLISHED or CLOSE-WAIT."),
    TCP_HALF_OPEN(406, GAUGE, WORKER, "Handshakes waiting for their third ACK."),
    TCP_TIME_WAIT(407, GAUGE, WORKER, "Closed connections that are remembered."),
    TCP_RESETS_RX(408, COUNTER, WORKER, "Acceptable RST segments received."),
    TCP_RESETS_TX(409, COUNTER, WORKER, "RST segments sent."),
    TCP_RETRANSMITTED_SEGMENTS(410, COUNTER, WORKER, "Segments sent again."),
    TCP_FAST_RECOVERIES(411, COUNTER, WORKER, "Losses found by SACK or duplicate ACKs."),
    TCP_TIMEOUTS(412, COUNTER, WORKER, "Retransmission timeouts."),
    TCP_SPURIOUS_RECOVERIES(
            413, COUNTER, WORKER, "Recoveries that proved needless and were undone."),
    TCP_OUT_OF_ORDER_SEGMENTS(
            414, COUNTER, WORKER, "Segments kept until a gap before them closes."),
    TCP_ZERO_WINDOWS_TX(416, COUNTER, WORKER, "Times that we closed a window."),
    TCP_ZERO_WINDOWS_RX(417, COUNTER, WORKER, "Times that a peer closed its window."),
    TCP_WINDOW_PROBES_TX(418, COUNTER, WORKER, "Zero-window probes sent."),
    TCP_DELAYED_ACKS_TX(419, COUNTER, WORKER, "ACKs sent by the delayed-ACK timer."),
    TCP_CHALLENGE_ACKS_TX(420, COUNTER, WORKER, "Challenge ACKs sent (RFC 5961)."),
    TCP_PORTS_EXHAUSTED(424, COUNTER, WORKER, "Active opens for which no source port was free."),
    TCP_ABORTED_TIMEOUTS(
            425, COUNTER, WORKER, "Connections given up after too many retransmissions."),
    TCP_TAIL_PROBES_TX(426, COUNTER, WORKER, "Tail loss probes sent (RFC 8985)."),
    TCP_DATA_SEGMENTS_TX(427, COUNTER, WORKER, "Segments sent that carry payload."),
    TCP_FLOWS(428, GAUGE, WORKER, "Entries of the table that leads segments to endpoints."),
    TCP_SOURCE_PORTS(
            429, GAUGE, WORKER, "Ports taken for connections to backends, TIME-WAIT included."),
    TCP_TRANSMIT_RECORDS(
            430, GAUGE, WORKER, "Segments and super-segments sent and not yet acknowledged."),
    TCP_ENDPOINTS(431, GAUGE, WORKER, "Connections and subflows of any state, TIME-WAIT included."),
    TCP_STRAYS_PASSED_ON(
            432,
            COUNTER,
            WORKER,
            "Segments of unknown connections passed on to another box that may know them."),

    // MPTCP: connections, and the signals of RFC 8684.
    CONNECTIONS(500, GAUGE, WORKER, "Client connections, plain TCP and MPTCP."),
    CONNECTIONS_OPENED(501, COUNTER, WORKER, "Client connections established."),
    CONNECTIONS_CLOSED(502, COUNTER, WORKER, "Client connections that ended."),
    MPTCP_CONNECTIONS(503, GAUGE, WORKER, "Client connections that speak MPTCP."),
    MPTCP_CONNECTIONS_OPENED(504, COUNTER, WORKER, "Client connections established as MPTCP."),
    MP_CAPABLE_RX(505, COUNTER, WORKER, "SYNs with MP_CAPABLE."),
    MPTCP_FALLBACKS(506, COUNTER, FALLBACK_CAUSE, "Connections that fell back to plain TCP."),
    MPTCP_JOINS_RX(507, COUNTER, WORKER, "SYNs with MP_JOIN."),
    MPTCP_JOINS_ACCEPTED(508, COUNTER, WORKER, "Subflows that joined a connection."),
    MPTCP_JOINS_REFUSED(509, COUNTER, JOIN_REFUSAL, "Joins refused."),
    MPTCP_SUBFLOWS(510, GAUGE, WORKER, "Established subflows."),
    MPTCP_TOKENS(511, GAUGE, WORKER, "Tokens in use."),
    MPTCP_WITHOUT_SUBFLOW(512, GAUGE, WORKER, "Connections that wait for a new subflow."),
    MPTCP_REINJECTIONS(513, COUNTER, WORKER, "Mappings sent again on another subflow."),
    MPTCP_REINJECTED_BYTES(514, COUNTER, WORKER, "Bytes sent again on another subflow."),
    MPTCP_DATA_RETRANSMISSIONS(515, COUNTER, WORKER, "Data-level retransmission timeouts."),
    MPTCP_OUT_OF_ORDER_SEGMENTS(
            516, COUNTER, WORKER, "Segments kept until a gap in the data sequence closes."),
    MPTCP_DUPLICATE_BYTES(517, COUNTER, WORKER, "Bytes received a second time at data level."),
    MPTCP_CHECKSUM_ERRORS(518, COUNTER, WORKER, "DSS checksums that were wrong."),
    MPTCP_DSS_ERRORS(519, COUNTER, WORKER, "DSS mappings that contradict what came before."),
    MPTCP_INFINITE_MAPPINGS(
            520, COUNTER, WORKER, "Connections that went on with an infinite mapping."),
    ADD_ADDR_TX(521, COUNTER, WORKER, "Addresses announced."),
    ADD_ADDR_ECHO_RX(522, COUNTER, WORKER, "Announcements that clients echoed."),
    ADD_ADDR_RETRANSMITTED(523, COUNTER, WORKER, "Announcements repeated for lack of an echo."),
    ADD_ADDR_RX(524, COUNTER, WORKER, "Addresses that clients announced."),
    REMOVE_ADDR_RX(525, COUNTER, WORKER, "REMOVE_ADDR options received."),
    REMOVE_ADDR_TX(526, COUNTER, WORKER, "REMOVE_ADDR options sent."),
    MP_PRIO_RX(527, COUNTER, WORKER, "MP_PRIO options received."),
    MP_PRIO_TX(528, COUNTER, WORKER, "MP_PRIO options sent."),
    MP_FAIL_RX(529, COUNTER, WORKER, "MP_FAIL options received."),
    MP_FAIL_TX(530, COUNTER, WORKER, "MP_FAIL options sent."),
    MP_FASTCLOSE_RX(531, COUNTER, WORKER, "MP_FASTCLOSE options received with the right key."),
    MP_FASTCLOSE_TX(532, COUNTER, WORKER, "Connections closed with MP_FASTCLOSE."),
    MP_TCPRST_RX(533, COUNTER, RESET_REASON, "RSTs received with MP_TCPRST."),
    MP_TCPRST_TX(534, COUNTER, RESET_REASON, "RSTs sent with MP_TCPRST."),
    DATA_FIN_RX(535, COUNTER, WORKER, "Connections whose client finished sending."),
    DATA_FIN_TX(536, COUNTER, WORKER, "Connections on which we finished sending."),
    MPTCP_OPTIONS_MALFORMED(
            537, COUNTER, WORKER, "MPTCP options whose length or form is wrong, taken as absent."),

    // Buffers: packet memory, and what invariants 3 and 4 watch.
    BUFFERS(600, GAUGE, WORKER, "Buffers in the pools."),
    BUFFERS_HELD(601, GAUGE, WORKER, "Buffers that queues of sessions hold."),
    BUFFERS_FREE(602, GAUGE, WORKER, "Buffers free in the pools."),
    BUFFER_HELD_BYTES(603, GAUGE, WORKER, "Truesize of the buffers that queues of sessions hold."),
    BUFFER_BUDGET_BYTES(604, GAUGE, WORKER, "What all sessions together may hold."),
    BUFFERS_EXHAUSTED(605, COUNTER, WORKER, "Allocations that found the pool empty."),
    PAYLOAD_COPIED_BYTES(
            606,
            COUNTER,
            WORKER,
            "Payload bytes copied on their way through, compaction not counted."),
    COMPACTIONS(607, COUNTER, WORKER, "Thin segments copied together to free buffers."),
    COMPACTED_BYTES(608, COUNTER, WORKER, "Payload bytes moved by compaction."),
    SEGMENT_SPLITS(609, COUNTER, WORKER, "Received segments that had to be cut for sending."),
    SPLIT_SUMMED_BYTES(
            610, COUNTER, WORKER, "Payload bytes summed a second time because a segment was cut."),
    PRESSURE(
            611,
            GAUGE,
            MAX,
            WORKER,
            "Memory pressure: 0 none, 1 windows shrink, 2 out-of-order data is dropped, 3 new"
                    + " sessions are refused."),
    PAYLOAD_SUMMED_BYTES(613, COUNTER, WORKER, "Payload bytes summed in software."),

    // Proxy: sessions, virtual servers, backends.
    SESSIONS(700, GAUGE, WORKER, "Sessions: a client connection and its backend connection."),
    SESSIONS_OPENED(701, COUNTER, WORKER, "Sessions begun."),
    SESSIONS_CLOSED(702, COUNTER, SESSION_END, "Sessions ended."),
    SESSIONS_REFUSED(703, COUNTER, SESSION_REFUSAL, "Client connections refused."),
    SESSIONS_HOLDING_BUFFERS(
            704, GAUGE, WORKER, "Ended sessions whose last buffers have not come back."),
    VIRTUAL_SERVER_CONNECTIONS(710, GAUGE, VIRTUAL_SERVER, "Client connections."),
    VIRTUAL_SERVER_CONNECTIONS_OPENED(
            711, COUNTER, VIRTUAL_SERVER, "Client connections established."),
    VIRTUAL_SERVER_MPTCP_CONNECTIONS(
            712, GAUGE, VIRTUAL_SERVER, "Client connections that speak MPTCP."),
    VIRTUAL_SERVER_MPTCP_OPENED(
            713, COUNTER, VIRTUAL_SERVER, "Client connections established as MPTCP."),
    VIRTUAL_SERVER_REFUSED(714, COUNTER, VIRTUAL_SERVER, "Client connections refused."),
    VIRTUAL_SERVER_RX_BYTES(715, COUNTER, VIRTUAL_SERVER, "Payload bytes from clients."),
    VIRTUAL_SERVER_TX_BYTES(
            716, COUNTER, VIRTUAL_SERVER, "Payload bytes to clients, retransmissions not counted."),
    BACKEND_CONNECTIONS(720, GAUGE, BACKEND, "Connections to the backend."),
    BACKEND_CONNECTIONS_OPENED(721, COUNTER, BACKEND, "Connections to the backend established."),
    BACKEND_REFUSED(722, COUNTER, BACKEND, "Connections that the backend refused."),
    BACKEND_TIMEOUTS(723, COUNTER, BACKEND, "Connections that timed out in the handshake."),
    BACKEND_RESETS(724, COUNTER, BACKEND, "Connections that the backend reset."),
    BACKEND_RX_BYTES(725, COUNTER, BACKEND, "Payload bytes from the backend."),
    BACKEND_TX_BYTES(
            726, COUNTER, BACKEND, "Payload bytes to the backend, retransmissions not counted."),
    BACKEND_RETRIES(
            729,
            COUNTER,
            BACKEND,
            "Sessions that went to another backend after this one failed them."),

    // Refusals of frames and segments.
    DROPS(800, COUNTER, DROP_REASON, "Frames and segments refused."),

    // The control socket; published by the first worker.
    CONTROL_CLIENTS(900, GAUGE, WORKER, "Clients of the control socket."),
    CONTROL_CLIENTS_ACCEPTED(901, COUNTER, WORKER, "Clients that the control socket took."),
    CONTROL_CLIENTS_REFUSED(
            902, COUNTER, WORKER, "Clients refused: all places taken, or not on the allow-list."),
    CONTROL_COMMANDS(903, COUNTER, WORKER, "Commands carried out."),
    CONTROL_COMMANDS_REFUSED(
            904, COUNTER, WORKER, "Commands that could not be carried out: nothing has changed."),
    CONTROL_FRAMES_INVALID(
            905,
            COUNTER,
            WORKER,
            "Frames from clients that say nothing valid: field and rule told."),
    CONTROL_EVENTS(906, COUNTER, WORKER, "Events raised while somebody listened."),
    CONTROL_EVENTS_LOST(907, COUNTER, WORKER, "Events for which the worker's ring had no room."),
    CONTROL_OVERRUNS(908, COUNTER, WORKER, "Clients told that they lost events."),
    CONTROL_RESYNCS(909, COUNTER, WORKER, "Snapshots that clients asked for.");

    private final int code;
    private final MetricKind kind;
    private final MetricAggregate aggregate;
    private final MetricScope scope;
    private final String help;

    Metric(int code, MetricKind kind, MetricScope scope, String help) {
        this(code, kind, MetricAggregate.SUM, scope, help);
    }

    Metric(int code, MetricKind kind, MetricAggregate aggregate, MetricScope scope, String help) {
        this.code = code;
        this.kind = kind;
        this.aggregate = aggregate;
        this.scope = scope;
        this.help = help;
    }

    /** 1 to 65,535, in the counter file. */
    public int code() {
        return code;
    }

    /**
     * The name under which it is scraped: {@code PORT_RX_BYTES} as {@code
     * mptcplb_port_rx_bytes_total}, {@code PATH_SRTT_NANOS} as {@code mptcplb_path_srtt_seconds}.
     */
    public String exportName() {
        String name = name().toLowerCase(Locale.ROOT);
        if (unit() == MetricUnit.NANOS) {
            name = name.substring(0, name.length() - "nanos".length()) + "seconds";
        }
        return "mptcplb_" + name + (kind == COUNTER ? "_total" : "");
    }

    public MetricKind kind() {
        return kind;
    }

    /** How the workers' values make one. */
    public MetricAggregate aggregate() {
        return aggregate;
    }

    /** The unit of the stored value. */
    public MetricUnit unit() {
        if (name().endsWith("_NANOS")) {
            return MetricUnit.NANOS;
        }
        return name().endsWith("_BYTES") ? MetricUnit.BYTES : MetricUnit.NONE;
    }

    /** What there is one value for, in each worker. */
    public MetricScope scope() {
        return scope;
    }

    /** One sentence. */
    public String help() {
        return help;
    }
}
