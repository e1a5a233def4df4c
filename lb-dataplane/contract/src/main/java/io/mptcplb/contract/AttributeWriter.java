package io.mptcplb.contract;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** Appends attributes: u16 type, u32 length, value; all big-endian. */
public final class AttributeWriter {
    static final int HEADER_BYTES = Short.BYTES + Integer.BYTES;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** All that was appended. */
    public byte[] bytes() {
        return out.toByteArray();
    }

    public AttributeWriter number(AttributeId attribute, long value) {
        return raw(attribute, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    public AttributeWriter flag(AttributeId attribute, boolean value) {
        return number(attribute, value ? 1 : 0);
    }

    public AttributeWriter coded(AttributeId attribute, Coded value) {
        return number(attribute, value.code());
    }

    public AttributeWriter text(AttributeId attribute, String value) {
        return raw(attribute, value.getBytes(StandardCharsets.UTF_8));
    }

    public AttributeWriter address(AttributeId attribute, IpAddress value) {
        return raw(
                attribute, ByteBuffer.allocate(16).putLong(value.hi()).putLong(value.lo()).array());
    }

    public AttributeWriter prefix(AttributeId attribute, IpPrefix value) {
        IpAddress address = value.address();
        return raw(
                attribute,
                ByteBuffer.allocate(17)
                        .putLong(address.hi())
                        .putLong(address.lo())
                        .put((byte) value.bits())
                        .array());
    }

    public <T> AttributeWriter nested(
            AttributeId attribute, T value, BiConsumer<AttributeWriter, T> fields) {
        AttributeWriter inner = new AttributeWriter();
        fields.accept(inner, value);
        return raw(attribute, inner.bytes());
    }

    public <T> AttributeWriter each(
            AttributeId attribute, Iterable<T> values, BiConsumer<AttributeWriter, T> fields) {
        for (T value : values) {
            nested(attribute, value, fields);
        }
        return this;
    }

    /** A value as it is. */
    public AttributeWriter raw(AttributeId attribute, byte[] value) {
        out.writeBytes(
                ByteBuffer.allocate(HEADER_BYTES)
                        .putShort((short) attribute.type())
                        .putInt(value.length)
                        .array());
        out.writeBytes(value);
        return this;
    }
}
