package io.mptcplb.app;

import com.sun.management.ThreadMXBean;
import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.contract.Metric;
import io.mptcplb.dpdk.DevicePort;
import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.dpdk.PortStatistics;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.proxy.Backend;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.proxy.SessionRefusal;
import io.mptcplb.proxy.Sessions;
import io.mptcplb.proxy.VirtualServer;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.mptcp.FallbackCause;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.mptcp.PathFacts;
import io.mptcplb.stack.tcp.PathFigures;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.stack.tcp.TcpState;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.ResetReason;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Copies a worker's figures, which live in plain fields all over its stack, into its block of the
 * counter file: some hundred stores each time. Owner: the worker thread.
 */
final class CounterPublisher {
    /** The device's own counters cost a system call: once a second is enough. */
    private static final long STATISTICS_NANOS = 1_000_000_000L;

    private static final int NO_PRESSURE = 0;
    private static final int REFUSING_SESSIONS = 3;

    private final LoadBalancer balancer;
    private final WorkerFigures figures;
    private final List<DevicePort> devices;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long startNanos;
    private final PathGauges gauges;
    private final PortDrop[] portDrops = PortDrop.values();
    private final DropReason[] dropReasons = DropReason.values();
    private final SessionRefusal[] refusals = SessionRefusal.values();
    private final SessionEnd[] ends = SessionEnd.values();
    private final Phase[] phases = Phase.values();
    private final FallbackCause[] fallbacks = FallbackCause.values();
    private final ResetReason[] resetReasons = ResetReason.values();
    private final MptcpCounter[] joinRefusals =
            CounterNames.JOIN_REFUSALS.toArray(MptcpCounter[]::new);
    private CounterTarget target;
    private final ControlFigures control;
    private final WorkerLink link;
    private long statisticsNanos;

    /**
     * Before the worker runs.
     *
     * @param target this worker's block of the counter file
     * @param devices each port's device, or an empty list where there are none
     * @param link this worker's events
     * @param control what happens on the control socket
     * @param nowNanos when the worker starts
     */
    CounterPublisher(
            CounterTarget target,
            LoadBalancer balancer,
            WorkerFigures figures,
            List<DevicePort> devices,
            WorkerLink link,
            ControlFigures control,
            long nowNanos) {
        this.target = target;
        this.link = link;
        this.control = control;
        this.balancer = balancer;
        this.figures = figures;
        this.devices = List.copyOf(devices);
        startNanos = nowNanos;
        gauges = new PathGauges(balancer.mptcp(), balancer.ip().portCount());
        statisticsNanos = nowNanos;
        target.fill(balancer);
    }

    WorkerFigures figures() {
        return figures;
    }

    /** The configuration in force has other names: publishes all there from now on. */
    void become(CounterTarget next, long nowNanos) {
        next.fill(balancer);
        target = next;
        statisticsNanos = nowNanos;
        publish(nowNanos);
    }

    /** Writes all figures as they stand. */
    void publish(long nowNanos) {
        gauges.look();
        publishWorker(nowNanos);
        publishTcp();
        publishMptcp();
        publishBuffers();
        publishSessions();
        publishNamed();
        publishControl();
        IpLayer ip = balancer.ip();
        for (int i = 0; i < ip.portCount(); i++) {
            publishPort(i, ip);
            publishPath(i, balancer.tcp().clientPaths(), balancer.mptcp().paths());
        }
        publishDrops(ip);
        if (nowNanos - statisticsNanos >= 0) {
            statisticsNanos = nowNanos + STATISTICS_NANOS;
            publishStatistics();
        }
    }

    private void publishWorker(long nowNanos) {
        set(Metric.WORKER_CYCLES, figures.cycles);
        set(Metric.WORKER_BUSY_CYCLES, figures.busyCycles);
        set(Metric.WORKER_BUSY_NANOS, figures.busyNanos);
        set(Metric.WORKER_LONGEST_CYCLE_NANOS, figures.longestCycleNanos);
        set(Metric.WORKER_SLEEPS, figures.sleeps);
        set(Metric.WORKER_TIMERS_FIRED, figures.timersFired);
        set(Metric.WORKER_TIMERS, balancer.tcp().timersArmed());
        set(Metric.WORKER_CLOCK_NANOS, nowNanos - startNanos);
        set(Metric.WORKER_ALLOCATED_BYTES, threads.getCurrentThreadAllocatedBytes());
        for (Phase phase : phases) {
            set(CounterNames.metric(phase), balancer.ip().phases().nanos(phase));
        }
        set(Metric.CONFIG_GENERATION, balancer.revision().config().generation());
    }

