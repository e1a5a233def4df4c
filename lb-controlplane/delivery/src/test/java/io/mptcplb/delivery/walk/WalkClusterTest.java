package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The walk, which throws at the first thing that is not as it should be. */
@Tag("cluster")
class WalkClusterTest {
    @Test
    void walk_onALocalCluster_ends() throws Exception {
        assertFalse(new Walk(Site.of(System.getenv()), System.out::println).walk().isEmpty());
    }
}
