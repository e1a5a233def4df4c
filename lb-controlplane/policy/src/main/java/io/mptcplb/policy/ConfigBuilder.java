package io.mptcplb.policy;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.RouteConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.policy.LbResources.Backend;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Pool;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.Route;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.List;

/** Resources without a mistake, as configuration. */
final class ConfigBuilder {
    private final LbResources resources;

    ConfigBuilder(LbResources resources) {
        this.resources = resources;
    }

    LbConfig build(long generation) {
        return new LbConfig(
                generation,
                workers(resources.workers()),
                buffers(resources.buffers()),
                sizes(resources.sizes()),
                Views.ports(resources).stream().map(ConfigBuilder::port).toList(),
                Views.servers(resources).stream().map(this::server).toList(),
                Views.pools(resources).stream().map(ConfigBuilder::pool).toList(),
                values(resources.passStraysTo()));
    }

    private static WorkerConfig workers(LbResources.Workers workers) {
        List<Integer> cores = values(workers.cores());
        return new WorkerConfig(workers.count().get(), workers.idle().get(), cores);
    }

    private static BufferConfig buffers(LbResources.Buffers buffers) {
        return new BufferConfig(
                buffers.memory().get(),
                buffers.count().get(),
                Math.toIntExact(buffers.roomBytes().get()),
                buffers.receiveReserve().get(),
                buffers.sessionBudgetBytes().get(),
                buffers.workerBudgetBytes().get());
    }

    private static SizeConfig sizes(LbResources.Sizes sizes) {
        return new SizeConfig(
                sizes.maxConnections().get(),
                sizes.maxHalfOpen().get(),
                sizes.maxTimeWait().get(),
                sizes.maxNeighbours().get());
    }

    private static PortConfig port(Port port) {
        PortDevice device =
                new PortDevice(
                        port.driver().get(),
                        port.device().get(),
                        port.mtuBytes().get(),
                        port.mac().get(),
                        port.queueFrames().get(),
                        port.vlan().get());
        return new PortConfig(
                port.name().get(),
                device,
                port.role().get(),
                port.cost().get(),
                port.sharesKernelAddress().get(),
                values(port.addresses()),
                Views.routes(port).stream().map(ConfigBuilder::route).toList());
    }

    private static RouteConfig route(Route route) {
        IpAddress via = route.via().get();
        return new RouteConfig(route.to().get().resolve(via), via);
    }

    private VirtualServerConfig server(VirtualServer server) {
        Announcements announcements = new Announcements(resources, server);
        return new VirtualServerConfig(
                server.name().get(),
                values(server.addresses()),
                Views.silentAddresses(server),
                server.port().get(),
                server.pool().get(),
                mptcp(Views.mptcp(resources, server), announcements),
                clientPolicies(server, announcements),
                timeouts(server.timeouts()),
                server.maxConnections()
                        .optional()
                        .orElse(resources.sizes().maxConnections().get()));
    }

    private List<ClientPolicyConfig> clientPolicies(
            VirtualServer server, Announcements announcements) {
        return Views.policies(resources, server).stream()
                .filter(policy -> !Views.clients(policy).isEmpty())
                .map(policy ->
                        new ClientPolicyConfig(
                                Views.clients(policy), mptcp(policy.mptcp(), announcements)))
                .toList();
    }

    private static MptcpConfig mptcp(Mptcp mptcp, Announcements announcements) {
        return new MptcpConfig(
                mptcp.enabled().get(),
                mptcp.joinInitialAddress().get(),
                mptcp.checksumRequired().get(),
                mptcp.maxSubflows().get(),
                announcements.of(mptcp),
                values(mptcp.backupPorts()));
    }

    private static TimeoutConfig timeouts(LbResources.Timeouts timeouts) {
        return new TimeoutConfig(
                timeouts.idleNanos().get(),
                timeouts.backendConnectNanos().get(),
                timeouts.halfClosedNanos().get(),
                timeouts.withoutSubflowNanos().get());
    }

    private static PoolConfig pool(Pool pool) {
        return new PoolConfig(
                pool.name().get(),
                pool.balance().get(),
                Views.backends(pool).stream().map(ConfigBuilder::backend).toList());
    }

    private static BackendConfig backend(Backend backend) {
        return new BackendConfig(
                backend.name().get(),
                backend.address().get(),
                backend.port().get(),
                backend.weight().get());
    }

    private static <T> List<T> values(Located<List<Located<T>>> values) {
        return Views.list(values).stream().map(Located::get).toList();
    }
}
