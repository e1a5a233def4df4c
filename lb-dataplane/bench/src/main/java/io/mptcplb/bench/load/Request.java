package io.mptcplb.bench.load;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * What a client asks of the backend, as the first bytes of a connection.
 *
 * @param kind what follows
 * @param halfClose who ends its direction first
 * @param id names the connection, for {@link Kind#QUERY}
 * @param seed of the content, of both directions
 * @param up the client sends bulk content
 * @param down the backend sends bulk content
 * @param downBytes payload of that, 0 for a time instead
 * @param millis that time, of either direction: what arrives later is not counted into its goodput
 * @param sha both ends compute SHA-256
 * @param pauseAtBytes the backend stops reading when it has read so much; -1 never
 * @param pauseMillis for so long
 * @param resetAtBytes the backend resets when so much has moved both ways; -1 never
 * @param readBytesPerSecond the backend reads no faster; 0 for no limit
 * @param chunkBytes at most so much per send call of the backend; 0 for large ones
 * @param requestBytes of request/response
 * @param responseBytes of request/response
 */
record Request(
        Kind kind,
        HalfClose halfClose,
        long id,
        long seed,
        boolean up,
        boolean down,
        long downBytes,
        long millis,
        boolean sha,
        long pauseAtBytes,
        long pauseMillis,
        long resetAtBytes,
        long readBytesPerSecond,
        int chunkBytes,
        int requestBytes,
        int responseBytes) {
    /** What follows the request. */
    enum Kind {
        BULK(1),
        EXCHANGE(2),
        QUERY(3);
        final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    static final int BYTES = 112;
    private static final int MAGIC = 0x6d706c64;
    private static final int CRC_OFFSET = BYTES - 4;

    /** The content of the direction to the client must differ from the other one. */
    long downSeed() {
        return Pattern.mix(~seed);
    }

    void encode(MemorySegment into) {
        into.asSlice(0, BYTES).fill((byte) 0);
        into.set(Block.INT, 0, MAGIC);
        into.set(Block.INT, 4, kind.code);
        into.set(Block.INT, 8, halfClose.code);
        into.set(Block.INT, 12, (up ? 1 : 0) | (down ? 2 : 0) | (sha ? 4 : 0));
        into.set(Block.LONG, 16, id);
        into.set(Block.LONG, 24, seed);
        into.set(Block.LONG, 32, downBytes);
        into.set(Block.LONG, 40, millis);
        into.set(Block.LONG, 48, pauseAtBytes);
        into.set(Block.LONG, 56, pauseMillis);
        into.set(Block.LONG, 64, resetAtBytes);
        into.set(Block.LONG, 72, readBytesPerSecond);
        into.set(Block.INT, 80, chunkBytes);
        into.set(Block.INT, 84, requestBytes);
        into.set(Block.INT, 88, responseBytes);
        into.set(Block.INT, CRC_OFFSET, crc(into));
    }

    static Request decode(MemorySegment from) throws LoadException {
        if (from.get(Block.INT, 0) != MAGIC || from.get(Block.INT, CRC_OFFSET) != crc(from)) {
            throw new LoadException("request-corrupt");
        }
        int flags = from.get(Block.INT, 12);
        return new Request(
                kind(from.get(Block.INT, 4)),
                HalfClose.of(from.get(Block.INT, 8)),
                from.get(Block.LONG, 16),
                from.get(Block.LONG, 24),
                (flags & 1) != 0,
                (flags & 2) != 0,
                from.get(Block.LONG, 32),
                from.get(Block.LONG, 40),
                (flags & 4) != 0,
                from.get(Block.LONG, 48),
                from.get(Block.LONG, 56),
                from.get(Block.LONG, 64),
                from.get(Block.LONG, 72),
                from.get(Block.INT, 80),
                from.get(Block.INT, 84),
                from.get(Block.INT, 88));
    }

    private static Kind kind(int code) throws LoadException {
        for (Kind kind : Kind.values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new LoadException("request-kind");
    }

    private static int crc(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asSlice(0, CRC_OFFSET).asByteBuffer());
        return (int) crc.getValue();
    }
}
