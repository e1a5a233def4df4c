package io.mptcplb.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The whole configuration of one dataplane process. An instance is valid by construction: names are
 * unique, references resolve, numbers are in range. Whoever wants every mistake at once, with
 * lines, uses the policy compiler instead.
 *
 * @param generation grows with every change; the dataplane refuses to go back
 * @param workers the threads that touch packets
 * @param buffers packet memory
 * @param sizes table sizes
 * @param ports NIC ports, 1 to 32, at least one facing clients and one facing backends
 * @param virtualServers what clients connect to, at most 4,096; no two share an address and port
 * @param pools what virtual servers refer to, at most 4,096
 * @param passStraysTo other boxes, by their addresses on our links, that get the segments to
 *     virtual addresses of connections that are not known here, at most 8
 */
public record LbConfig(
        long generation,
        WorkerConfig workers,
        BufferConfig buffers,
        SizeConfig sizes,
        List<PortConfig> ports,
        List<VirtualServerConfig> virtualServers,
        List<PoolConfig> pools,
        List<IpAddress> passStraysTo) {
    public static final int PASS_STRAYS_TO_MAX = 8;
    public static final int PORTS_MAX = 32;
    public static final int VIRTUAL_SERVERS_MAX = 4096;
    public static final int POOLS_MAX = 4096;

    public LbConfig {
        Rules.range("generation", generation, 0, Long.MAX_VALUE);
        ports = Rules.list("ports", ports, 1, PORTS_MAX);
        virtualServers = Rules.list("virtualServers", virtualServers, 0, VIRTUAL_SERVERS_MAX);
        pools = Rules.list("pools", pools, 0, POOLS_MAX);
        passStraysTo = Rules.list("passStraysTo", passStraysTo, 0, PASS_STRAYS_TO_MAX);
        Rules.distinct("passStraysTo", passStraysTo, box -> box);
        checkPorts(ports);
        Set<String> portNames = Rules.distinct("ports", ports, PortConfig::name);
        Set<String> poolNames = Rules.distinct("pools", pools, PoolConfig::name);
        Rules.distinct("virtualServers", virtualServers, VirtualServerConfig::name);
        Set<String> endpoints = new HashSet<>();
        for (VirtualServerConfig server : virtualServers) {
            checkReferences(server, portNames, poolNames);
            for (IpAddress address : server.addresses()) {
                Rules.require(
                        endpoints.add(address + " port " + server.port()),
                        "virtualServers",
                        address + " port " + server.port() + " belongs to two virtual servers");
            }
        }
    }

    /** With nobody to pass strays to: they are refused. */
    public LbConfig(
            long generation,
            WorkerConfig workers,
            BufferConfig buffers,
            SizeConfig sizes,
            List<PortConfig> ports,
            List<VirtualServerConfig> virtualServers,
            List<PoolConfig> pools) {
        this(generation, workers, buffers, sizes, ports, virtualServers, pools, List.of());
    }

    private static void checkPorts(List<PortConfig> ports) {
        Rules.require(
                ports.stream().anyMatch(port -> port.role().facesClients()),
                "ports",
                "none faces clients");
        Rules.require(
                ports.stream().anyMatch(port -> port.role().facesBackends()),
                "ports",
                "none faces backends");
        Rules.distinct("ports", ports, port -> port.device().name());
        Rules.distinct(
                "ports",
                ports.stream().flatMap(port -> port.addresses().stream()).toList(),
                IpPrefix::address);
    }

    private static void checkReferences(
            VirtualServerConfig server, Set<String> portNames, Set<String> poolNames) {
        Rules.require(
                poolNames.contains(server.pool()),
                "virtualServers.pool",
                "no pool is named " + server.pool());
        checkReferences(server.mptcp(), portNames);
        for (ClientPolicyConfig policy : server.clientPolicies()) {
            checkReferences(policy.mptcp(), portNames);
        }
    }

    private static void checkReferences(MptcpConfig mptcp, Set<String> portNames) {
        for (AdvertiseConfig entry : mptcp.advertise()) {
            Rules.require(
                    portNames.contains(entry.port()),
                    "mptcp.advertise",
                    "no port is named " + entry.port());
        }
        for (String port : mptcp.backupPorts()) {
            Rules.require(
                    portNames.contains(port), "mptcp.backupPorts", "no port is named " + port);
        }
    }

    /** The same on other ports. */
    public LbConfig withPorts(List<PortConfig> others) {
        return new LbConfig(
                generation, workers, buffers, sizes, others, virtualServers, pools, passStraysTo);
    }

    /** The same with other pools. */
    public LbConfig withPools(List<PoolConfig> others) {
        return new LbConfig(
                generation, workers, buffers, sizes, ports, virtualServers, others, passStraysTo);
    }

    /** The pool of a virtual server of this configuration. */
    public PoolConfig poolOf(VirtualServerConfig server) {
        return pools.stream()
                .filter(pool -> pool.name().equals(server.pool()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no pool is named " + server.pool()));
    }
}
