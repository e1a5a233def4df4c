package io.mptcplb.policy;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.IdleMode;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MacAddress;
import io.mptcplb.contract.MemoryMode;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.contract.PortRole;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.policy.MappingReader.Bounds;
import io.mptcplb.policy.Parsers.Parser;
import io.mptcplb.policy.Value.Mapping;
import io.mptcplb.policy.Value.Scalar;
import java.util.List;
import java.util.Optional;

/**
 * The shape of {@code lb.yaml}: its keys, their types, ranges and defaults. What must fit together
 * is not judged here. {@link PolicyYaml} has the part about MPTCP.
 */
public final class LbYaml {
    static final int TCP_PORT_MAX = 65_535;

    private LbYaml() {}

    /**
     * The whole way from text to configuration.
     *
     * @param label how messages name the text, such as {@code lb.yaml}
     * @param text YAML 1.2
     * @param generation of the configuration that results
     */
    public static Compilation compile(String label, String text, long generation) {
        return PolicyCompiler.compile(read(label, text), generation);
    }

    /** The resources of a document, with every mistake in its form. */
    public static LbResources read(String label, String text) {
        Problems problems = new Problems();
        Optional<Value> document = YamlTree.parse(label, text, problems);
        if (document.isPresent() && !(document.get() instanceof Mapping)) {
            problems.add(
                    document.get().at(),
                    "yaml",
                    "the document must be a mapping, found " + document.get().describe());
        }
        if (document.isEmpty() || !(document.get() instanceof Mapping mapping)) {
            // Nothing can be said of keys then, least of all that they are missing.
            return resources(
                    new MappingReader(
                            new Mapping(new Source(label, 1), List.of()), "", new Problems()),
                    problems);
        }
        return resources(new MappingReader(mapping, "", problems), problems);
    }

    private static LbResources resources(MappingReader from, Problems problems) {
        LbResources.Workers workers = from.mapping("workers", LbYaml::workers);
        LbResources.Buffers buffers = from.mapping("buffers", LbYaml::buffers);
        LbResources.Sizes sizes = from.mapping("sizes", LbYaml::sizes);
        Located<List<LbResources.Port>> ports =
                from.mappings("ports", Bounds.required(1, LbConfig.PORTS_MAX), LbYaml::port);
        Located<List<LbResources.VirtualServer>> servers =
                from.mappings(
                        "virtualServers",
                        Bounds.required(0, LbConfig.VIRTUAL_SERVERS_MAX),
                        LbYaml::server);
        Located<List<LbResources.Pool>> pools =
                from.mappings("pools", Bounds.required(0, LbConfig.POOLS_MAX), LbYaml::pool);
        Located<List<LbResources.Policy>> policies =
                from.mappings(
                        "policies", Bounds.optional(LbResources.POLICIES_MAX), PolicyYaml::policy);
        Located<List<Located<IpAddress>>> strays =
                from.list(
                        "passStraysTo",
                        Bounds.optional(LbConfig.PASS_STRAYS_TO_MAX),
                        Parsers::hostAddress);
        from.done();
        return new LbResources(
                workers,
                buffers,
                sizes,
                ports,
                servers,
                policies,
                pools,
                strays,
                problems.sorted());
    }

    private static LbResources.Workers workers(MappingReader from) {
        WorkerConfig defaults = WorkerConfig.defaults();
        return new LbResources.Workers(
                from.optional(
                        "count", defaults.count(), Parsers.integer(1, WorkerConfig.COUNT_MAX)),
                from.optional("idle", defaults.idle(), Parsers.word(IdleMode.values())),
                from.list(
                        "cores",
                        Bounds.optional(WorkerConfig.COUNT_MAX),
                        Parsers.integer(0, WorkerConfig.CORE_MAX)));
    }

    private static LbResources.Buffers buffers(MappingReader from) {
        BufferConfig defaults = BufferConfig.defaults();
        return new LbResources.Buffers(
                from.optional("memory", defaults.memory(), Parsers.word(MemoryMode.values())),
                from.optional(
                        "count",
                        defaults.count(),
                        Parsers.integer(BufferConfig.COUNT_MIN, BufferConfig.COUNT_MAX)),
                from.optional(
                        "room",
                        (long) defaults.roomBytes(),
                        Parsers.size(BufferConfig.ROOM_BYTES_MIN, BufferConfig.ROOM_BYTES_MAX)),
                from.optional(
                        "receiveReserve",
                        defaults.receiveReserve(),
                        Parsers.autoOr(0, Parsers.integer(1, BufferConfig.COUNT_MAX / 2))),
                from.optional(
                        "sessionBudget",
                        defaults.sessionBudgetBytes(),
                        Parsers.size(
                                BufferConfig.SESSION_BUDGET_BYTES_MIN,
                                BufferConfig.SESSION_BUDGET_BYTES_MAX)),
                from.optional(
                        "workerBudget",
                        defaults.workerBudgetBytes(),
                        Parsers.autoOr(
                                0L,
                                Parsers.size(
                                        BufferConfig.SESSION_BUDGET_BYTES_MIN,
                                        BufferConfig.WORKER_BUDGET_BYTES_MAX))));
    }

