package io.mptcplb.app.house.planted.wire;

import java.lang.foreign.MemorySegment;

/** Planted: a segment in a field. */
final class HoldsSegment {
    final MemorySegment bytes = MemorySegment.NULL;
}
