package io.mptcplb.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private static final Backend[] NONE = new Backend[1];

    @Test
    void equalWeights_picked_inTurn() {
        assertEquals("abcabc", picks(6, 1, 1, 1));
    }

    @Test
    void unequalWeights_picked_inExactSharesAndSpread() {
        assertEquals("aabacaa", picks(7, 5, 1, 1));
    }

    @Test
    void weightZero_picked_never() {
        assertEquals("bbb", picks(3, 0, 1));
    }

    @Test
    void tried_picked_leftOutUntilNoneIsLeft() {
        Backend[] all = backends(1, 1);
        RoundRobin balancer = new RoundRobin(all);
        assertEquals("b", balancer.pick(new Backend[] {all[0]}, 1).name());
        assertNull(balancer.pick(all, 2));
    }

    @Test
    void nobody_picked_null() {
        assertNull(new RoundRobin(new Backend[0]).pick(NONE, 0));
    }

    private static String picks(int count, int... weights) {
        RoundRobin balancer = new RoundRobin(backends(weights));
        StringBuilder picked = new StringBuilder();
        for (int i = 0; i < count; i++) {
            picked.append(balancer.pick(NONE, 0).name());
        }
        return picked.toString();
    }

    private static Backend[] backends(int... weights) {
        Backend[] backends = new Backend[weights.length];
        for (int i = 0; i < weights.length; i++) {
            IpAddress address = IpAddress.parse("203.0.113." + (10 + i));
            String name = String.valueOf((char) ('a' + i));
            backends[i] = new Backend(name);
            backends[i].become(new BackendConfig(name, address, 80, weights[i]));
        }
        return backends;
    }
}
