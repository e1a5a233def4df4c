package io.mptcplb.contract;

/** Records to attributes; mirrors {@link ConfigDecoder} line by line. */
public final class ConfigEncoder {
    private ConfigEncoder() {}

    static void config(AttributeWriter to, LbConfig config) {
        to.number(Attribute.GENERATION, config.generation())
                .nested(Attribute.WORKERS, config.workers(), ConfigEncoder::workers)
                .nested(Attribute.BUFFERS, config.buffers(), ConfigEncoder::buffers)
                .nested(Attribute.SIZES, config.sizes(), ConfigEncoder::sizes)
                .each(Attribute.PORT, config.ports(), ConfigEncoder::port)
                .each(Attribute.VIRTUAL_SERVER, config.virtualServers(), ConfigEncoder::server)
                .each(Attribute.POOL, config.pools(), ConfigEncoder::pool);
        config.passStraysTo().forEach(box -> to.address(Attribute.PASS_STRAYS_TO, box));
    }

    private static void workers(AttributeWriter to, WorkerConfig workers) {
        to.number(Attribute.WORKER_COUNT, workers.count())
                .coded(Attribute.WORKER_IDLE, workers.idle());
        workers.cores().forEach(core -> to.number(Attribute.WORKER_CORE, core));
    }

    private static void buffers(AttributeWriter to, BufferConfig buffers) {
        to.coded(Attribute.BUFFER_MEMORY, buffers.memory())
                .number(Attribute.BUFFER_COUNT, buffers.count())
                .number(Attribute.BUFFER_ROOM_BYTES, buffers.roomBytes())
                .number(Attribute.BUFFER_RECEIVE_RESERVE, buffers.receiveReserve())
                .number(Attribute.BUFFER_SESSION_BUDGET_BYTES, buffers.sessionBudgetBytes())
                .number(Attribute.BUFFER_WORKER_BUDGET_BYTES, buffers.workerBudgetBytes());
    }

    private static void sizes(AttributeWriter to, SizeConfig sizes) {
        to.number(Attribute.SIZE_CONNECTIONS, sizes.maxConnections())
                .number(Attribute.SIZE_HALF_OPEN, sizes.maxHalfOpen())
                .number(Attribute.SIZE_TIME_WAIT, sizes.maxTimeWait())
                .number(Attribute.SIZE_NEIGHBOURS, sizes.maxNeighbours());
    }

    private static void port(AttributeWriter to, PortConfig port) {
        to.text(Attribute.PORT_NAME, port.name())
                .nested(Attribute.PORT_DEVICE, port.device(), ConfigEncoder::device)
                .coded(Attribute.PORT_ROLE, port.role())
                .number(Attribute.PORT_COST, port.cost());
        if (port.sharesKernelAddress()) {
            to.flag(Attribute.PORT_SHARES_KERNEL_ADDRESS, true);
        }
        port.addresses().forEach(address -> to.prefix(Attribute.PORT_ADDRESS, address));
        to.each(Attribute.PORT_ROUTE, port.routes(), ConfigEncoder::route);
    }

    private static void device(AttributeWriter to, PortDevice device) {
        to.coded(Attribute.DEVICE_DRIVER, device.driver())
                .text(Attribute.DEVICE_NAME, device.name())
                .number(Attribute.DEVICE_MTU_BYTES, device.mtuBytes())
                .number(Attribute.DEVICE_MAC, device.mac().value())
                .number(Attribute.DEVICE_QUEUE_FRAMES, device.queueFrames());
        if (device.vlan() != 0) {
            to.number(Attribute.DEVICE_VLAN, device.vlan());
        }
    }

    private static void route(AttributeWriter to, RouteConfig route) {
        to.prefix(Attribute.ROUTE_DESTINATION, route.destination())
                .address(Attribute.ROUTE_GATEWAY, route.gateway());
    }

    private static void server(AttributeWriter to, VirtualServerConfig server) {
        to.text(Attribute.SERVER_NAME, server.name());
        server.addresses().forEach(address -> to.address(Attribute.SERVER_ADDRESS, address));
        server.silentAddresses()
                .forEach(address -> to.address(Attribute.SERVER_SILENT_ADDRESS, address));
        to.number(Attribute.SERVER_PORT, server.port())
                .text(Attribute.SERVER_POOL, server.pool())
                .nested(Attribute.SERVER_MPTCP, server.mptcp(), ConfigEncoder::mptcp)
                .each(
                        Attribute.SERVER_CLIENT_POLICY,
                        server.clientPolicies(),
                        ConfigEncoder::clientPolicy)
                .nested(Attribute.SERVER_TIMEOUTS, server.timeouts(), ConfigEncoder::timeouts)
                .number(Attribute.SERVER_MAX_CONNECTIONS, server.maxConnections());
    }

    private static void clientPolicy(AttributeWriter to, ClientPolicyConfig policy) {
        policy.clients().forEach(prefix -> to.prefix(Attribute.CLIENT_POLICY_PREFIX, prefix));
        to.nested(Attribute.CLIENT_POLICY_MPTCP, policy.mptcp(), ConfigEncoder::mptcp);
    }

    private static void mptcp(AttributeWriter to, MptcpConfig mptcp) {
        to.flag(Attribute.MPTCP_ENABLED, mptcp.enabled())
                .flag(Attribute.MPTCP_JOIN_INITIAL, mptcp.joinInitialAddress())
                .flag(Attribute.MPTCP_CHECKSUM, mptcp.checksumRequired())
                .number(Attribute.MPTCP_MAX_SUBFLOWS, mptcp.maxSubflows())
                .each(Attribute.MPTCP_ADVERTISE, mptcp.advertise(), ConfigEncoder::advertise);
        mptcp.backupPorts().forEach(port -> to.text(Attribute.MPTCP_BACKUP_PORT, port));
    }

    public static void advertise(AttributeWriter to, AdvertiseConfig entry) {
        to.number(Attribute.ADVERTISE_ID, entry.id())
                .text(Attribute.ADVERTISE_PORT, entry.port())
                .address(Attribute.ADVERTISE_ADDRESS, entry.address())
                .number(Attribute.ADVERTISE_TCP_PORT, entry.tcpPort());
    }

    private static void timeouts(AttributeWriter to, TimeoutConfig timeouts) {
        to.number(Attribute.TIMEOUT_IDLE_NANOS, timeouts.idleNanos())
                .number(Attribute.TIMEOUT_BACKEND_CONNECT_NANOS, timeouts.backendConnectNanos())
                .number(Attribute.TIMEOUT_HALF_CLOSED_NANOS, timeouts.halfClosedNanos())
                .number(Attribute.TIMEOUT_WITHOUT_SUBFLOW_NANOS, timeouts.withoutSubflowNanos());
    }

    public static void pool(AttributeWriter to, PoolConfig pool) {
        to.text(Attribute.POOL_NAME, pool.name())
                .coded(Attribute.POOL_BALANCE, pool.balance())
                .each(Attribute.POOL_BACKEND, pool.backends(), ConfigEncoder::backend);
    }

    private static void backend(AttributeWriter to, BackendConfig backend) {
        to.text(Attribute.BACKEND_NAME, backend.name())
                .address(Attribute.BACKEND_ADDRESS, backend.address())
                .number(Attribute.BACKEND_PORT, backend.port())
                .number(Attribute.BACKEND_WEIGHT, backend.weight());
    }
}
