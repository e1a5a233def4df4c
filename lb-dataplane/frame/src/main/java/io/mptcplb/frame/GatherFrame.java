package io.mptcplb.frame;

/**
 * One frame to send: a header buffer, then slices of payload buffers by reference. One instance per
 * worker, filled, sent and cleared; no port keeps it.
 *
 * <p>A slice names bytes by their offset from {@link Mbuf#bufAddr}, so that trimming the buffer
 * later does not move it.
 */
public final class GatherFrame {
    /** Slices of one frame: 64 KB in segments of 1,400 bytes, and one more at each end. */
    public static final int SLICES_MAX = 48;

    private final long[] buffers = new long[SLICES_MAX];
    private final int[] offsets = new int[SLICES_MAX];
    private final int[] lengths = new int[SLICES_MAX];
    private long header;
    private int sliceCount;
    private int payloadBytes;
    private int l3Bytes;
    private int l4Bytes;
    private int segmentBytes;
    private boolean ipv6;
    private boolean checksumPartial;

    /** Starts a frame. The header buffer's ownership passes to the port that sends it. */
    public void begin(long headerBuffer) {
        header = headerBuffer;
        sliceCount = 0;
        payloadBytes = 0;
        segmentBytes = 0;
        l3Bytes = 0;
        l4Bytes = 0;
        ipv6 = false;
        checksumPartial = false;
    }

    /**
     * Adds {@code bytes} of {@code buffer} from {@code offset} of its data room; false when no
     * slice is left.
     */
    public boolean add(long buffer, int offset, int bytes) {
        if (sliceCount == SLICES_MAX) {
            return false;
        }
        buffers[sliceCount] = buffer;
        offsets[sliceCount] = offset;
        lengths[sliceCount] = bytes;
        sliceCount++;
        payloadBytes += bytes;
        return true;
    }

    /**
     * Where the headers lie inside the header buffer; needed by ports that finish checksums or cut
     * segments.
     */
    public void layers(int l3HeaderBytes, int l4HeaderBytes, boolean isIpv6) {
        l3Bytes = l3HeaderBytes;
        l4Bytes = l4HeaderBytes;
        ipv6 = isIpv6;
    }

    /**
     * The L4 checksum field holds the folded pseudo-header sum over the true L4 length, and the
     * port must finish it. Only on ports whose {@link PortCapabilities#txChecksum} is true.
     */
    public void leaveChecksumToPort() {
        checksumPartial = true;
    }

    /**
     * Cut the payload into wire segments of {@code bytes}; only on ports that can, at most one
     * frame of 64 KB.
     */
    public void segmentBytes(int bytes) {
        segmentBytes = bytes;
    }

    public long header() {
        return header;
    }

    public int sliceCount() {
        return sliceCount;
    }

    public long buffer(int slice) {
        return buffers[slice];
    }

    public int offset(int slice) {
        return offsets[slice];
    }

    public int length(int slice) {
        return lengths[slice];
    }

    public int payloadBytes() {
        return payloadBytes;
    }

    public int l3Bytes() {
        return l3Bytes;
    }

    public int l4Bytes() {
        return l4Bytes;
    }

    public int segmentBytes() {
        return segmentBytes;
    }

    public boolean ipv6() {
        return ipv6;
    }

    public boolean checksumPartial() {
        return checksumPartial;
    }
}
