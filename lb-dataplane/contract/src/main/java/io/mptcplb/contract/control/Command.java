package io.mptcplb.contract.control;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.Rules;
import java.util.List;
import java.util.Optional;

/**
 * What the dataplane may be told. Each is answered by one {@link Reply}, does all it says or
 * nothing, and may be said again with the same effect.
 *
 * <p>What is set by {@link SetPathPriority}, {@link Announce}, {@link Withdraw}, {@link
 * SetSubflowLimit} and {@link Drain} holds for live connections and for those to come, until it is
 * set otherwise or the process ends; {@link ApplyConfig} leaves it, as far as its names still
 * exist.
 */
public sealed interface Command extends Message {
    /** Most path rules in force at once. */
    int PATH_RULES_MAX = 64;

    /**
     * The first message of a client: who it is, and what it speaks. The epoch of the dataplane is
     * that of the reply's frame.
     */
    record Hello(int version, String client) implements Command {
        public static final int VERSION = 1;

        public Hello {
            Rules.name("hello.client", client);
        }
    }

    /**
     * A whole configuration. Refused with {@link ReplyCode#RESTART_REQUIRED} when it changes what
     * is fixed at start (workers, buffers, sizes, ports), and as {@link ReplyCode#STALE} when its
     * generation is below the one in force.
     */
    record ApplyConfig(LbConfig config) implements Command {}

    /**
     * The process ends in good order, closes its connections, and begins anew with this
     * configuration: for what {@link ApplyConfig} refuses with {@link ReplyCode#RESTART_REQUIRED}.
     * The next one has another epoch. Should the configuration not be served there, the file {@link
     * io.mptcplb.contract.ConfigFile#REFUSED} says why, and another configuration is waited for.
     */
    record Restart(LbConfig config) implements Command {}

    /** The members of some pools, in place of those they have; other pools stay as they are. */
    record ApplyEndpoints(List<PoolConfig> pools) implements Command {
        public ApplyEndpoints {
            pools = Rules.list("endpoints.pools", pools, 1, LbConfig.POOLS_MAX);
            Rules.distinct("endpoints.pools", pools, PoolConfig::name);
        }
    }

    /**
     * Above the configuration: paths that fit are backup, or regular. The rule set last wins;
     * {@link PathPriority#CONFIGURED} takes the rule of the same selector away.
     */
    record SetPathPriority(PathSelector paths, PathPriority priority) implements Command {}

    /** One more address for ADD_ADDR on connections of a virtual server. */
    record Announce(String virtualServer, AdvertiseConfig address) implements Command {
        public Announce {
            Rules.name("announce.virtualServer", virtualServer);
        }
    }

    /** REMOVE_ADDR, and the address is announced no more, configured or not. */
    record Withdraw(String virtualServer, int addressId) implements Command {
        public Withdraw {
            Rules.name("withdraw.virtualServer", virtualServer);
            Rules.range("withdraw.addressId", addressId, 1, AdvertiseConfig.ID_MAX);
        }
    }

    /**
     * Subflows beyond the first one. Existing ones above the limit stay.
     *
     * @param maxSubflows absent: as the configuration says
     */
    record SetSubflowLimit(String virtualServer, Optional<Integer> maxSubflows) implements Command {
        public SetSubflowLimit {
            Rules.name("limit.virtualServer", virtualServer);
            maxSubflows.ifPresent(
                    max -> Rules.range("limit.maxSubflows", max, 0, MptcpConfig.SUBFLOWS_MAX));
        }

        /** The limit, or what stands for that of the configuration. */
        public int maxSubflowsOr(int configured) {
            return maxSubflows.orElse(configured);
        }
    }

    /** New clients of a virtual server are refused by name; connections that exist go on. */
    record Drain(String virtualServer, boolean draining) implements Command {
        public Drain {
            Rules.name("drain.virtualServer", virtualServer);
        }
    }

    /**
     * All that is true now, between {@link Event.SnapshotBegin} and {@link Event.SnapshotEnd}, and
     * from then on what becomes true. A client that has not asked gets replies alone; so does one
     * that was told {@link Event.Overrun}, until it asks again.
     */
    record Resync() implements Command {}
}
