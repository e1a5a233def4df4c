package io.mptcplb.contract;

/**
 * A 48-bit hardware address in the low bits of a long, first byte highest.
 *
 * @param value 0 means: the device's own
 */
public record MacAddress(long value) {
    /** The device's own address. */
    public static final MacAddress AUTO = new MacAddress(0);

    public MacAddress {
        Rules.require(value >>> 48 == 0, "mac", "more than 48 bits");
        // IEEE 802-2014 s8.4: the lowest bit of the first byte marks a group address, which no port
        // may own.
        Rules.require((value >>> 40 & 1) == 0, "mac", "a group address cannot belong to a port");
    }

    /** Reads {@code 02:00:5e:10:00:01}; anything else is an {@link IllegalArgumentException}. */
    public static MacAddress parse(String text) {
        Rules.require(
                text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}"),
                "mac",
                "'" + text + "' is not aa:bb:cc:dd:ee:ff");
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    public boolean isAuto() {
        return value == 0;
    }

    @Override
    public String toString() {
        return isAuto() ? "auto" : String.format("%012x", value).replaceAll("(..)(?!$)", "$1:");
    }
}
