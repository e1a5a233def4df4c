package io.mptcplb.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The attributes of one container. Looks them up by walking the bytes, so that hostile input costs
 * time in proportion to its length and no memory; types that nobody asks for are skipped.
 */
public final class AttributeReader {
    private static final int ADDRESS_BYTES = 16;

    private final ByteBuffer bytes;
    private final String path;

    private AttributeReader(ByteBuffer bytes, String path) {
        this.bytes = bytes;
        this.path = path;
    }

    /**
     * The attributes of a container.
     *
     * @param path the container's field, empty at the top
     * @param bytes the container's value, from position to limit
     * @throws CodecException when an attribute does not end where the container does
     */
    public static AttributeReader of(String path, ByteBuffer bytes) throws CodecException {
        AttributeReader reader = new AttributeReader(bytes, path);
        int at = bytes.position();
        while (at < bytes.limit()) {
            int left = bytes.limit() - at - AttributeWriter.HEADER_BYTES;
            if (left < 0 || reader.valueBytes(at) < 0 || reader.valueBytes(at) > left) {
                String field = path.isEmpty() ? "snapshot" : path;
                throw new CodecException(field, "an attribute runs past its end");
            }
            at = reader.next(at);
        }
        return reader;
    }

    /** The container's field, empty at the top. */
    public String path() {
        return path;
    }

    /** Whether the container has any. */
    public boolean has(AttributeId attribute) {
        for (int at = bytes.position(); at < bytes.limit(); at = next(at)) {
            if (type(at) == attribute.type()) {
                return true;
            }
        }
        return false;
    }

    public long number(AttributeId attribute) throws CodecException {
        return number(fieldOf(attribute), required(attribute));
    }

    public int integer(AttributeId attribute) throws CodecException {
        return integer(fieldOf(attribute), required(attribute));
    }

    public boolean flag(AttributeId attribute) throws CodecException {
        long number = number(attribute);
        if (number != 0 && number != 1) {
            throw new CodecException(fieldOf(attribute), number + " is neither 0 nor 1");
        }
        return number == 1;
    }

    public <E extends Coded> E coded(AttributeId attribute, E[] values) throws CodecException {
        long code = number(attribute);
        for (E value : values) {
            if (value.code() == code) {
                return value;
            }
        }
        throw new CodecException(fieldOf(attribute), "unknown code " + code);
    }

    public String text(AttributeId attribute) throws CodecException {
        return text(fieldOf(attribute), required(attribute));
    }

    public IpAddress address(AttributeId attribute) throws CodecException {
        return address(fieldOf(attribute), required(attribute));
    }

    public IpPrefix prefix(AttributeId attribute) throws CodecException {
        return prefix(fieldOf(attribute), required(attribute));
    }

    /** The value as it is. */
    public byte[] raw(AttributeId attribute) throws CodecException {
        ByteBuffer value = required(attribute);
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        return copy;
    }

    public AttributeReader nested(AttributeId attribute) throws CodecException {
        return of(fieldOf(attribute), required(attribute));
    }

    public List<Integer> integers(AttributeId attribute, int max) throws CodecException {
        return each(attribute, max, AttributeReader::integer);
    }

    public List<String> texts(AttributeId attribute, int max) throws CodecException {
        return each(attribute, max, AttributeReader::text);
    }

    public List<IpAddress> addresses(AttributeId attribute, int max) throws CodecException {
        return each(attribute, max, AttributeReader::address);
    }

    public List<IpPrefix> prefixes(AttributeId attribute, int max) throws CodecException {
        return each(attribute, max, AttributeReader::prefix);
    }

    public <T> List<T> containers(AttributeId attribute, int max, ContainerDecoder<T> decoder)
            throws CodecException {
        return each(attribute, max, (field, value) -> decoder.decode(of(field, value)));
    }

    /** Makes one record from the attributes of one container. */
    public interface ContainerDecoder<T> {
        T decode(AttributeReader reader) throws CodecException;
    }

    private interface ValueDecoder<T> {
        T decode(String field, ByteBuffer value) throws CodecException;
    }

    private <T> List<T> each(AttributeId attribute, int max, ValueDecoder<T> decoder)
            throws CodecException {
        List<T> values = new ArrayList<>();
        for (int at = bytes.position(); at < bytes.limit(); at = next(at)) {
            if (type(at) != attribute.type()) {
                continue;
            }
            String field = fieldOf(attribute);
            if (values.size() == max) {
                throw new CodecException(field, "more than " + max + " entries");
            }
            values.add(decoder.decode(field + "[" + values.size() + "]", value(at)));
        }
        return values;
    }

    private ByteBuffer required(AttributeId attribute) throws CodecException {
        int found = -1;
        for (int at = bytes.position(); at < bytes.limit(); at = next(at)) {
            if (type(at) != attribute.type()) {
                continue;
            }
            if (found >= 0) {
                throw new CodecException(fieldOf(attribute), "appears twice");
            }
            found = at;
        }
        if (found < 0) {
            throw new CodecException(fieldOf(attribute), "missing");
        }
        return value(found);
    }

    private static long number(String field, ByteBuffer value) throws CodecException {
        if (value.remaining() != Long.BYTES) {
            throw new CodecException(field, value.remaining() + " bytes, a number has 8");
        }
        return value.getLong();
    }

    private static int integer(String field, ByteBuffer value) throws CodecException {
        long number = number(field, value);
        if (number != (int) number) {
            throw new CodecException(field, number + " is out of range");
        }
        return (int) number;
    }

    private static String text(String field, ByteBuffer value) throws CodecException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(value).toString();
        } catch (CharacterCodingException e) {
            throw new CodecException(field, "not UTF-8");
        }
    }

    private static IpAddress address(String field, ByteBuffer value) throws CodecException {
        if (value.remaining() != ADDRESS_BYTES) {
            throw new CodecException(field, value.remaining() + " bytes, an address has 16");
        }
        return new IpAddress(value.getLong(), value.getLong());
    }

    private static IpPrefix prefix(String field, ByteBuffer value) throws CodecException {
        if (value.remaining() != ADDRESS_BYTES + 1) {
            throw new CodecException(field, value.remaining() + " bytes, a prefix has 17");
        }
        IpAddress address = new IpAddress(value.getLong(), value.getLong());
        int bits = value.get() & 0xff;
        if (bits > address.bits()) {
            throw new CodecException(field, "prefix length " + bits);
        }
        return new IpPrefix(address, bits);
    }

    private String fieldOf(AttributeId attribute) {
        return path.isEmpty() ? attribute.field() : path + "." + attribute.field();
    }

    private int type(int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private int valueBytes(int at) {
        return bytes.getInt(at + Short.BYTES);
    }

    private int next(int at) {
        return at + AttributeWriter.HEADER_BYTES + valueBytes(at);
    }

    private ByteBuffer value(int at) {
        return bytes.slice(at + AttributeWriter.HEADER_BYTES, valueBytes(at));
    }
}
