package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.SipHash;
import java.util.Arrays;

/**
 * Which connection a token names (RFC 8684 s3.2). Open addressing in preallocated columns, at most
 * half full; the place of a token follows from a keyed hash, so that a peer that draws keys for
 * active opens cannot pile up tokens.
 */
final class TokenTable {
    /** No connection has this token. */
    static final int NOT_FOUND = -1;

    private final SipHash hash;
    private final int[] tokens;
    private final int[] owners;
    private final int mask;
    private int size;

    TokenTable(int capacity, KeySource keys) {
        int slots = Integer.highestOneBit(Math.max(2 * capacity, 2) * 2 - 1);
        tokens = new int[slots];
        owners = new int[slots];
        Arrays.fill(owners, NOT_FOUND);
        mask = slots - 1;
        hash = new SipHash(keys);
    }

    int find(int token) {
        int at = home(token);
        while (owners[at] != NOT_FOUND) {
            if (tokens[at] == token) {
                return owners[at];
            }
            at = at + 1 & mask;
        }
        return NOT_FOUND;
    }

    /** False when the token is taken or the table full. */
    boolean insert(int token, int owner) {
        if (size > mask >> 1 || find(token) != NOT_FOUND) {
            return false;
        }
        int at = home(token);
        while (owners[at] != NOT_FOUND) {
            at = at + 1 & mask;
        }
        tokens[at] = token;
        owners[at] = owner;
        size++;
        return true;
    }

    /** Later entries of the chain move up, so that no search ends early. */
    void remove(int token) {
        int at = home(token);
        while (owners[at] != NOT_FOUND && tokens[at] != token) {
            at = at + 1 & mask;
        }
        if (owners[at] == NOT_FOUND) {
            return;
        }
        size--;
        int hole = at;
        int next = hole + 1 & mask;
        while (owners[next] != NOT_FOUND) {
            int wanted = home(tokens[next]);
            if ((next - wanted & mask) >= (next - hole & mask)) {
                tokens[hole] = tokens[next];
                owners[hole] = owners[next];
                hole = next;
            }
            next = next + 1 & mask;
        }
        owners[hole] = NOT_FOUND;
    }

    int size() {
        return size;
    }

    private int home(int token) {
        hash.begin();
        hash.word(token & 0xffff_ffffL);
        return (int) hash.finish() & mask;
    }
}
