package io.mptcplb.policy;

import io.mptcplb.contract.Balance;
import io.mptcplb.contract.IdleMode;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.MacAddress;
import io.mptcplb.contract.MemoryMode;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.contract.PortRole;
import java.util.List;
import java.util.Optional;

/**
 * What a user asked for, each value with its place, before it is known to make sense together.
 *
 * @param problems mistakes found on the way here
 */
public record LbResources(
        Workers workers,
        Buffers buffers,
        Sizes sizes,
        Located<List<Port>> ports,
        Located<List<VirtualServer>> virtualServers,
        Located<List<Policy>> policies,
        Located<List<Pool>> pools,
        Located<List<Located<IpAddress>>> passStraysTo,
        List<Problem> problems) {
    public static final int POLICIES_MAX = 1024;

    public LbResources {
        problems = List.copyOf(problems);
    }

    /** See {@link io.mptcplb.contract.WorkerConfig}. */
    public record Workers(
            Located<Integer> count,
            Located<IdleMode> idle,
            Located<List<Located<Integer>>> cores) {}

    /** See {@link io.mptcplb.contract.BufferConfig}; 0 where the user wrote {@code auto}. */
    public record Buffers(
            Located<MemoryMode> memory,
            Located<Integer> count,
            Located<Long> roomBytes,
            Located<Integer> receiveReserve,
            Located<Long> sessionBudgetBytes,
            Located<Long> workerBudgetBytes) {}

    /** See {@link io.mptcplb.contract.SizeConfig}. */
    public record Sizes(
            Located<Integer> maxConnections,
            Located<Integer> maxHalfOpen,
            Located<Integer> maxTimeWait,
            Located<Integer> maxNeighbours) {}

    /** See {@link io.mptcplb.contract.PortConfig} and {@link io.mptcplb.contract.PortDevice}. */
    public record Port(
            Located<String> name,
            Located<PortDriver> driver,
            Located<String> device,
            Located<PortRole> role,
            Located<Integer> cost,
            Located<Integer> mtuBytes,
            Located<MacAddress> mac,
            Located<Integer> queueFrames,
            Located<Integer> vlan,
            Located<Boolean> sharesKernelAddress,
            Located<List<Located<IpPrefix>>> addresses,
            Located<List<Route>> routes) {}

    /** See {@link io.mptcplb.contract.RouteConfig}. */
    public record Route(Located<Destination> to, Located<IpAddress> via) {}

    /**
     * Where a route leads.
     *
     * @param network empty for {@code default}, whose IP version is that of the gateway
     */
    public record Destination(Optional<IpPrefix> network) {
        IpPrefix resolve(IpAddress gateway) {
            return network.orElse(gateway.isV4() ? IpPrefix.DEFAULT_V4 : IpPrefix.DEFAULT_V6);
        }
    }

    /**
     * See {@link io.mptcplb.contract.VirtualServerConfig}.
     *
     * @param announce those of the addresses that this box answers for; absent for all
     * @param maxConnections absent for no limit of its own
     */
    public record VirtualServer(
            Located<String> name,
            Located<List<Located<IpAddress>>> addresses,
            Located<List<Located<IpAddress>>> announce,
            Located<Integer> port,
            Located<String> pool,
            Mptcp mptcp,
            Timeouts timeouts,
            Located<Integer> maxConnections) {}

    /**
     * See {@link io.mptcplb.contract.MptcpConfig}.
     *
     * @param written false for a virtual server without a block of its own, whose values are
     *     defaults
     */
    public record Mptcp(
            Located<Boolean> written,
            Located<Boolean> enabled,
            Located<Boolean> joinInitialAddress,
            Located<Boolean> checksumRequired,
            Located<Integer> maxSubflows,
            Located<List<Advertise>> advertise,
            Located<List<Located<String>>> backupPorts) {}

    /**
     * Addresses to announce.
     *
     * @param port the NIC port
     * @param address one address; absent for all of the port's that suit the virtual server
     * @param tcpPort 0 for none
     * @param id absent for the lowest free one
     */
    public record Advertise(
            Located<String> port,
            Located<IpAddress> address,
            Located<Integer> tcpPort,
            Located<Integer> id) {}

    /**
     * Paths, limits and announcements for some clients of some virtual servers.
     *
     * @param virtualServers names; empty for all
     * @param clients networks, or words for several of them; empty for all clients whom no other
     *     policy names
     * @param mptcp what these clients get
     */
    public record Policy(
            Located<String> name,
            Located<List<Located<String>>> virtualServers,
            Located<List<Located<List<IpPrefix>>>> clients,
            Located<PolicyMode> mode,
            Mptcp mptcp,
            Failover failover) {}

    /** See {@link io.mptcplb.policy.path.FailoverConfig}; 0 where the user wrote {@code off}. */
    public record Failover(
            Located<Boolean> linkDown,
            Located<Long> holdNanos,
            Located<Integer> changesMax,
            Located<Long> windowNanos,
            Located<Integer> stalledPercent,
            Located<Integer> retransmittedPercent,
            Located<Long> srttNanos) {}

    /** See {@link io.mptcplb.contract.TimeoutConfig}. */
    public record Timeouts(
            Located<Long> idleNanos,
            Located<Long> backendConnectNanos,
            Located<Long> halfClosedNanos,
            Located<Long> withoutSubflowNanos) {}

    /** See {@link io.mptcplb.contract.PoolConfig}. */
    public record Pool(
            Located<String> name, Located<Balance> balance, Located<List<Backend>> backends) {}

    /** See {@link io.mptcplb.contract.BackendConfig}. */
    public record Backend(
            Located<String> name,
            Located<IpAddress> address,
            Located<Integer> port,
            Located<Integer> weight) {}
}
