package io.mptcplb.contract;

/**
 * Attributes to records; what a record refuses becomes a {@link CodecException} that names the
 * record.
 */
public final class ConfigDecoder {
    private ConfigDecoder() {}

    static LbConfig config(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new LbConfig(
                                from.number(Attribute.GENERATION),
                                workers(from.nested(Attribute.WORKERS)),
                                buffers(from.nested(Attribute.BUFFERS)),
                                sizes(from.nested(Attribute.SIZES)),
                                from.containers(
                                        Attribute.PORT, LbConfig.PORTS_MAX, ConfigDecoder::port),
                                from.containers(
                                        Attribute.VIRTUAL_SERVER,
                                        LbConfig.VIRTUAL_SERVERS_MAX,
                                        ConfigDecoder::server),
                                from.containers(
                                        Attribute.POOL, LbConfig.POOLS_MAX, ConfigDecoder::pool),
                                from.addresses(
                                        Attribute.PASS_STRAYS_TO, LbConfig.PASS_STRAYS_TO_MAX)));
    }

    private static WorkerConfig workers(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new WorkerConfig(
                                from.integer(Attribute.WORKER_COUNT),
                                from.coded(Attribute.WORKER_IDLE, IdleMode.values()),
                                from.integers(Attribute.WORKER_CORE, WorkerConfig.COUNT_MAX)));
    }

    private static BufferConfig buffers(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new BufferConfig(
                                from.coded(Attribute.BUFFER_MEMORY, MemoryMode.values()),
                                from.integer(Attribute.BUFFER_COUNT),
                                from.integer(Attribute.BUFFER_ROOM_BYTES),
                                from.integer(Attribute.BUFFER_RECEIVE_RESERVE),
                                from.number(Attribute.BUFFER_SESSION_BUDGET_BYTES),
                                from.number(Attribute.BUFFER_WORKER_BUDGET_BYTES)));
    }

    private static SizeConfig sizes(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new SizeConfig(
                                from.integer(Attribute.SIZE_CONNECTIONS),
                                from.integer(Attribute.SIZE_HALF_OPEN),
                                from.integer(Attribute.SIZE_TIME_WAIT),
                                from.integer(Attribute.SIZE_NEIGHBOURS)));
    }

    private static PortConfig port(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new PortConfig(
                                from.text(Attribute.PORT_NAME),
                                device(from.nested(Attribute.PORT_DEVICE)),
                                from.coded(Attribute.PORT_ROLE, PortRole.values()),
                                from.integer(Attribute.PORT_COST),
                                from.has(Attribute.PORT_SHARES_KERNEL_ADDRESS)
                                        && from.flag(Attribute.PORT_SHARES_KERNEL_ADDRESS),
                                from.prefixes(Attribute.PORT_ADDRESS, PortConfig.ADDRESSES_MAX),
                                from.containers(
                                        Attribute.PORT_ROUTE,
                                        PortConfig.ROUTES_MAX,
                                        ConfigDecoder::route)));
    }

    private static PortDevice device(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new PortDevice(
                                from.coded(Attribute.DEVICE_DRIVER, PortDriver.values()),
                                from.text(Attribute.DEVICE_NAME),
                                from.integer(Attribute.DEVICE_MTU_BYTES),
                                new MacAddress(from.number(Attribute.DEVICE_MAC)),
                                from.integer(Attribute.DEVICE_QUEUE_FRAMES),
                                from.has(Attribute.DEVICE_VLAN)
                                        ? from.integer(Attribute.DEVICE_VLAN)
                                        : 0));
    }

    private static RouteConfig route(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new RouteConfig(
                                from.prefix(Attribute.ROUTE_DESTINATION),
                                from.address(Attribute.ROUTE_GATEWAY)));
    }

    private static VirtualServerConfig server(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new VirtualServerConfig(
                                from.text(Attribute.SERVER_NAME),
                                from.addresses(
                                        Attribute.SERVER_ADDRESS,
                                        VirtualServerConfig.ADDRESSES_MAX),
                                from.addresses(
                                        Attribute.SERVER_SILENT_ADDRESS,
                                        VirtualServerConfig.ADDRESSES_MAX),
                                from.integer(Attribute.SERVER_PORT),
                                from.text(Attribute.SERVER_POOL),
                                mptcp(from.nested(Attribute.SERVER_MPTCP)),
                                from.containers(
                                        Attribute.SERVER_CLIENT_POLICY,
                                        ClientPolicyConfig.PREFIXES_MAX,
                                        ConfigDecoder::clientPolicy),
                                timeouts(from.nested(Attribute.SERVER_TIMEOUTS)),
                                from.integer(Attribute.SERVER_MAX_CONNECTIONS)));
    }

    private static ClientPolicyConfig clientPolicy(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new ClientPolicyConfig(
                                from.prefixes(
                                        Attribute.CLIENT_POLICY_PREFIX,
                                        ClientPolicyConfig.PREFIXES_MAX),
                                mptcp(from.nested(Attribute.CLIENT_POLICY_MPTCP))));
    }

    private static MptcpConfig mptcp(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new MptcpConfig(
                                from.flag(Attribute.MPTCP_ENABLED),
                                from.flag(Attribute.MPTCP_JOIN_INITIAL),
                                from.flag(Attribute.MPTCP_CHECKSUM),
                                from.integer(Attribute.MPTCP_MAX_SUBFLOWS),
                                from.containers(
                                        Attribute.MPTCP_ADVERTISE,
                                        MptcpConfig.ADVERTISE_MAX,
                                        ConfigDecoder::advertise),
                                from.texts(
                                        Attribute.MPTCP_BACKUP_PORT,
                                        MptcpConfig.BACKUP_PORTS_MAX)));
    }

    public static AdvertiseConfig advertise(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new AdvertiseConfig(
                                from.integer(Attribute.ADVERTISE_ID),
                                from.text(Attribute.ADVERTISE_PORT),
                                from.address(Attribute.ADVERTISE_ADDRESS),
                                from.integer(Attribute.ADVERTISE_TCP_PORT)));
    }

    private static TimeoutConfig timeouts(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new TimeoutConfig(
                                from.number(Attribute.TIMEOUT_IDLE_NANOS),
                                from.number(Attribute.TIMEOUT_BACKEND_CONNECT_NANOS),
                                from.number(Attribute.TIMEOUT_HALF_CLOSED_NANOS),
                                from.number(Attribute.TIMEOUT_WITHOUT_SUBFLOW_NANOS)));
    }

    public static PoolConfig pool(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new PoolConfig(
                                from.text(Attribute.POOL_NAME),
                                from.coded(Attribute.POOL_BALANCE, Balance.values()),
                                from.containers(
                                        Attribute.POOL_BACKEND,
                                        PoolConfig.BACKENDS_MAX,
                                        ConfigDecoder::backend)));
    }

    private static BackendConfig backend(AttributeReader from) throws CodecException {
        return built(
                from,
                () ->
                        new BackendConfig(
                                from.text(Attribute.BACKEND_NAME),
                                from.address(Attribute.BACKEND_ADDRESS),
                                from.integer(Attribute.BACKEND_PORT),
                                from.integer(Attribute.BACKEND_WEIGHT)));
    }

    private interface Construction<T> {
        T make() throws CodecException;
    }

    private static <T> T built(AttributeReader from, Construction<T> construction)
            throws CodecException {
        try {
            return construction.make();
        } catch (IllegalArgumentException e) {
            throw new CodecException(
                    from.path().isEmpty() ? "snapshot" : from.path(),
                    String.valueOf(e.getMessage()));
        }
    }
}
