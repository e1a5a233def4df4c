package io.mptcplb.app.house.planted.stack.tcp;

import java.util.concurrent.atomic.AtomicLong;

/** Planted: an atomic. */
final class UsesAtomic {
    final AtomicLong shared = new AtomicLong();
}
