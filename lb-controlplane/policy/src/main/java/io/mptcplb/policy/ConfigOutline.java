package io.mptcplb.policy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.policy.path.FailoverConfig;
import io.mptcplb.policy.path.PathTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A configuration as named places with their values in the words of {@code lb.yaml}: what is
 * compared when two of them are.
 */
final class ConfigOutline {
    /** The place of the document's own keys. */
    static final String TOP = "";

    private final Map<String, Map<String, String>> objects = new LinkedHashMap<>();
    private final Map<String, List<String>> orders = new LinkedHashMap<>();

    /** Places, each with its keys. */
    Map<String, Map<String, String>> objects() {
        return objects;
    }

    /** Lists of named places, in their order. */
    Map<String, List<String>> orders() {
        return orders;
    }

    ConfigOutline add(LbConfig config) {
        workers(config.workers());
        buffers(config.buffers());
        sizes(config.sizes());
        config.ports().forEach(this::port);
        config.virtualServers().forEach(this::server);
        config.pools().forEach(this::pool);
        object(TOP).put("passStraysTo", list(config.passStraysTo()));
        return this;
    }

    ConfigOutline add(PathTable paths) {
        paths.policies()
                .forEach(policy ->
                        policy.failover()
                                .ifPresent(failover ->
                                        failover(
                                                "policies[" + policy.name() + "].failover",
                                                failover)));
        return this;
    }

    private Map<String, String> object(String path) {
        return objects.computeIfAbsent(path, name -> new LinkedHashMap<>());
    }

    /** One of a list, by name. */
    private String member(String list, String name) {
        orders.computeIfAbsent(list, names -> new ArrayList<>()).add(name);
        return list + "[" + name + "]";
    }

    private void workers(WorkerConfig workers) {
        Map<String, String> to = object("workers");
        to.put("count", String.valueOf(workers.count()));
        to.put("idle", workers.idle().text());
        to.put("cores", list(workers.cores()));
    }

    private void buffers(BufferConfig buffers) {
        Map<String, String> to = object("buffers");
        to.put("memory", buffers.memory().text());
        to.put("count", String.valueOf(buffers.count()));
        to.put("room", Parsers.formatBytes(buffers.roomBytes()));
        to.put("receiveReserve", autoOr(buffers.receiveReserve()));
        to.put("sessionBudget", Parsers.formatBytes(buffers.sessionBudgetBytes()));
        to.put(
                "workerBudget",
                buffers.workerBudgetBytes() == 0
                        ? "auto"
                        : Parsers.formatBytes(buffers.workerBudgetBytes()));
    }

    private void sizes(SizeConfig sizes) {
        Map<String, String> to = object("sizes");
        to.put("maxConnections", String.valueOf(sizes.maxConnections()));
        to.put("maxHalfOpen", String.valueOf(sizes.maxHalfOpen()));
        to.put("maxTimeWait", String.valueOf(sizes.maxTimeWait()));
        to.put("maxNeighbours", String.valueOf(sizes.maxNeighbours()));
    }

    private void port(PortConfig port) {
        String path = member("ports", port.name());
        Map<String, String> to = object(path);
        to.put("device", port.device().name());
        to.put("driver", port.device().driver().text());
        to.put("role", port.role().text());
        to.put("cost", String.valueOf(port.cost()));
        to.put("mtu", autoOr(port.device().mtuBytes()));
        to.put("mac", port.device().mac().toString());
        to.put("queueFrames", String.valueOf(port.device().queueFrames()));
        int vlan = port.device().vlan();
        to.put("vlan", vlan == 0 ? "off" : String.valueOf(vlan));
        to.put("shareKernelAddress", String.valueOf(port.sharesKernelAddress()));
        to.put("addresses", list(port.addresses()));
        port.routes()
                .forEach(route ->
                        object(path + ".routes[" + route.destination() + "]")
                                .put("via", route.gateway().toString()));
    }

    private void server(VirtualServerConfig server) {
        String path = member("virtualServers", server.name());
        Map<String, String> to = object(path);
        to.put("addresses", list(server.addresses()));
        List<IpAddress> announced = new ArrayList<>(server.addresses());
        announced.removeAll(server.silentAddresses());
        to.put("announce", server.silentAddresses().isEmpty() ? "all" : list(announced));
        to.put("port", String.valueOf(server.port()));
        to.put("pool", server.pool());
        to.put("maxConnections", String.valueOf(server.maxConnections()));
        mptcp(path + ".mptcp", server.mptcp());
        for (ClientPolicyConfig policy : server.clientPolicies()) {
            String clients = path + ".clients[" + policy.clients().getFirst() + "]";
            object(clients).put("clients", list(policy.clients()));
            mptcp(clients, policy.mptcp());
        }
        timeouts(path + ".timeouts", server.timeouts());
    }

    private void mptcp(String path, MptcpConfig mptcp) {
        Map<String, String> to = object(path);
        to.put("enabled", String.valueOf(mptcp.enabled()));
        to.put("joinInitialAddress", String.valueOf(mptcp.joinInitialAddress()));
        to.put("checksumRequired", String.valueOf(mptcp.checksumRequired()));
        to.put("maxSubflows", String.valueOf(mptcp.maxSubflows()));
        to.put("backupPorts", list(mptcp.backupPorts()));
        for (AdvertiseConfig entry : mptcp.advertise()) {
            String name =
                    entry.tcpPort() == 0
                            ? entry.address().toString()
                            : entry.address() + " port " + entry.tcpPort();
            Map<String, String> advertise = object(member(path + ".advertise", name));
            advertise.put("port", entry.port());
            advertise.put("id", String.valueOf(entry.id()));
        }
    }

    private void timeouts(String path, TimeoutConfig timeouts) {
        Map<String, String> to = object(path);
        to.put("idle", Parsers.formatNanos(timeouts.idleNanos()));
        to.put("backendConnect", Parsers.formatNanos(timeouts.backendConnectNanos()));
        to.put("halfClosed", Parsers.formatNanos(timeouts.halfClosedNanos()));
        to.put("withoutSubflow", Parsers.formatNanos(timeouts.withoutSubflowNanos()));
    }

    private void pool(PoolConfig pool) {
        String path = member("pools", pool.name());
        object(path).put("balance", pool.balance().text());
        for (BackendConfig backend : pool.backends()) {
            Map<String, String> to = object(member(path + ".backends", backend.name()));
            to.put("address", backend.address().toString());
            to.put("port", String.valueOf(backend.port()));
            to.put("weight", String.valueOf(backend.weight()));
        }
    }

    private void failover(String path, FailoverConfig failover) {
        Map<String, String> to = object(path);
        to.put("linkDown", String.valueOf(failover.linkDown()));
        to.put("holdTime", Parsers.formatNanos(failover.holdNanos()));
        to.put("maxSwitches", String.valueOf(failover.changesMax()));
        to.put("window", Parsers.formatNanos(failover.windowNanos()));
        to.put("stalledShare", percent(failover.stalledPercent()));
        to.put("retransmittedShare", percent(failover.retransmittedPercent()));
        to.put(
                "roundTrip",
                failover.srttNanos() == 0 ? "off" : Parsers.formatNanos(failover.srttNanos()));
    }

    private static String percent(int value) {
        return value == 0 ? "off" : value + "%";
    }

    private static String autoOr(int value) {
        return value == 0 ? "auto" : String.valueOf(value);
    }

    private static String list(Collection<?> values) {
        return values.isEmpty()
                ? "none"
                : values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
