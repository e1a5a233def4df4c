package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mem;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private static final long SEED = 0x6d70_7463_706cL;

    private final TestMemory memory = new TestMemory();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @AfterEach
    void close() {
        memory.close();
    }

    /** RFC 1071 word by word, with nothing clever. */
    private static int naive(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            int low = i + 1 < to ? bytes[i + 1] & 0xff : 0;
            sum += (bytes[i] & 0xff) << 8 | low;
            if (sum > 0xffff) {
                sum = sum - 0xffff;
            }
        }
        return sum;
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void rfc1071Example_isSummed() {
        assertEquals(0xddf2, Checksum.sum(memory.place("0001 f203 f4f5 f6f7"), 8));
    }

    @Test
    void everyLengthAndAlignment_equalsNaiveSum() {
        byte[] bytes = randomBytes(2000);
        for (int length = 0; length <= bytes.length; length++) {
            int skew = length % 8;
            long at = memory.place(bytes, length, skew);
            assertEquals(naive(bytes, 0, length), Checksum.sum(at, length), "length " + length);
        }
        for (int skew = 0; skew < 16; skew++) {
            long at = memory.place(bytes, 1460, skew);
            assertEquals(naive(bytes, 0, 1460), Checksum.sum(at, 1460), "skew " + skew);
        }
    }

    @Test
    void allOnes_losesNoCarry() {
        byte[] bytes = new byte[TestMemory.ROOM_BYTES];
        Arrays.fill(bytes, (byte) 0xff);
        assertEquals(0xffff, Checksum.sum(memory.place(bytes, bytes.length, 0), bytes.length));
    }

    /** 1,023 words of ones and one of 1,022: folding the upper half in carries once more. */
    @Test
    void carryOfTheFoldItself_isNotLost() {
        byte[] bytes = new byte[TestMemory.ROOM_BYTES];
        Arrays.fill(bytes, 0, bytes.length - 4, (byte) 0xff);
        bytes[bytes.length - 4] = (byte) 0xfe;
        bytes[bytes.length - 3] = 0x03;
        int sum = Checksum.sum(memory.place(bytes, bytes.length, 0), bytes.length);
        assertEquals(naive(bytes, 0, bytes.length), sum);
    }

    @Test
    void onlyZeroBytes_sumToZero() {
        byte[] bytes = new byte[200];
        assertEquals(0, Checksum.sum(memory.place(bytes, 200, 0), 200));
        bytes[7] = 1;
        assertEquals(1, Checksum.sum(memory.place(bytes, 200, 0), 200));
    }

    @Test
    void splitAnywhere_partsAddUpToTheWhole() {
        byte[] bytes = randomBytes(97);
        long at = memory.place(bytes, bytes.length, 0);
        int whole = Checksum.sum(at, bytes.length);
        for (int cut = 0; cut <= bytes.length; cut++) {
            int head = Checksum.sum(at, cut);
            int tail = Checksum.sum(at + cut, bytes.length - cut);
            int placed = (cut & 1) == 0 ? tail : Checksum.atOddOffset(tail);
            assertEquals(whole, Checksum.add(head, placed), "cut " + cut);
            // 0 and 0xffff are the same number.
            assertEquals(head % 0xffff, Checksum.subtract(whole, placed) % 0xffff, "cut " + cut);
        }
    }

    @Test
    void oneByteBehindTheRange_isCaughtInCheckedMode() {
        long at = memory.place(randomBytes(64), 64, 0);
        assertThrows(IndexOutOfBoundsException.class, () -> Checksum.sum(at, 65));
        assertThrows(IndexOutOfBoundsException.class, () -> Checksum.sum(at - 1, 8));
    }

    @Test
    void copySum_copiesAndSums() {
        byte[] bytes = randomBytes(1000);
        long from = memory.expose(2000, 0);
        Mem.copyIn(bytes, 0, from, bytes.length);
        int sum = Checksum.copySum(from, from + 1000, 999);
        assertEquals(naive(bytes, 0, 999), sum);
        byte[] copied = new byte[1000];
        Mem.copyOut(from + 1000, copied, 0, 1000);
        assertTrue(Arrays.equals(bytes, 0, 999, copied, 0, 999));
    }

    @Test
    void pseudoHeader_equalsItsBytes() {
        long srcHi = random.nextLong();
        long srcLo = random.nextLong();
        long dstHi = random.nextLong();
        long dstLo = random.nextLong();
        long at = memory.expose(40, 0);
        Mem.setU64(at, srcHi);
        Mem.setU64(at + 8, srcLo);
        Mem.setU64(at + 16, dstHi);
        Mem.setU64(at + 24, dstLo);
        Mem.setU32(at + 32, 123_456);
        Mem.setU32(at + 36, IpProtocol.TCP);
        int v6 = Checksum.pseudo(true, srcHi, srcLo, dstHi, dstLo, IpProtocol.TCP, 123_456);
        assertEquals(Checksum.sum(at, 40), v6);
        Mem.setU32(at, (int) srcLo);
        Mem.setU32(at + 4, (int) dstLo);
        Mem.setU32(at + 8, IpProtocol.TCP << 16 | 1480);
        int v4 = Checksum.pseudo(false, 0, srcLo, 0, dstLo, IpProtocol.TCP, 1480);
        assertEquals(Checksum.sum(at, 12), v4);
    }

    @Test
    void dssPseudoHeader_equalsFigure10() {
        long at = memory.place("0123456789abcdef 00000001 02bc 0000");
        assertEquals(Checksum.sum(at, 16), Checksum.dssPseudo(0x0123_4567_89ab_cdefL, 1, 0x2bc));
    }

    @Test
    void update_equalsSummingAgain() {
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = randomBytes(20);
            int checksum = Checksum.complement(naive(bytes, 0, 20));
            int oldField = (bytes[4] & 0xff) << 8 | (bytes[5] & 0xff);
            int newField = random.nextInt(0x10000);
            bytes[4] = (byte) (newField >>> 8);
            bytes[5] = (byte) newField;
            int again = Checksum.complement(naive(bytes, 0, 20));
            assertEquals(again, Checksum.update(checksum, oldField, newField), "seed " + SEED);
        }
    }

    @Test
    void intact_onlyWhenEverythingFoldsToAllOnes() {
        assertTrue(Checksum.intact(0xffff));
        assertFalse(Checksum.intact(0));
        assertFalse(Checksum.intact(0xfffe));
        assertEquals(0, Checksum.complement(0xffff));
    }
}
