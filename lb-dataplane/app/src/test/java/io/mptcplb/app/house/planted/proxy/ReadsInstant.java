package io.mptcplb.app.house.planted.proxy;

import java.time.Instant;

/** Planted: another clock. */
final class ReadsInstant {
    Instant now() {
        return Instant.now();
    }
}
