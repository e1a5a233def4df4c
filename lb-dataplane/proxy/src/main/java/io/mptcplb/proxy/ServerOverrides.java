package io.mptcplb.proxy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.control.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * What commands have set above one virtual server's configuration.
 *
 * @param rules those of all path rules that may fit its clients, in the order in which they were
 *     set
 * @param announced addresses beyond the configured ones
 * @param withdrawn ids that are not announced, configured or not
 * @param maxSubflows beyond the first one; {@link #CONFIGURED} as the configuration says
 */
record ServerOverrides(
        List<Event.PathRule> rules,
        List<AdvertiseConfig> announced,
        List<Integer> withdrawn,
        int maxSubflows,
        boolean draining) {
    static final int CONFIGURED = -1;

    /** Addresses announced by command; with those of the configuration one policy holds them. */
    static final int ANNOUNCED_MAX = 8;

    static final ServerOverrides NONE =
            new ServerOverrides(List.of(), List.of(), List.of(), CONFIGURED, false);

    ServerOverrides under(List<Event.PathRule> newRules) {
        return new ServerOverrides(newRules, announced, withdrawn, maxSubflows, draining);
    }

    ServerOverrides announce(AdvertiseConfig address) {
        List<AdvertiseConfig> more = without(announced, address.id());
        more.add(address);
        List<Integer> fewer = new ArrayList<>(withdrawn);
        fewer.remove(Integer.valueOf(address.id()));
        return new ServerOverrides(
                rules, List.copyOf(more), List.copyOf(fewer), maxSubflows, draining);
    }

    ServerOverrides withdraw(int addressId) {
        List<Integer> more = new ArrayList<>(withdrawn);
        if (!more.contains(addressId)) {
            more.add(addressId);
        }
        return new ServerOverrides(
                rules,
                List.copyOf(without(announced, addressId)),
                List.copyOf(more),
                maxSubflows,
                draining);
    }

    ServerOverrides limit(int newMaxSubflows) {
        return new ServerOverrides(rules, announced, withdrawn, newMaxSubflows, draining);
    }

    ServerOverrides drain(boolean now) {
        return new ServerOverrides(rules, announced, withdrawn, maxSubflows, now);
    }

    /** What is announced in the end. */
    List<AdvertiseConfig> effective(List<AdvertiseConfig> configured) {
        List<AdvertiseConfig> all = new ArrayList<>();
        for (AdvertiseConfig entry : configured) {
            boolean replaced = without(announced, entry.id()).size() < announced.size();
            if (!replaced && !withdrawn.contains(entry.id())) {
                all.add(entry);
            }
        }
        all.addAll(announced);
        return all;
    }

    private static List<AdvertiseConfig> without(List<AdvertiseConfig> from, int id) {
        List<AdvertiseConfig> rest = new ArrayList<>(from);
        rest.removeIf(entry -> entry.id() == id);
        return rest;
    }
}