    private static LbResources.Sizes sizes(MappingReader from) {
        SizeConfig defaults = SizeConfig.defaults();
        return new LbResources.Sizes(
                from.optional(
                        "maxConnections",
                        defaults.maxConnections(),
                        Parsers.integer(1, SizeConfig.CONNECTIONS_MAX)),
                from.optional(
                        "maxHalfOpen",
                        defaults.maxHalfOpen(),
                        Parsers.integer(SizeConfig.TABLE_MIN, SizeConfig.HALF_OPEN_MAX)),
                from.optional(
                        "maxTimeWait",
                        defaults.maxTimeWait(),
                        Parsers.integer(SizeConfig.TABLE_MIN, SizeConfig.CONNECTIONS_MAX)),
                from.optional(
                        "maxNeighbours",
                        defaults.maxNeighbours(),
                        Parsers.integer(SizeConfig.TABLE_MIN, SizeConfig.NEIGHBOURS_MAX)));
    }

    private static LbResources.Port port(MappingReader from) {
        Located<Boolean> shares = from.optional("shareKernelAddress", false, Parsers::flag);
        boolean ownAddresses = !shares.optional().orElse(false);
        return new LbResources.Port(
                from.required("name", Parsers::name),
                from.optional("driver", PortDriver.PACKET, Parsers.word(PortDriver.values())),
                from.required("device", Parsers::text),
                from.required("role", Parsers.word(PortRole.values())),
                from.optional("cost", 0, Parsers.integer(0, PortConfig.COST_MAX)),
                from.optional(
                        "mtu",
                        0,
                        Parsers.autoOr(
                                0,
                                Parsers.integer(
                                        PortDevice.MTU_BYTES_MIN, PortDevice.MTU_BYTES_MAX))),
                from.optional(
                        "mac", MacAddress.AUTO, Parsers.autoOr(MacAddress.AUTO, Parsers::mac)),
                from.optional(
                        "queueFrames",
                        PortDevice.QUEUE_FRAMES_DEFAULT,
                        powerOfTwo(
                                Parsers.integer(
                                        PortDevice.QUEUE_FRAMES_MIN, PortDevice.QUEUE_FRAMES_MAX))),
                from.optional("vlan", 0, Parsers.offOr(0, Parsers.integer(1, PortDevice.VLAN_MAX))),
                shares,
                from.list(
                        "addresses",
                        ownAddresses
                                ? Bounds.required(1, PortConfig.ADDRESSES_MAX)
                                : Bounds.optional(0),
                        Parsers::linkAddress),
                from.mappings(
                        "routes",
                        Bounds.optional(ownAddresses ? PortConfig.ROUTES_MAX : 0),
                        LbYaml::route));
    }

    private static Parser<Integer> powerOfTwo(Parser<Integer> parser) {
        return scalar -> {
            int value = parser.parse(scalar);
            if (Integer.bitCount(value) != 1) {
                throw new IllegalArgumentException(value + " is not a power of two");
            }
            return value;
        };
    }

    private static LbResources.Route route(MappingReader from) {
        return new LbResources.Route(
                from.required("to", LbYaml::destination),
                from.required("via", Parsers::hostAddress));
    }

    private static LbResources.Destination destination(Scalar scalar) {
        boolean isDefault = scalar.text().equals("default");
        return new LbResources.Destination(
                isDefault ? Optional.empty() : Optional.of(Parsers.network(scalar)));
    }

    private static LbResources.VirtualServer server(MappingReader from) {
        return new LbResources.VirtualServer(
                from.required("name", Parsers::name),
                from.list(
                        "addresses",
                        Bounds.required(1, VirtualServerConfig.ADDRESSES_MAX),
                        Parsers::hostAddress),
                from.optionalList(
                        "announce", VirtualServerConfig.ADDRESSES_MAX, Parsers::hostAddress),
                from.required("port", Parsers.integer(1, TCP_PORT_MAX)),
                from.required("pool", Parsers::name),
                from.mapping("mptcp", mptcp -> PolicyYaml.mptcp(mptcp, from.has("mptcp"))),
                from.mapping("timeouts", LbYaml::timeouts),
                from.optional("maxConnections", Parsers.integer(1, SizeConfig.CONNECTIONS_MAX)));
    }

    private static LbResources.Timeouts timeouts(MappingReader from) {
        TimeoutConfig defaults = TimeoutConfig.defaults();
        Parser<Long> duration = Parsers.duration(TimeoutConfig.NANOS_MIN, TimeoutConfig.NANOS_MAX);
        return new LbResources.Timeouts(
                from.optional("idle", defaults.idleNanos(), duration),
                from.optional("backendConnect", defaults.backendConnectNanos(), duration),
                from.optional("halfClosed", defaults.halfClosedNanos(), duration),
                from.optional("withoutSubflow", defaults.withoutSubflowNanos(), duration));
    }

    private static LbResources.Pool pool(MappingReader from) {
        return new LbResources.Pool(
                from.required("name", Parsers::name),
                from.optional("balance", Balance.ROUND_ROBIN, Parsers.word(Balance.values())),
                from.mappings(
                        "backends", Bounds.required(0, PoolConfig.BACKENDS_MAX), LbYaml::backend));
    }

    private static LbResources.Backend backend(MappingReader from) {
        return new LbResources.Backend(
                from.required("name", Parsers::name),
                from.required("address", Parsers::hostAddress),
                from.required("port", Parsers.integer(1, TCP_PORT_MAX)),
                from.optional("weight", 1, Parsers.integer(0, BackendConfig.WEIGHT_MAX)));
    }
}