    private void publishTcp() {
        TcpStack tcp = balancer.tcp();
        for (int i = 0; i < target.tcpSlots.length; i++) {
            if (target.tcpSlots[i] != CounterTarget.NOT_PUBLISHED) {
                target.writer.set(target.tcpSlots[i], tcp.counter(target.tcpCounters[i]));
            }
        }
        set(
                Metric.TCP_ESTABLISHED,
                tcp.inState(TcpState.ESTABLISHED) + tcp.inState(TcpState.CLOSE_WAIT));
        set(Metric.TCP_HALF_OPEN, tcp.inState(TcpState.SYN_RECEIVED));
        set(Metric.TCP_TIME_WAIT, tcp.inState(TcpState.TIME_WAIT));
        set(Metric.TCP_ENDPOINTS, tcp.settings().endpoints() - tcp.freeEndpoints());
        set(Metric.TCP_FLOWS, tcp.flowCount());
        set(Metric.TCP_SOURCE_PORTS, tcp.portsInUse());
        set(Metric.TCP_TRANSMIT_RECORDS, tcp.records().inUse());
    }

    private void publishBuffers() {
        HeldBuffers held = balancer.buffers();
        set(Metric.BUFFERS, held.pool().capacity());
        set(Metric.BUFFERS_HELD, held.heldTotal());
        set(Metric.BUFFERS_FREE, held.pool().available());
        set(Metric.BUFFER_HELD_BYTES, (long) held.heldTotal() * held.pool().roomBytes());
        set(Metric.BUFFER_BUDGET_BYTES, (long) held.workerBuffers() * held.pool().roomBytes());
        set(Metric.PAYLOAD_COPIED_BYTES, balancer.mptcp().counter(MptcpCounter.SPLIT_COPIED_BYTES));
        set(Metric.COMPACTIONS, held.compactions());
        set(Metric.COMPACTED_BYTES, held.compactedBytes());
        set(Metric.BUFFERS_EXHAUSTED, held.pool().allocFailures());
        set(Metric.PRESSURE, held.underPressure() ? REFUSING_SESSIONS : NO_PRESSURE);
    }

    private void publishSessions() {
        Sessions sessions = balancer.sessions();
        set(Metric.SESSIONS, sessions.open());
        set(Metric.SESSIONS_OPENED, sessions.opened());
        set(Metric.SESSIONS_HOLDING_BUFFERS, sessions.waitingForBuffers());
        set(Metric.CONNECTIONS, sessions.open());
        set(Metric.CONNECTIONS_OPENED, sessions.opened());
        set(Metric.CONNECTIONS_CLOSED, sessions.opened() - sessions.open());
        for (SessionEnd end : ends) {
            set(Metric.SESSIONS_CLOSED, end.code(), sessions.ended(end));
        }
        for (SessionRefusal refusal : refusals) {
            set(Metric.SESSIONS_REFUSED, refusal.code(), sessions.refused(refusal));
        }
    }

    private void publishNamed() {
        for (int i = 0; i < target.servers.length; i++) {
            VirtualServer server = target.servers[i];
            if (server != null) {
                publishServer(i, server);
            }
        }
        for (int i = 0; i < target.backends.length; i++) {
            Backend backend = target.backends[i];
            if (backend != null) {
                publishBackend(i, backend);
            }
        }
    }

    private void publishControl() {
        set(Metric.CONTROL_EVENTS, link.events());
        set(Metric.CONTROL_EVENTS_LOST, link.eventsLost());
        set(Metric.CONTROL_CLIENTS, control.clients());
        set(Metric.CONTROL_CLIENTS_ACCEPTED, control.accepted());
        set(Metric.CONTROL_CLIENTS_REFUSED, control.refused());
        set(Metric.CONTROL_COMMANDS, control.commands());
        set(Metric.CONTROL_COMMANDS_REFUSED, control.commandsRefused());
        set(Metric.CONTROL_FRAMES_INVALID, control.invalid());
        set(Metric.CONTROL_OVERRUNS, control.overruns());
        set(Metric.CONTROL_RESYNCS, control.resyncs());
    }

