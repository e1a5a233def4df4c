package io.mptcplb.contract;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A configuration as bytes: the one form in which it reaches the dataplane.
 *
 * <p>Frame, big-endian: magic {@code MLBC}, u16 version, u16 flags (0), u32 payload bytes, u32
 * CRC-32C of the payload, payload. The payload is attributes, nested: u16 type, u32 length, value.
 * Numbers have 8 bytes, addresses 16, prefixes 17; text is UTF-8. Unknown attributes are skipped;
 * lists are repeated attributes, in order.
 */
public final class ConfigCodec {
    /** Longer input is refused unread. */
    public static final int BYTES_MAX = 16 << 20;

    static final int FRAME_BYTES = 16;
    static final int MAGIC = 0x4d4c_4243;
    static final short VERSION = 1;

    private ConfigCodec() {}

    /** The snapshot; {@link IllegalArgumentException} when it is longer than {@link #BYTES_MAX}. */
    public static byte[] encode(LbConfig config) {
        AttributeWriter writer = new AttributeWriter();
        ConfigEncoder.config(writer, config);
        byte[] frame = frame(writer.bytes());
        Rules.require(frame.length <= BYTES_MAX, "snapshot", frame.length + " bytes are too many");
        return frame;
    }

    static byte[] frame(byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES + payload.length);
        frame.putInt(MAGIC).putShort(VERSION).putShort((short) 0);
        frame.putInt(payload.length).putInt(crc(payload, 0, payload.length));
        return frame.put(payload).array();
    }

    /**
     * Reads what {@link #encode} wrote, here or in another version.
     *
     * @throws CodecException for every other input, whatever it is; memory used is in proportion to
     *     the input
     */
    public static LbConfig decode(byte[] bytes) throws CodecException {
        if (bytes.length < FRAME_BYTES || bytes.length > BYTES_MAX) {
            throw new CodecException(
                    "frame",
                    bytes.length + " bytes are not in " + FRAME_BYTES + " to " + BYTES_MAX);
        }
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        require(frame.getInt() == MAGIC, "frame.magic", "not a configuration snapshot");
        int version = frame.getShort() & 0xffff;
        require(version == VERSION, "frame.version", version + ", this program reads " + VERSION);
        int flags = frame.getShort() & 0xffff;
        require(flags == 0, "frame.flags", flags + ", this program knows none");
        int payloadBytes = frame.getInt();
        require(
                payloadBytes == bytes.length - FRAME_BYTES,
                "frame.length",
                payloadBytes + " bytes promised, " + (bytes.length - FRAME_BYTES) + " found");
        require(
                frame.getInt() == crc(bytes, FRAME_BYTES, payloadBytes),
                "frame.checksum",
                "the snapshot is damaged");
        return ConfigDecoder.config(AttributeReader.of("", frame.slice()));
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private static void require(boolean holds, String field, String rule) throws CodecException {
        if (!holds) {
            throw new CodecException(field, rule);
        }
    }
}
