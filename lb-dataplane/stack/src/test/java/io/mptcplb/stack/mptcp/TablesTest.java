package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.Prng;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Token table, key pool and range set against plain models. */
class TablesTest {
    private static final KeySource KEYS = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);

    @Test
    void tokens_randomOperations_asAMap() {
        TokenTable table = new TokenTable(64, KEYS);
        Map<Integer, Integer> model = new HashMap<>();
        Prng prng = new Prng(1);
        for (int i = 0; i < 100_000; i++) {
            int token = prng.nextInt(160);
            if (prng.chance(1, 2)) {
                boolean expected = !model.containsKey(token) && model.size() < 64;
                if (model.size() < 64) {
                    assertEquals(expected, table.insert(token, i));
                    model.putIfAbsent(token, i);
                }
            } else {
                table.remove(token);
                model.remove(token);
            }
            int asked = prng.nextInt(160);
            int found = model.getOrDefault(asked, TokenTable.NOT_FOUND);
            assertEquals(found, table.find(asked));
            assertEquals(model.size(), table.size());
        }
    }

    @Test
    void keys_everyTokenNamesTheWorker_takenTokensAreSkipped() {
        MptcpSettings settings = new MptcpSettings(16, 5, 3, 8, 16);
        MptcpCrypto crypto = new MptcpCrypto();
        TokenTable taken = new TokenTable(16, KEYS);
        KeyPool pool = new KeyPool(settings, KEYS, crypto, taken);
        assertEquals(8, pool.fill(100));
        for (int i = 0; i < 16; i++) {
            long key = pool.take();
            int token = TestPeer.token(key);
            assertEquals(5, KeyPool.workerOf(token, 3));
            assertEquals(token, crypto.token());
            assertTrue(taken.insert(token, i));
        }
        assertEquals(0, pool.readyCount());
    }

    @Test
    void keys_ofTheSameSource_differ() {
        MptcpSettings settings = MptcpSettings.defaults(4);
        KeyPool pool = new KeyPool(settings, KEYS, new MptcpCrypto(), new TokenTable(4, KEYS));
        assertNotEquals(pool.take(), pool.take());
    }

    @Test
    void ranges_randomOperations_coverWhatWasAdded() {
        Prng prng = new Prng(2);
        for (int round = 0; round < 300; round++) {
            RangeSet ranges = new RangeSet(8);
            BitSet model = new BitSet();
            boolean exact = true;
            for (int i = 0; i < 40; i++) {
                if (prng.chance(3, 4)) {
                    int from = prng.nextInt(400);
                    int to = from + prng.nextInt(12);
                    ranges.add(from, to);
                    model.set(from, to);
                } else {
                    int at = prng.nextInt(100);
                    ranges.trimTo(at);
                    model.clear(0, at);
                }
                assertTrue(ranges.count() <= 8);
                exact &= model.stream().count() == 0 || runs(model) <= 8;
                checkCovers(ranges, model, exact);
            }
        }
    }

    private static int runs(BitSet set) {
        int runs = 0;
        for (int at = set.nextSetBit(0); at >= 0; at = set.nextSetBit(set.nextClearBit(at))) {
            runs++;
        }
        return runs;
    }

    /** A set that had to join ranges holds more than was added, never less. */
    private static void checkCovers(RangeSet ranges, BitSet model, boolean exact) {
        if (exact) {
            assertEquals(model.isEmpty(), ranges.empty());
            if (!ranges.empty()) {
                assertEquals(model.nextSetBit(0), ranges.firstFrom());
                assertEquals(model.nextClearBit((int) ranges.firstFrom()), ranges.firstTo());
            }
        } else if (!model.isEmpty()) {
            assertTrue(ranges.firstFrom() <= model.nextSetBit(0));
        }
    }
}
