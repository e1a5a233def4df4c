package io.mptcplb.delivery.walk;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dataplanes are replaced one by one: new connections never fail, old ones are told. */
@Tag("cluster")
@Tag("walk")
class ReplacementClusterTest {
    private static final int LEG_MBIT = 40;

    @Test
    void dataplanes_replacedOneByOne_newConnectionsNeverFail_oldOnesSurviveOrAreReset()
            throws Exception {
        try (ServedFleet fleet = ServedFleet.install("values.yaml", "fleet.yaml", LEG_MBIT)) {
            System.out.println(
                    new Replacement(fleet.installation(), fleet.web(), fleet.client()).run());
        }
    }
}
