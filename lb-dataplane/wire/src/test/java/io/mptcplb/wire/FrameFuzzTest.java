package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mem;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Mutated frames through every view. Each frame lies in memory of exactly its own length, so that
 * reading one byte too many is an exception; there must be none, and every loop must end.
 *
 * <p>A failure names the seed and the frame; {@code -Dmptcplb.seed=N} and {@code
 * -Dmptcplb.fuzzFrames=N} run others.
 */
class FrameFuzzTest {
    private static final long SEED = Long.getLong("mptcplb.seed", 20_260_401);
    private static final int FRAMES = Integer.getInteger("mptcplb.fuzzFrames", 1_000_000);
    private static final int BYTES_MAX = 512;

    private final TestMemory memory = new TestMemory();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final FrameReader reader = new FrameReader();
    private final byte[] frame = new byte[BYTES_MAX];
    private final int[] outcomes = new int[DropReason.count()];

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void mutatedFrames_neverThrowNorReadPastTheirEnd() {
        List<byte[]> corpus = GoldenFrames.all().stream().map(GoldenFrames.Frame::bytes).toList();
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(5), () -> fuzz(corpus));
        // The mutations must reach deep, and hit most checks, or the test shows nothing.
        assertTrue(outcomes[DropReason.NONE.code()] > FRAMES / 20, "few frames are accepted");
        for (DropReason reason : WELL_HIT) {
            assertTrue(outcomes[reason.code()] > FRAMES / 10_000, reason + " is hardly reached");
        }
    }

    private static final List<DropReason> WELL_HIT =
            List.of(
                    DropReason.TRUNCATED,
                    DropReason.UNKNOWN_ETHERTYPE,
                    DropReason.BAD_ARP,
                    DropReason.BAD_IP_VERSION,
                    DropReason.BAD_IP_HEADER,
                    DropReason.BAD_IP_CHECKSUM,
                    DropReason.FRAGMENT,
                    DropReason.BAD_EXTENSION_HEADER,
                    DropReason.UNKNOWN_PROTOCOL,
                    DropReason.BAD_NEIGHBOUR_MESSAGE,
                    DropReason.BAD_DATA_OFFSET);

    private void fuzz(List<byte[]> corpus) {
        long malformed = 0;
        for (int i = 0; i < FRAMES; i++) {
            byte[] golden = corpus.get(random.nextInt(corpus.size()));
            System.arraycopy(golden, 0, frame, 0, golden.length);
            int length = mutate(golden.length);
            long at = memory.place(frame, length, random.nextInt(8));
            boolean repair = random.nextInt(4) != 0;
            if (repair) {
                repair(at, length, random.nextInt(4) == 0);
            }
            reader.verifyL4 = !repair;
            try {
                outcomes[reader.read(at, length).code()]++;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + SEED + ", frame " + i, e);
            }
            malformed += reader.options.malformed + reader.options.mptcp.malformed;
            Assertions.assertTrue(reader.options.sackCount <= 4);
        }
        Assertions.assertTrue(malformed > FRAMES / 100, "few options are broken");
    }

    /** One to eight changes; returns the new length. */
    private int mutate(int length) {
        int bytes = length;
        for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
            int first = bytes > 14 && random.nextInt(8) != 0 ? 14 : 0; // mostly behind Ethernet
            int at = random.nextInt(first, bytes);
            switch (random.nextInt(8)) {
                case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> frame[at] = (byte) random.nextInt();
                case 2 -> frame[at] = EDGES[random.nextInt(EDGES.length)];
                case 3 -> bytes = Math.max(1, bytes - random.nextInt(8));
                case 6 -> bytes = random.nextInt(8) == 0 ? 1 + random.nextInt(bytes) : bytes;
                case 4 -> bytes = grow(bytes);
                case 5 -> move(at, bytes);
                default -> junkAtEnd(bytes);
            }
        }
        return bytes;
    }

    private static final byte[] EDGES = {
        0, 1, 2, 3, 8, 30, 40, 43, 44, 58, 60, 127, (byte) 128, (byte) 129, (byte) 135, (byte) 255
    };

    private int grow(int bytes) {
        int grown = Math.min(BYTES_MAX, bytes + random.nextInt(40));
        for (int i = bytes; i < grown; i++) {
            frame[i] = (byte) random.nextInt();
        }
        return grown;
    }

    private void move(int at, int bytes) {
        int from = random.nextInt(bytes);
        int count = random.nextInt(1, 17);
        count = Math.min(count, bytes - Math.max(from, at));
        System.arraycopy(frame, from, frame, at, count);
    }

    /** Options stand at the end of all golden segments: that is where junk matters most. */
    private void junkAtEnd(int bytes) {
        int count = Math.min(bytes, 1 + random.nextInt(40));
        for (int i = bytes - count; i < bytes; i++) {
            frame[i] = (byte) random.nextInt();
        }
        frame[bytes - count] = 30;
    }

    /**
     * A right IPv4 header checksum, and sometimes lengths that fit the frame, so that mutations
     * pass on to what comes behind them.
     */
    private static void repair(long at, int length, boolean lengths) {
        int type = length >= 14 ? Mem.u16(at + 12) : 0;
        if (type == EthernetView.TYPE_IPV6 && lengths && length >= 54) {
            Mem.setU16(at + 18, length - 54);
        }
        if (type != EthernetView.TYPE_IPV4 || length < 34) {
            return;
        }
        if (lengths) {
            Mem.setU16(at + 16, length - 14);
        }
        int bytes = (Mem.u8(at + 14) & 15) * 4;
        if (bytes >= 20 && 14 + bytes <= length) {
            Mem.setU16(at + 24, 0);
            Mem.setU16(at + 24, Checksum.complement(Checksum.sum(at + 14, bytes)));
        }
    }
}
