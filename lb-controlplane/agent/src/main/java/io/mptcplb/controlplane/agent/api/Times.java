package io.mptcplb.controlplane.agent.api;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Times as people and programs read them: UTC, to the millisecond. */
final class Times {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private Times() {}

    static String text(long unixNanos) {
        return MILLIS.format(
                Instant.ofEpochSecond(
                        Math.floorDiv(unixNanos, NANOS_PER_SECOND),
                        Math.floorMod(unixNanos, NANOS_PER_SECOND)));
    }
}
