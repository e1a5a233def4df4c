package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What headers of the kernel are believed, which are refused by name, and what is asked for. */
final class VnetHeaderTest {
    private static final int FRAME_BYTES = 5000;
    private static final int LINK_BYTES = 14;
    private static final int ROOM_BYTES = VnetHeader.BYTES + 64;

    private final Arena arena = Arena.ofShared();
    private final long at = arena.allocate(ROOM_BYTES, 8).address();
    private final ArenaBufferPool pool = new ArenaBufferPool(8, Mbuf.DEFAULT_ROOM_BYTES);
    private final long m = pool.alloc();

    VnetHeaderTest() {
        Mem.register(at, ROOM_BYTES);
    }

    @AfterEach
    void close() {
        Mem.unregister(at);
        pool.close();
        arena.close();
    }

    private void header(int flags, int kind, int headerBytes, int segmentBytes, int from, int to) {
        Mem.setU8(at, flags);
        Mem.setU8(at + 1, kind);
        Mem.setHostU16(at + 2, headerBytes);
        Mem.setHostU16(at + 4, segmentBytes);
        Mem.setHostU16(at + 6, from);
        Mem.setHostU16(at + 8, to);
    }

    private void assertFacts(long checksum, boolean merged, int segmentBytes) {
        assertNull(VnetHeader.refusal(at, FRAME_BYTES));
        VnetHeader.tell(at, m);
        assertEquals(checksum, Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL);
        assertEquals(merged, (Mbuf.olFlags(m) & Mbuf.RX_LRO) != 0);
        assertEquals(segmentBytes, Mbuf.segmentBytes(m));
    }

    @Test
    void checksumStates_ofOneSegment_becomeFacts() {
        header(0, 0, 0, 0, 0, 0);
        assertFacts(0, false, 0);
        header(VnetHeader.CHECKSUM_VALID, 0, 0, 0, 0, 0);
        assertFacts(Mbuf.RX_L4_GOOD, false, 0);
        header(VnetHeader.NEEDS_CHECKSUM, 0, 0, 0, 34, 16);
        assertFacts(Mbuf.RX_L4_PARTIAL, false, 0);
        // Unfinished outweighs verified: the sum in the frame is not one of all bytes.
        header(VnetHeader.NEEDS_CHECKSUM | VnetHeader.CHECKSUM_VALID, 0, 0, 0, 34, 16);
        assertFacts(Mbuf.RX_L4_PARTIAL, false, 0);
    }

    /** The bytes of RFC 1071 s3, whose sum is ddf2, and one more. */
    @Test
    void unfinishedChecksum_isFinishedOverAnOddLengthToo_andNothingSaidOfIt() {
        int[] bytes = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
        long field = at + VnetHeader.BYTES + 34 + 16;
        for (int more = 0; more < 2; more++) {
            header(VnetHeader.NEEDS_CHECKSUM, 0, 0, 0, 34, 16);
            for (int i = 0; i < bytes.length; i++) {
                Mem.setU8(at + VnetHeader.BYTES + 34 + i, bytes[i]);
            }
            Mem.setHostU16(field, 0);
            Mem.setU8(field + 2, 0x01); // beyond the shorter frame
            VnetHeader.finishChecksum(at, 34 + 18 + more);
            int finished = Mem.u8(field) << 8 | Mem.u8(field + 1);
            assertEquals(~(0xddf2 + 0x0100 * more) & 0xffff, finished);
            assertFacts(0, false, 0);
        }
    }

