package io.mptcplb.bench.load;

import java.io.IOException;

/** Told of every piece that moves; may hold the mover up, or end the transfer by an exception. */
interface ByteGate {
    ByteGate OPEN = bytes -> {};

    void moved(long bytes) throws IOException;
}
