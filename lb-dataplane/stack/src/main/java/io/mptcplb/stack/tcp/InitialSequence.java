package io.mptcplb.stack.tcp;

import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.SipHash;

/**
 * Initial sequence numbers: a clock of 4 us plus a keyed hash of the four-tuple (RFC 6528 s3), and
 * the origin of timestamps likewise, so that both grow when a tuple is used again.
 */
final class InitialSequence {
    private static final long CLOCK_NANOS = 4_000;

    private final SipHash hash;

    InitialSequence(KeySource keys) {
        hash = new SipHash(keys);
    }

    int isn(Route route, int localPort, int remotePort, long nowNanos) {
        return (int) of(route, localPort, remotePort) + (int) (nowNanos / CLOCK_NANOS);
    }

    int timestampOffset(Route route, int localPort, int remotePort) {
        return (int) (of(route, localPort, remotePort) >>> 32);
    }

    private long of(Route route, int localPort, int remotePort) {
        hash.begin();
        hash.word(route.localHi());
        hash.word(route.localLo());
        hash.word(route.remoteHi());
        hash.word(route.remoteLo());
        hash.word((long) localPort << 16 | remotePort);
        return hash.finish();
    }
}
