package io.mptcplb.bench.demo;

/**
 * One look at one path. Counts are since the box started; -1 where the source does not know.
 *
 * @param state one word
 * @param upBytes payload from the client
 * @param downBytes payload to the client
 * @param rttNanos smoothed round trip time
 * @param retransmissions segments the box sent again
 */
record PathSample(String state, long upBytes, long downBytes, long rttNanos, long retransmissions) {
    long bytes(Direction direction) {
        return direction.isUp() ? upBytes : downBytes;
    }
}
