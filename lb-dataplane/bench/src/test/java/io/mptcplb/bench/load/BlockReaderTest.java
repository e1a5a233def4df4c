package io.mptcplb.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real writer put into a real socket, damaged in every way the tool must notice. */
class BlockReaderTest {
    private static final long SEED = 42;
    private static final int PAYLOAD_BYTES = 200_000;
    private static final int STREAM_BYTES =
            PAYLOAD_BYTES + 4 * Block.HEADER_BYTES + Block.TRAILER_BYTES;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 1000, 65_536, STREAM_BYTES})
    void wholeStream_inPiecesOfAnySize_isVerified(int pieceBytes) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            BlockReader reader = read(written(arena), pieceBytes);
            assertTrue(reader.complete());
            assertEquals(PAYLOAD_BYTES, reader.payloadBytes());
            assertEquals(0, reader.corruptBlocks());
            assertArrayEquals(reader.senderSha(), reader.sha());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 40_000, 65_535, 65_536 + 16, 150_000})
    void oneBitOfPayload_flipped_isFoundWhereItIs(int at) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = written(arena);
            flip(stream, at);
            BlockReader reader = read(stream, 1000);
            assertTrue(reader.complete());
            // The block, and the digest at the end.
            assertEquals(2, reader.corruptBlocks());
            int headersBefore = (at / Block.BYTES_MAX + 1) * Block.HEADER_BYTES;
            assertEquals(at - headersBefore, reader.firstCorruptAt());
        }
    }

    @Test
    void blockHeader_damaged_breaksTheStream() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = written(arena);
            flip(stream, Block.BYTES_MAX + Block.NUMBER_OFFSET + 7);
            BlockReader reader = read(stream, 1000);
            assertTrue(reader.broken());
            assertEquals(1, reader.corruptBlocks());
        }
    }

    @Test
    void twoBlocks_exchangedWithTheirNumbers_areFound() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = written(arena);
            MemorySegment first = stream.asSlice(Block.HEADER_BYTES, Block.PAYLOAD_BYTES_MAX);
            MemorySegment second =
                    stream.asSlice(Block.BYTES_MAX + Block.HEADER_BYTES, Block.PAYLOAD_BYTES_MAX);
            MemorySegment copy = arena.allocate(Block.PAYLOAD_BYTES_MAX).copyFrom(first);
            first.copyFrom(second);
            second.copyFrom(copy);
            BlockReader reader = read(stream, 1000);
            assertEquals(3, reader.corruptBlocks());
        }
    }

    @Test
    void stream_cutShort_isNotComplete() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            BlockReader reader = read(written(arena).asSlice(0, STREAM_BYTES - 1), 1000);
            assertFalse(reader.complete());
        }
    }

    @Test
    void bytesBehindTheEnd_areLeftAlone() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment longer = arena.allocate(STREAM_BYTES + 10);
            longer.copyFrom(written(arena));
            BlockReader reader = new BlockReader(SEED, true);
            assertEquals(STREAM_BYTES, reader.accept(longer, 0, STREAM_BYTES + 10));
        }
    }

    private static BlockReader read(MemorySegment stream, int pieceBytes) {
        BlockReader reader = new BlockReader(SEED, true);
        for (long at = 0; at < stream.byteSize(); at += pieceBytes) {
            reader.accept(stream, at, Math.min(pieceBytes, stream.byteSize() - at));
        }
        return reader;
    }

    private static void flip(MemorySegment stream, int at) {
        byte old = stream.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at);
        stream.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (old ^ 1));
    }

    private static MemorySegment written(Arena arena) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        MemorySegment stream = arena.allocate(STREAM_BYTES);
        try (StreamSocket listener = StreamSocket.listen(false, anyPort, 1);
                StreamSocket sender =
                        StreamSocket.connect(false, null, listener.localAddress(), 5000);
                StreamSocket receiver = listener.accept()) {
            Thread writer =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    new BlockWriter(
                                                    sender,
                                                    new Buffers().take(),
                                                    SEED,
                                                    0,
                                                    true,
                                                    ByteGate.OPEN)
                                            .sendBytes(PAYLOAD_BYTES);
                                    sender.shutdownWrite();
                                } catch (IOException e) {
                                    sender.interrupt();
                                }
                            });
            receiver.timeoutMillis(5000);
            long at = 0;
            while (at < STREAM_BYTES) {
                int n = receiver.receive(stream, at, STREAM_BYTES - at);
                assertTrue(n > 0, "ended at " + at);
                at += n;
            }
            assertEquals(0, receiver.receive(arena.allocate(1), 0, 1));
            writer.join();
        }
        return stream;
    }
}
