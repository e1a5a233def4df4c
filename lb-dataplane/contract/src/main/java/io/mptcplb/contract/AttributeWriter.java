package io.mptcplb.contract;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** Appends attributes: u16 type, u32 length, value; all big-endian. */
final class AttributeWriter {
    static final int HEADER_BYTES = Short.BYTES + Integer.BYTES;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    AttributeWriter number(Attribute attribute, long value) {
        return raw(attribute, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    AttributeWriter flag(Attribute attribute, boolean value) {
        return number(attribute, value ? 1 : 0);
    }

    AttributeWriter coded(Attribute attribute, Coded value) {
        return number(attribute, value.code());
    }

    AttributeWriter text(Attribute attribute, String value) {
        return raw(attribute, value.getBytes(StandardCharsets.UTF_8));
    }

    AttributeWriter address(Attribute attribute, IpAddress value) {
        return raw(
                attribute, ByteBuffer.allocate(16).putLong(value.hi()).putLong(value.lo()).array());
    }

    AttributeWriter prefix(Attribute attribute, IpPrefix value) {
        IpAddress address = value.address();
        return raw(
                attribute,
                ByteBuffer.allocate(17)
                        .putLong(address.hi())
                        .putLong(address.lo())
                        .put((byte) value.bits())
                        .array());
    }

    <T> AttributeWriter nested(
            Attribute attribute, T value, BiConsumer<AttributeWriter, T> fields) {
        AttributeWriter inner = new AttributeWriter();
        fields.accept(inner, value);
        return raw(attribute, inner.bytes());
    }

    <T> AttributeWriter each(
            Attribute attribute, Iterable<T> values, BiConsumer<AttributeWriter, T> fields) {
        for (T value : values) {
            nested(attribute, value, fields);
        }
        return this;
    }

    private AttributeWriter raw(Attribute attribute, byte[] value) {
        out.writeBytes(
                ByteBuffer.allocate(HEADER_BYTES)
                        .putShort((short) attribute.type())
                        .putInt(value.length)
                        .array());
        out.writeBytes(value);
        return this;
    }
}
