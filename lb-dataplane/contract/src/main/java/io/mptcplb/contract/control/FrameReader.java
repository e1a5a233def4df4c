package io.mptcplb.contract.control;

import io.mptcplb.contract.CodecException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames in the bytes of one direction of a connection: {@link #append} what was read, then
 * {@link #next} until it returns null. Keeps no more than what was appended and not yet returned,
 * whatever lengths are promised.
 *
 * <p>Owner: whoever reads the connection.
 */
public final class FrameReader {
    private static final int BYTES_FIRST = 4 << 10;

    private ByteBuffer buffer = ByteBuffer.allocate(BYTES_FIRST).flip();

    /** Takes all that remains. */
    public void append(ByteBuffer bytes) {
        int needed = buffer.remaining() + bytes.remaining();
        if (needed <= buffer.capacity()) {
            buffer.compact();
        } else {
            buffer = ByteBuffer.allocate(Math.max(needed, 2 * buffer.capacity())).put(buffer);
        }
        buffer.put(bytes).flip();
    }

    /** Bytes of frames not returned so far. */
    public int pendingBytes() {
        return buffer.remaining();
    }

    /**
     * The next whole frame, or null when more bytes are needed first. Its body is its own.
     *
     * @throws CodecException when what stands there is no frame: the stream is lost
     */
    public @Nullable Frame next() throws CodecException {
        if (buffer.remaining() < Integer.BYTES) {
            return null;
        }
        int bytes = buffer.getInt(buffer.position());
        if (bytes < ControlCodec.HEADER_BYTES || bytes > ControlCodec.FRAME_BYTES_MAX) {
            throw new CodecException(
                    "frame.length",
                    Integer.toUnsignedString(bytes)
                            + " is not in "
                            + ControlCodec.HEADER_BYTES
                            + " to "
                            + ControlCodec.FRAME_BYTES_MAX);
        }
        if (buffer.remaining() < bytes) {
            return null;
        }
        ByteBuffer frame = buffer.slice(buffer.position(), bytes).position(Integer.BYTES);
        int type = frame.getShort() & 0xffff;
        int flags = frame.getShort() & 0xffff;
        if (flags != 0) {
            throw new CodecException("frame.flags", flags + ", this program knows none");
        }
        long epoch = frame.getLong();
        long sequence = frame.getLong();
        byte[] body = new byte[frame.remaining()];
        frame.get(body);
        buffer.position(buffer.position() + bytes);
        return new Frame(type, epoch, sequence, ByteBuffer.wrap(body));
    }
}
