package io.mptcplb.contract.control;

import io.mptcplb.contract.AttributeWriter;
import io.mptcplb.contract.Rules;
import java.nio.ByteBuffer;

/**
 * Messages as bytes: the frames of the control socket, in both directions.
 *
 * <p>Frame, big-endian: u32 bytes of the whole frame, u16 type, u16 flags (0), u64 epoch, u64
 * sequence number, then attributes as in a configuration snapshot, with a numbering of their own.
 * Unknown attributes are skipped. {@link FrameReader} finds frames in a stream.
 */
public final class ControlCodec {
    /** The longest frame; a configuration that does not fit is refused. */
    public static final int FRAME_BYTES_MAX = 1 << 20;

    static final int HEADER_BYTES =
            Integer.BYTES + Short.BYTES + Short.BYTES + Long.BYTES + Long.BYTES;

    private ControlCodec() {}

    /**
     * One frame.
     *
     * @param epoch the dataplane's process; 0 from a client
     * @param sequence the frame's number in its direction of the connection, from 1
     * @throws IllegalArgumentException when it is longer than {@link #FRAME_BYTES_MAX}
     */
    public static byte[] encode(long epoch, long sequence, Message message) {
        AttributeWriter to = new AttributeWriter();
        switch (message) {
            case Command command -> CommandBody.write(to, command);
            case Reply reply ->
                    to.number(ControlAttribute.REQUEST, reply.request())
                            .coded(ControlAttribute.CODE, reply.code())
                            .text(ControlAttribute.TEXT, reply.text());
            case Event event -> EventEncoder.write(to, event);
        }
        return frame(MessageType.of(message).number(), epoch, sequence, to.bytes());
    }

    static byte[] frame(int type, long epoch, long sequence, byte[] body) {
        int bytes = HEADER_BYTES + body.length;
        Rules.require(
                bytes <= FRAME_BYTES_MAX,
                "frame",
                bytes + " bytes are too many, at most " + FRAME_BYTES_MAX);
        ByteBuffer frame = ByteBuffer.allocate(bytes);
        frame.putInt(bytes).putShort((short) type).putShort((short) 0);
        return frame.putLong(epoch).putLong(sequence).put(body).array();
    }
}
