package io.mptcplb.contract;

/**
 * Everything that a snapshot can say, by its number on the wire. Numbers are never reused; a new
 * attribute gets a default in the decoder, so that old snapshots still decode, and old decoders
 * skip it.
 */
enum Attribute implements AttributeId {
    GENERATION(1, "generation"),
    WORKERS(2, "workers"),
    BUFFERS(3, "buffers"),
    SIZES(4, "sizes"),
    PORT(5, "ports"),
    VIRTUAL_SERVER(6, "virtualServers"),
    POOL(7, "pools"),
    PASS_STRAYS_TO(8, "passStraysTo"),

    WORKER_COUNT(20, "count"),
    WORKER_IDLE(21, "idle"),
    WORKER_CORE(22, "cores"),

    BUFFER_MEMORY(30, "memory"),
    BUFFER_COUNT(31, "count"),
    BUFFER_ROOM_BYTES(32, "room"),
    BUFFER_RECEIVE_RESERVE(33, "receiveReserve"),
    BUFFER_SESSION_BUDGET_BYTES(34, "sessionBudget"),
    BUFFER_WORKER_BUDGET_BYTES(35, "workerBudget"),

    SIZE_CONNECTIONS(40, "maxConnections"),
    SIZE_HALF_OPEN(41, "maxHalfOpen"),
    SIZE_TIME_WAIT(42, "maxTimeWait"),
    SIZE_NEIGHBOURS(43, "maxNeighbours"),

    PORT_NAME(50, "name"),
    PORT_ROLE(51, "role"),
    PORT_COST(52, "cost"),
    PORT_ADDRESS(53, "addresses"),
    PORT_ROUTE(54, "routes"),
    PORT_DEVICE(55, "device"),
    PORT_SHARES_KERNEL_ADDRESS(56, "shareKernelAddress"),
    DEVICE_DRIVER(60, "driver"),
    DEVICE_NAME(61, "name"),
    DEVICE_MTU_BYTES(62, "mtu"),
    DEVICE_MAC(63, "mac"),
    DEVICE_QUEUE_FRAMES(64, "queueFrames"),
    DEVICE_VLAN(65, "vlan"),
    ROUTE_DESTINATION(70, "to"),
    ROUTE_GATEWAY(71, "via"),

    SERVER_NAME(80, "name"),
    SERVER_ADDRESS(81, "addresses"),
    SERVER_PORT(82, "port"),
    SERVER_POOL(83, "pool"),
    SERVER_MPTCP(84, "mptcp"),
    SERVER_TIMEOUTS(85, "timeouts"),
    SERVER_MAX_CONNECTIONS(86, "maxConnections"),
    SERVER_CLIENT_POLICY(87, "clientPolicies"),
    SERVER_SILENT_ADDRESS(88, "silentAddresses"),
    CLIENT_POLICY_PREFIX(90, "clients"),
    CLIENT_POLICY_MPTCP(91, "mptcp"),

    MPTCP_ENABLED(100, "enabled"),
    MPTCP_JOIN_INITIAL(101, "joinInitialAddress"),
    MPTCP_CHECKSUM(102, "checksumRequired"),
    MPTCP_MAX_SUBFLOWS(103, "maxSubflows"),
    MPTCP_ADVERTISE(104, "advertise"),
    MPTCP_BACKUP_PORT(105, "backupPorts"),
    ADVERTISE_ID(110, "id"),
    ADVERTISE_PORT(111, "port"),
    ADVERTISE_ADDRESS(112, "address"),
    ADVERTISE_TCP_PORT(113, "tcpPort"),

    TIMEOUT_IDLE_NANOS(120, "idle"),
    TIMEOUT_BACKEND_CONNECT_NANOS(121, "backendConnect"),
    TIMEOUT_HALF_CLOSED_NANOS(122, "halfClosed"),
    TIMEOUT_WITHOUT_SUBFLOW_NANOS(123, "withoutSubflow"),

    POOL_NAME(140, "name"),
    POOL_BALANCE(141, "balance"),
    POOL_BACKEND(142, "backends"),
    BACKEND_NAME(150, "name"),
    BACKEND_ADDRESS(151, "address"),
    BACKEND_PORT(152, "port"),
    BACKEND_WEIGHT(153, "weight");

    private final int type;
    private final String field;

    Attribute(int type, String field) {
        this.type = type;
        this.field = field;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public String field() {
        return field;
    }
}