    @Test
    void unfinishedChecksum_ofAFrameToBeCut_staysUnfinished() {
        header(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, 54, 1448, 34, 16);
        VnetHeader.finishChecksum(at, 60);
        assertFacts(Mbuf.RX_L4_PARTIAL, true, 1448);
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "0x81", "0x84", "3", "5"})
    void mergedFrame_ofAKnownKind_tellsItsSegmentSize(String kind) {
        header(VnetHeader.NEEDS_CHECKSUM, Integer.decode(kind), 66, 1448, 34, 16);
        assertFacts(Mbuf.RX_L4_PARTIAL, true, 1448);
    }

    @Test
    void mergedFrame_withoutSegmentSize_isRefused() {
        header(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, 66, 0, 34, 16);
        assertEquals(PortDrop.RX_SEGMENT_SIZE, VnetHeader.refusal(at, FRAME_BYTES));
        header(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_ECN, 66, 0, 34, 16);
        assertNull(VnetHeader.refusal(at, FRAME_BYTES), "no kind: not merged");
    }

    @ParameterizedTest
    @CsvSource({"2", "6", "7", "0x41", "0x7f"})
    void mergedFrame_ofAnUnknownKind_isRefused(String kind) {
        header(VnetHeader.NEEDS_CHECKSUM, Integer.decode(kind), 66, 1448, 34, 16);
        assertEquals(PortDrop.RX_SEGMENT_KIND, VnetHeader.refusal(at, FRAME_BYTES));
    }

    @Test
    void headers_longerThanTheFrame_areRefused() {
        header(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, FRAME_BYTES, 1448, 34, 16);
        assertNull(VnetHeader.refusal(at, FRAME_BYTES));
        header(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, FRAME_BYTES + 1, 1448, 34, 16);
        assertEquals(PortDrop.RX_HEADER_LENGTH, VnetHeader.refusal(at, FRAME_BYTES));
    }

    @ParameterizedTest
    @CsvSource({"4982, 16, true", "4983, 16, false", "65535, 65535, false", "0, 16, false"})
    void checksum_isPlaced_mustLieInTheFrame(int start, int offset, boolean good) {
        header(VnetHeader.NEEDS_CHECKSUM, 0, 0, 0, start, offset);
        PortDrop expected = good ? null : PortDrop.RX_CHECKSUM_PLACE;
        assertEquals(expected, VnetHeader.refusal(at, FRAME_BYTES));
        // Where nothing is unfinished, the fields mean nothing.
        header(VnetHeader.CHECKSUM_VALID, 0, 0, 0, start, offset);
        assertNull(VnetHeader.refusal(at, FRAME_BYTES));
    }

    // ---- send

    private GatherFrame frame(int payloadBytes, boolean ipv6) {
        int l3Bytes = ipv6 ? 40 : 20;
        Mbuf.setLength(m, 14 + l3Bytes + 32);
        Mem.setU8(Mbuf.data(m) + 14 + l3Bytes + 13, 0x10);
        GatherFrame frame = new GatherFrame();
        frame.begin(m);
        frame.layers(l3Bytes, 32, ipv6);
        frame.add(m, 0, payloadBytes);
        return frame;
    }

    private void assertWritten(int flags, int kind, int segmentBytes, int start, int offset) {
        assertEquals(flags, Mem.u8(at));
        assertEquals(kind, Mem.u8(at + 1));
        assertEquals(Mbuf.dataLen(m), Mem.hostU16(at + 2));
        assertEquals(segmentBytes, Mem.hostU16(at + 4));
        assertEquals(start, Mem.hostU16(at + 6));
        assertEquals(offset, Mem.hostU16(at + 8));
    }

    @Test
    void frame_isComplete_asksForNothing() {
        header(0xff, 0xff, 0xffff, 0xffff, 0xffff, 0xffff);
        VnetHeader.write(at, frame(1448, false), LINK_BYTES, 1500);
        assertWritten(0, 0, 0, 0, 0);
    }

    @Test
    void checksum_isLeftToThePort_isAskedForWhereTcpHasIt() {
        GatherFrame frame = frame(1428, true);
        frame.leaveChecksumToPort();
        VnetHeader.write(at, frame, LINK_BYTES, 1500);
        assertWritten(VnetHeader.NEEDS_CHECKSUM, 0, 0, 54, 16);
    }

    @Test
    void segments_areAskedFor_kindFollowsTheFamilyAndCwr() {
        GatherFrame frame = frame(14_480, false);
        frame.segmentBytes(1448);
        VnetHeader.write(at, frame, LINK_BYTES, 1500);
        assertWritten(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, 1448, 34, 16);
        frame = frame(14_280, true);
        frame.segmentBytes(1428);
        Mem.setU8(Mbuf.data(m) + 54 + 13, 0x90);
        VnetHeader.write(at, frame, LINK_BYTES, 1500);
        int kind = VnetHeader.GSO_TCP6 | VnetHeader.GSO_ECN;
        assertWritten(VnetHeader.NEEDS_CHECKSUM, kind, 1428, 54, 16);
    }

    @Test
    void checksum_behindATag_startsFourBytesLater() {
        GatherFrame frame = frame(14_480, false);
        frame.segmentBytes(1448);
        VlanTag tag = new VlanTag(100);
        tag.push(m);
        VnetHeader.write(at, frame, tag.linkBytes(), 1500);
        assertWritten(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, 1448, 38, 16);
    }

    /** The kernel would cut segments of any size and lose them at the device. */
    @Test
    void segments_aboveTheMtu_areCutSmaller() {
        GatherFrame frame = frame(14_480, false);
        frame.segmentBytes(8948);
        VnetHeader.write(at, frame, LINK_BYTES, 1500);
        assertWritten(VnetHeader.NEEDS_CHECKSUM, VnetHeader.GSO_TCP4, 1448, 34, 16);
    }

    @Test
    void segments_ofAFrameThatIsOne_areNotAskedFor() {
        GatherFrame frame = frame(1448, false);
        frame.segmentBytes(1448);
        VnetHeader.write(at, frame, LINK_BYTES, 1500);
        assertWritten(VnetHeader.NEEDS_CHECKSUM, 0, 0, 34, 16);
    }
}