    private void publishServer(int index, VirtualServer server) {
        set(Metric.VIRTUAL_SERVER_CONNECTIONS, index, server.connections());
        set(Metric.VIRTUAL_SERVER_CONNECTIONS_OPENED, index, server.opened());
        set(Metric.VIRTUAL_SERVER_MPTCP_CONNECTIONS, index, server.multipathConnections());
        set(Metric.VIRTUAL_SERVER_MPTCP_OPENED, index, server.multipathOpened());
        set(Metric.VIRTUAL_SERVER_REFUSED, index, server.refused());
        set(Metric.VIRTUAL_SERVER_RX_BYTES, index, server.rxBytes());
        set(Metric.VIRTUAL_SERVER_TX_BYTES, index, server.txBytes());
    }

    private void publishBackend(int index, Backend backend) {
        set(Metric.BACKEND_CONNECTIONS, index, backend.connections());
        set(Metric.BACKEND_CONNECTIONS_OPENED, index, backend.opened());
        set(Metric.BACKEND_REFUSED, index, backend.refused());
        set(Metric.BACKEND_TIMEOUTS, index, backend.timeouts());
        set(Metric.BACKEND_RESETS, index, backend.resets());
        set(Metric.BACKEND_RETRIES, index, backend.retries());
        set(Metric.BACKEND_RX_BYTES, index, backend.rxBytes());
        set(Metric.BACKEND_TX_BYTES, index, backend.txBytes());
    }

    private void publishPort(int index, IpLayer ip) {
        NetPort port = ip.port(index);
        FrameIo io = port.io();
        set(Metric.PORT_LINK_UP, index, port.linkUp() ? 1 : 0);
        set(Metric.PORT_RX_FRAMES, index, port.rxFrames());
        set(Metric.PORT_RX_BYTES, index, port.rxBytes());
        set(Metric.PORT_TX_FRAMES, index, port.txFrames());
        set(Metric.PORT_TX_BYTES, index, port.txBytes());
        set(Metric.PORT_TX_DROPS, index, io.sendDrops());
        set(Metric.PORT_MTU_BYTES, index, port.mtuBytes());
        set(Metric.PORT_COPIED_PAYLOAD_BYTES, index, io.copiedPayloadBytes());
        if (ip.crew().speaksForAll()) {
            set(Metric.PORT_LINK_CHANGES, index, figures.linkChanges[index]);
        }
        set(Metric.NEIGHBOURS, index, ip.neighbourCount(index));
        set(Metric.NEIGHBOUR_WAITING_FRAMES, index, ip.waitingFrames(index));
        set(Metric.NEIGHBOUR_SOLICITS_TX, index, port.solicitations());
        set(Metric.NEIGHBOUR_ANSWERS_TX, index, port.answers());
        set(Metric.NEIGHBOUR_FAILURES, index, port.failedNeighbours());
        set(Metric.ICMP_ECHO_ANSWERED, index, port.echoes());
        set(Metric.ICMP_ERRORS_RX, index, port.icmpErrors());
        set(Metric.NO_ROUTE, index, port.drops(DropReason.NO_ROUTE));
    }

