package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the README tells of Kubernetes, on a cluster with nodes, networks and images. */
@Tag("cluster")
@Tag("walk")
class WalkClusterTest {
    @Test
    void walk_fromInstallToUninstall_everyStepIsAsItShouldBe()
            throws IOException, InterruptedException {
        List<Walk.Step> steps = new Walk(Site.of(System.getenv()), System.out::println).walk();
        assertEquals(14, steps.size());
    }
}
