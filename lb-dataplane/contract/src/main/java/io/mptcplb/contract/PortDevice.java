package io.mptcplb.contract;

/**
 * The device behind a port.
 *
 * @param driver how it is opened
 * @param name the kernel's device name, a PCI address or a whole vdev string, as {@code driver}
 *     wants it
 * @param mtuBytes largest IP packet, 1,280 to 65,535; 0 = the device's own
 * @param mac the hardware address it answers with, or {@link MacAddress#AUTO}
 * @param queueFrames frames in each receive and transmit ring, a power of two from 16 to 32,768;
 *     {@code packet} has none: it asks the kernel for a queue of 16 KiB for each
 * @param vlan the one VLAN of the device that is this port, 1 to 4,094, its frames tagged (IEEE
 *     802.1Q); 0 = none, frames without a tag. Others than {@code packet} know none
 */
public record PortDevice(
        PortDriver driver, String name, int mtuBytes, MacAddress mac, int queueFrames, int vlan) {
    /** RFC 8200 s5: every IPv6 link carries 1,280 bytes; less is no use to us on IPv4 either. */
    public static final int MTU_BYTES_MIN = 1280;

    public static final int MTU_BYTES_MAX = 65_535;
    public static final int QUEUE_FRAMES_MIN = 16;
    public static final int QUEUE_FRAMES_MAX = 1 << 15;
    public static final int QUEUE_FRAMES_DEFAULT = 1024;
    public static final int VLAN_MAX = 4094;

    /** IFNAMSIZ less its final zero. */
    public static final int KERNEL_NAME_CHARACTERS_MAX = 15;

    public static final int VDEV_CHARACTERS_MAX = 512;

    public PortDevice {
        Rules.require(
                isDeviceName(driver, name),
                "device",
                "'" + name + "' is not " + expectation(driver));
        if (mtuBytes != 0) {
            Rules.range("mtu", mtuBytes, MTU_BYTES_MIN, MTU_BYTES_MAX);
        }
        Rules.range("queueFrames", queueFrames, QUEUE_FRAMES_MIN, QUEUE_FRAMES_MAX);
        Rules.require(
                Integer.bitCount(queueFrames) == 1,
                "queueFrames",
                queueFrames + " is not a power of two");
        Rules.range("vlan", vlan, 0, VLAN_MAX);
        Rules.require(
                vlan == 0 || driver == PortDriver.PACKET,
                "vlan",
                "a port on a VLAN has driver " + PortDriver.PACKET.text());
    }

    /** Without a VLAN. */
    public PortDevice(
            PortDriver driver, String name, int mtuBytes, MacAddress mac, int queueFrames) {
        this(driver, name, mtuBytes, mac, queueFrames, 0);
    }

    /** A kernel device through net_af_packet, all else automatic. */
    public static PortDevice afPacket(String kernelDevice) {
        return new PortDevice(
                PortDriver.AF_PACKET, kernelDevice, 0, MacAddress.AUTO, QUEUE_FRAMES_DEFAULT);
    }

    /** A kernel device through a packet socket, all else automatic. */
    public static PortDevice packet(String kernelDevice) {
        return new PortDevice(
                PortDriver.PACKET, kernelDevice, 0, MacAddress.AUTO, QUEUE_FRAMES_DEFAULT);
    }

    public static boolean isDeviceName(PortDriver driver, String name) {
        return switch (driver) {
            case AF_PACKET, AF_XDP, PACKET ->
                    name.matches("[^\\s/,:\\p{Cntrl}]{1," + KERNEL_NAME_CHARACTERS_MAX + "}")
                            && !name.equals(".")
                            && !name.equals("..");
            case PCI -> name.matches("([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]");
            case VDEV ->
                    name.length() <= VDEV_CHARACTERS_MAX
                            && name.matches("[a-z][a-z0-9_]*(,[\\p{Graph}&&[^,]]+)*");
        };
    }

    /** What {@link #isDeviceName} wants, for messages. */
    public static String expectation(PortDriver driver) {
        return switch (driver) {
            case AF_PACKET, AF_XDP, PACKET ->
                    "a kernel network device (at most 15 characters, no space, '/', ',' or ':')";
            case PCI -> "a PCI address such as 0000:03:00.1";
            case VDEV -> "a vdev string such as net_ring0 or net_pcap0,iface=eth1";
        };
    }
}
