package io.mptcplb.policy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Failover;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Policy;
import io.mptcplb.policy.MappingReader.Bounds;
import io.mptcplb.policy.Parsers.Parser;
import io.mptcplb.policy.path.FailoverConfig;
import java.util.List;

/** The shape of what {@code lb.yaml} says of MPTCP: a virtual server's own block, and policies. */
final class PolicyYaml {
    private static final long MILLI_NANOS = 1_000_000;

    private PolicyYaml() {}

    static Mptcp mptcp(MappingReader from, boolean written) {
        return new Mptcp(
                new Located<>(from.at(), from.path(), written),
                enabled(from),
                joinInitialAddress(from),
                checksumRequired(from),
                maxSubflows(from),
                advertise(from),
                ports(from, "backupPorts"));
    }

    static Policy policy(MappingReader from) {
        Located<String> name = from.required("name", Parsers::name);
        Located<List<Located<String>>> servers =
                from.list(
                        "virtualServers",
                        new Bounds(false, 1, LbConfig.VIRTUAL_SERVERS_MAX),
                        Parsers::name);
        Mptcp mptcp =
                new Mptcp(
                        new Located<>(from.at(), from.path(), true),
                        enabled(from),
                        joinInitialAddress(from),
                        checksumRequired(from),
                        from.mapping("limits", PolicyYaml::maxSubflows),
                        advertise(from),
                        ports(from, "backup"));
        return new Policy(
                name,
                servers,
                from.list(
                        "clients",
                        new Bounds(false, 1, ClientPolicyConfig.PREFIXES_MAX),
                        Parsers::clients),
                from.required("mode", Parsers.word(PolicyMode.values())),
                mptcp,
                from.mapping("failover", PolicyYaml::failover));
    }

    private static Located<Boolean> enabled(MappingReader from) {
        return from.optional("enabled", MptcpConfig.defaults().enabled(), Parsers::flag);
    }

    private static Located<Boolean> joinInitialAddress(MappingReader from) {
        return from.optional(
                "joinInitialAddress", MptcpConfig.defaults().joinInitialAddress(), Parsers::flag);
    }

    private static Located<Boolean> checksumRequired(MappingReader from) {
        return from.optional(
                "checksumRequired", MptcpConfig.defaults().checksumRequired(), Parsers::flag);
    }

    private static Located<Integer> maxSubflows(MappingReader from) {
        return from.optional(
                "maxSubflows",
                MptcpConfig.defaults().maxSubflows(),
                Parsers.integer(0, MptcpConfig.SUBFLOWS_MAX));
    }

    private static Located<List<Advertise>> advertise(MappingReader from) {
        return from.mappings(
                "advertise",
                Bounds.optional(MptcpConfig.ADVERTISE_MAX),
                entry ->
                        new Advertise(
                                entry.required("port", Parsers::name),
                                entry.optional("address", Parsers::hostAddress),
                                entry.optional(
                                        "tcpPort", 0, Parsers.integer(1, LbYaml.TCP_PORT_MAX)),
                                entry.optional("id", Parsers.integer(1, AdvertiseConfig.ID_MAX))));
    }

    private static Located<List<Located<String>>> ports(MappingReader from, String key) {
        return from.list(key, Bounds.optional(MptcpConfig.BACKUP_PORTS_MAX), Parsers::name);
    }

    private static Failover failover(MappingReader from) {
        FailoverConfig defaults = FailoverConfig.defaults();
        Parser<Integer> share = Parsers.offOr(0, Parsers::percent);
        return new Failover(
                from.optional("linkDown", defaults.linkDown(), Parsers::flag),
                from.optional(
                        "holdTime",
                        defaults.holdNanos(),
                        Parsers.duration(MILLI_NANOS, FailoverConfig.HOLD_NANOS_MAX)),
                from.optional(
                        "maxSwitches",
                        defaults.changesMax(),
                        Parsers.integer(FailoverConfig.CHANGES_MIN, FailoverConfig.CHANGES_MAX)),
                from.optional(
                        "window",
                        defaults.windowNanos(),
                        Parsers.duration(
                                FailoverConfig.WINDOW_NANOS_MIN, FailoverConfig.WINDOW_NANOS_MAX)),
                from.optional("stalledShare", defaults.stalledPercent(), share),
                from.optional("retransmittedShare", defaults.retransmittedPercent(), share),
                from.optional(
                        "roundTrip",
                        defaults.srttNanos(),
                        Parsers.offOr(
                                0L, Parsers.duration(MILLI_NANOS, FailoverConfig.SRTT_NANOS_MAX))));
    }
}
