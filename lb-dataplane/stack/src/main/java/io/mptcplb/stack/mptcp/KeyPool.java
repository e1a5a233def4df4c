package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.random.KeySource;

/**
 * Keys drawn ahead, with their tokens: the leading bits of each token name the owning worker, so
 * that a JOIN that lands elsewhere finds its way (RFC 8684 s3.2 leaves the choice of keys to the
 * host). Drawn in idle cycles; a burst of SYNs that empties the pool draws on the spot.
 */
final class KeyPool {
    /**
     * A key whose token falls to this worker turns up within 2^workerBits draws on average; 64
     * times that is never.
     */
    private static final int DRAWS_FACTOR = 64;

    private final KeySource keys;
    private final MptcpCrypto crypto;
    private final TokenTable taken;
    private final int workerId;
    private final int workerBits;
    private final long[] ready;
    private int readyCount;

    KeyPool(MptcpSettings settings, KeySource keys, MptcpCrypto crypto, TokenTable taken) {
        this.keys = keys;
        this.crypto = crypto;
        this.taken = taken;
        workerId = settings.workerId();
        workerBits = settings.workerBits();
        ready = new long[settings.keysReady()];
    }

    /** Which worker a token belongs to. */
    static int workerOf(int token, int workerBits) {
        return workerBits == 0 ? 0 : token >>> Integer.SIZE - workerBits;
    }

    /** Draws at most {@code max} keys; returns how many the pool gained. */
    int fill(int max) {
        int gained = 0;
        while (gained < max && readyCount < ready.length) {
            ready[readyCount++] = draw();
            gained++;
        }
        return gained;
    }

    /** A key whose token no connection has; {@link MptcpCrypto} then holds its token and IDSN. */
    long take() {
        while (true) {
            long key = readyCount > 0 ? ready[--readyCount] : draw();
            if (readyCount < ready.length) {
                ready[readyCount] = 0;
            }
            crypto.hashKey(key);
            if (taken.find(crypto.token()) == TokenTable.NOT_FOUND) {
                return key;
            }
        }
    }

    int readyCount() {
        return readyCount;
    }

    private long draw() {
        for (int left = DRAWS_FACTOR << workerBits; left > 0; left--) {
            long key = keys.nextLong();
            crypto.hashKey(key);
            if (workerOf(crypto.token(), workerBits) == workerId) {
                return key;
            }
        }
        throw new IllegalStateException("the key source does not give random keys");
    }
}
