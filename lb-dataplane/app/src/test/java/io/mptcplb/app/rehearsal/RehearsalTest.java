package io.mptcplb.app.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalTest {
    @ParameterizedTest
    @EnumSource
    void scene_played_comesToItsEndAndLeavesNothing(Scene scene) {
        endsAndLeavesNothing(scene, MemoryCabling.plain(), 1);
        endsAndLeavesNothing(scene, MemoryCabling.offloading(), 1);
    }

    /** Memory of another kind than DPDK's, but the very ports. */
    @ParameterizedTest
    @EnumSource
    void scene_overPacketPorts_comesToItsEndAndLeavesNothing(Scene scene) {
        try (ArenaBufferPool pool = new ArenaBufferPool(1 << 14, Mbuf.DEFAULT_ROOM_BYTES)) {
            endsAndLeavesNothing(scene, new PacketCabling(pool), 1);
            assertEquals(pool.capacity(), pool.available());
        }
    }

    /** As a box does before its ports open. */
    @ParameterizedTest
    @EnumSource
    void scene_withTwoWorkers_comesToItsEndAndLeavesNothing(Scene scene) {
        try (ArenaBufferPool pool = new ArenaBufferPool(1 << 14, Mbuf.DEFAULT_ROOM_BYTES)) {
            endsAndLeavesNothing(scene, new PacketCabling(pool), 2);
            assertEquals(pool.capacity(), pool.available());
        }
    }

    private static void endsAndLeavesNothing(Scene scene, Cabling cabling, int workers) {
        try (Rehearsal rehearsal = new Rehearsal(cabling, workers, workers - 1)) {
            assertTrue(rehearsal.play(scene), () -> "sessions: " + rehearsal.box().openSessions());
            assertEquals(0, rehearsal.box().held());
            assertTrue(rehearsal.box().frames() > 0);
        }
    }

    @Test
    void allScenes_playedTwice_end() {
        try (Rehearsal rehearsal = new Rehearsal(MemoryCabling.plain())) {
            Rehearsal.Outcome outcome = rehearsal.playAll().and(rehearsal.playAll());
            assertNull(outcome.failed());
            assertEquals(2 * Scene.values().length, outcome.scenes());
            assertTrue(outcome.frames() > 0, outcome::toString);
        }
    }

    /** One in some hundred ends with a subflow that still waits for its last ACKs. */
    @Test
    void lossyScene_playedOften_endsEachTime() {
        try (Rehearsal rehearsal = new Rehearsal(MemoryCabling.plain())) {
            for (int i = 0; i < 150; i++) {
                assertTrue(rehearsal.play(Scene.MULTIPATH_LOSSY), "scene " + i);
            }
        }
    }
}