    /** What clients did over a port: TCP's figures, and the joins that only MPTCP knows. */
    private void publishPath(int index, PathFigures tcp, PathFacts mptcp) {
        set(Metric.PATH_SUBFLOWS, index, tcp.opened(index) - tcp.closed(index));
        set(Metric.PATH_SUBFLOWS_OPENED, index, tcp.opened(index));
        set(Metric.PATH_SUBFLOWS_CLOSED, index, tcp.closed(index));
        set(Metric.PATH_JOINS, index, mptcp.joins(index));
        set(Metric.PATH_BACKUP_SUBFLOWS, index, mptcp.backupSubflows(index));
        set(Metric.PATH_STALLED_SUBFLOWS, index, mptcp.stalledSubflows(index));
        set(Metric.PATH_REINJECTED_BYTES, index, mptcp.reinjectedBytes(index));
        set(Metric.PATH_RX_PAYLOAD_BYTES, index, tcp.receivedBytes(index));
        set(Metric.PATH_TX_PAYLOAD_BYTES, index, tcp.sentBytes(index));
        set(Metric.PATH_SRTT_NANOS, index, tcp.roundTripNanos(index));
        set(Metric.PATH_RETRANSMITTED_SEGMENTS, index, tcp.retransmittedSegments(index));
        set(Metric.PATH_RETRANSMITTED_BYTES, index, tcp.retransmittedBytes(index));
        set(Metric.PATH_TIMEOUTS, index, tcp.timeouts(index));
        set(Metric.PATH_RECOVERIES, index, tcp.recoveries(index));
        set(Metric.PATH_IN_FLIGHT_BYTES, index, gauges.inFlightBytes(index));
        set(Metric.PATH_CWND_BYTES, index, gauges.cwndBytes(index));
    }

    private void publishMptcp() {
        MptcpStack mptcp = balancer.mptcp();
        set(Metric.MPTCP_CONNECTIONS, mptcp.connectionsOpen());
        set(Metric.MPTCP_TOKENS, mptcp.tokensInUse());
        set(Metric.MPTCP_SUBFLOWS, mptcp.paths().subflows());
        set(Metric.MPTCP_WITHOUT_SUBFLOW, mptcp.pathlessConnections());
        for (int i = 0; i < target.mptcpSlots.length; i++) {
            if (target.mptcpSlots[i] != CounterTarget.NOT_PUBLISHED) {
                target.writer.set(target.mptcpSlots[i], mptcp.counter(target.mptcpCounters[i]));
            }
        }
        for (int i = 0; i < joinRefusals.length; i++) {
            set(Metric.MPTCP_JOINS_REFUSED, i, mptcp.counter(joinRefusals[i]));
        }
        for (ResetReason reason : resetReasons) {
            set(Metric.MP_TCPRST_RX, reason.code(), mptcp.resetsReceived(reason));
            set(Metric.MP_TCPRST_TX, reason.code(), mptcp.resetsSent(reason));
        }
        for (FallbackCause cause : fallbacks) {
            set(Metric.MPTCP_FALLBACKS, cause.code(), mptcp.fallbacks(cause));
        }
    }

    private void publishDrops(IpLayer ip) {
        for (DropReason reason : dropReasons) {
            long sum = 0;
            for (int i = 0; i < ip.portCount(); i++) {
                sum += ip.port(i).drops(reason);
            }
            set(Metric.DROPS, reason.code(), sum);
        }
    }

    private void publishStatistics() {
        for (int i = 0; i < devices.size(); i++) {
            DevicePort device = devices.get(i);
            PortStatistics figuresOfPort = device.statistics();
            set(Metric.PORT_RX_MISSED, i, figuresOfPort.rxMissed());
            set(Metric.PORT_RX_ERRORS, i, figuresOfPort.rxErrors());
            set(Metric.PORT_RX_NO_BUFFER, i, figuresOfPort.rxNoBuffer());
            set(Metric.PORT_TX_ERRORS, i, figuresOfPort.txErrors());
            set(Metric.PORT_RX_QUEUE_BYTES, i, figuresOfPort.rxQueueBytes());
            set(Metric.PORT_DEVICE_PRESENT, i, device.devicePresent() ? 1 : 0);
            if (balancer.ip().crew().speaksForAll()) {
                set(Metric.PORT_DEVICE_CHANGES, i, device.deviceChanges());
            }
        }
        for (PortDrop reason : portDrops) {
            long sum = 0;
            for (int i = 0; i < devices.size(); i++) {
                sum += devices.get(i).drops(reason);
            }
            set(Metric.PORT_DROPS, reason.code(), sum);
        }
    }

    private void set(Metric metric, long value) {
        target.writer.set(target.layout.slot(metric), value);
    }

    private void set(Metric metric, int index, long value) {
        target.writer.set(target.layout.slot(metric) + index, value);
    }
}
