package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptionWriterTest {
    private final TestMemory memory = new TestMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    static List<GoldenOptions.Golden> goldens() {
        return GoldenOptions.all();
    }

    /** The room is exactly as large as the golden bytes: one byte too many would throw. */
    @ParameterizedTest
    @MethodSource("goldens")
    void golden_isWrittenByteByByte(GoldenOptions.Golden golden) {
        long at = memory.expose(golden.bytes(), 0);
        long end = golden.write().applyAsLong(at);
        assertEquals(golden.bytes(), end - at);
        assertEquals(golden.hex().replace(" ", ""), TestMemory.hex(at, golden.bytes()));
    }

    @Test
    void lengths_areThoseWritten() {
        long at = memory.expose(64, 0);
        assertEquals(OptionWriter.MSS_BYTES, OptionWriter.mss(at, 1460) - at);
        assertEquals(OptionWriter.WINDOW_SCALE_BYTES, OptionWriter.windowScale(at, 7) - at);
        assertEquals(OptionWriter.SACK_PERMITTED_BYTES, OptionWriter.sackPermitted(at) - at);
        assertEquals(OptionWriter.TIMESTAMPS_BYTES, OptionWriter.timestamps(at, 1, 2) - at);
        assertEquals(
                OptionWriter.SACK_PERMITTED_AND_TIMESTAMPS_BYTES,
                OptionWriter.sackPermittedAndTimestamps(at, 1, 2) - at);
        assertEquals(OptionWriter.MP_CAPABLE_SYN_BYTES, OptionWriter.mpCapableSyn(at, 1, 1) - at);
        assertEquals(
                OptionWriter.MP_CAPABLE_SYN_ACK_BYTES,
                OptionWriter.mpCapableSynAck(at, 1, 1, 2) - at);
        assertEquals(
                OptionWriter.MP_CAPABLE_ACK_BYTES, OptionWriter.mpCapableAck(at, 1, 1, 2, 3) - at);
        assertEquals(
                OptionWriter.MP_CAPABLE_DATA_BYTES,
                OptionWriter.mpCapableData(at, 1, 1, 2, 3, 4) - at);
        assertEquals(
                OptionWriter.MP_CAPABLE_DATA_BYTES,
                OptionWriter.mpCapableDataChecksum(at, 1, 1, 2, 3, 4) - at);
        assertEquals(
                OptionWriter.MP_JOIN_SYN_BYTES, OptionWriter.mpJoinSyn(at, true, 1, 2, 3) - at);
        assertEquals(
                OptionWriter.MP_JOIN_SYN_ACK_BYTES,
                OptionWriter.mpJoinSynAck(at, true, 1, 2, 3) - at);
        assertEquals(OptionWriter.MP_JOIN_ACK_BYTES, OptionWriter.mpJoinAck(at, 1, 2, 3) - at);
        assertEquals(OptionWriter.MP_PRIO_BYTES, OptionWriter.mpPrio(at, true) - at);
        assertEquals(OptionWriter.MP_FAIL_BYTES, OptionWriter.mpFail(at, 1) - at);
        assertEquals(OptionWriter.MP_FASTCLOSE_BYTES, OptionWriter.mpFastclose(at, 1) - at);
        assertEquals(
                OptionWriter.MP_TCPRST_BYTES,
                OptionWriter.mpTcpRst(at, true, ResetReason.MPTCP_ERROR) - at);
        for (int count = 1; count <= MptcpOptions.REMOVE_IDS_MAX; count++) {
            int[] ids = new int[count];
            long end = OptionWriter.removeAddr(at, ids, count);
            assertEquals(OptionWriter.removeAddrBytes(count), end - at);
        }
    }

    @Test
    void sackBlocks_fillTheRoomThatIsLeft() {
        int[] fit = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2};
        for (int room = 0; room < fit.length; room++) {
            assertEquals(fit[room], OptionWriter.sackBlocksThatFit(room), "room " + room);
        }
        assertEquals(4, OptionWriter.sackBlocksThatFit(40));
        assertEquals(3, OptionWriter.sackBlocksThatFit(28));
        for (int blocks = 1; blocks <= 4; blocks++) {
            int bytes = OptionWriter.sackBytes(blocks);
            assertEquals(blocks, OptionWriter.sackBlocksThatFit(bytes));
            assertEquals(blocks - 1, OptionWriter.sackBlocksThatFit(bytes - 1));
        }
        assertEquals(0, OptionWriter.sackBytes(0));
    }
}
