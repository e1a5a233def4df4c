package io.mptcplb.sim;

import java.util.function.Consumer;

/**
 * What a device does with a frame that the stack has left unfinished: sums it, and cuts a
 * super-segment into segments that differ in sequence number, length and the flags that belong to
 * the last one.
 */
final class OffloadDevice {
    private static final int FIN = 1;
    private static final int PSH = 8;

    private OffloadDevice() {}

    /**
     * @param frame an unfinished TCP frame; its checksum field must hold the pseudo-header's sum
     * @param segmentBytes payload of each piece, 0 to leave the frame whole
     * @param mtuBytes no piece may be a longer packet
     */
    static void finish(byte[] frame, int segmentBytes, int mtuBytes, Consumer<byte[]> wire) {
        TcpFrame whole = TcpFrame.of(frame);
        if (whole.checksum() != whole.pseudoSum()) {
            throw new IllegalStateException(
                    "unfinished checksum " + whole.checksum() + ", not " + whole.pseudoSum());
        }
        int bytes = whole.payloadBytes();
        if (segmentBytes == 0) {
            whole.seal();
            wire.accept(frame);
            return;
        }
        for (int from = 0; from < bytes; from += segmentBytes) {
            int to = Math.min(from + segmentBytes, bytes);
            TcpFrame piece = TcpFrame.of(whole.part(from, to));
            if (piece.packetBytes() > mtuBytes) {
                throw new IllegalStateException("a piece of " + piece.packetBytes() + " bytes");
            }
            if (to < bytes) {
                piece.flags(piece.flags() & ~(FIN | PSH));
                piece.seal();
            }
            wire.accept(piece.array());
        }
    }
}
