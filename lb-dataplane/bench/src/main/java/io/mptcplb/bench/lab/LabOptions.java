package io.mptcplb.bench.lab;

import io.mptcplb.contract.PortDriver;

/**
 * How a lab is built.
 *
 * @param prefix of the four namespaces' names; labs of different prefixes coexist
 * @param wire what the paths run through
 * @param mtu of every link, in bytes
 * @param mptcp who opens second subflows
 * @param boxAddresses the kernel of the box's namespace holds the box's addresses; off for a box
 *     with a stack of its own
 * @param path1Mbit rate of path 1, each way, whole frames; 0 is unlimited
 * @param path2Mbit of path 2
 * @param seed of everything random in the wire
 * @param driver by which a box with a stack of its own opens its ports
 * @param offloads of all devices; those of a {@link WireKind#RELAY} have none ever
 * @param boxMerges the box's devices merge what arrives for it (GRO)
 * @param ipv6 hosts have IPv6 addresses beside those of IPv4
 */
public record LabOptions(
        String prefix,
        WireKind wire,
        int mtu,
        MptcpMode mptcp,
        boolean boxAddresses,
        double path1Mbit,
        double path2Mbit,
        long seed,
        PortDriver driver,
        LabOffloads offloads,
        boolean boxMerges,
        boolean ipv6) {
    private static final int PREFIX_CHARACTERS_MAX = 24;
    private static final String DRIVER_PROPERTY = "mptcplb.lab.driver";

    public LabOptions {
        if (!prefix.matches("[a-z][a-z0-9-]{0," + (PREFIX_CHARACTERS_MAX - 1) + "}")) {
            throw new IllegalArgumentException("not a prefix for namespaces: " + prefix);
        }
    }

    /**
     * Bridged, MTU 1500, unlimited, the client joins, the box has a stack of its own. Ports and
     * devices are as -Dmptcplb.lab.driver says, so that every scenario can be had on each: {@code
     * packet} leaves all offloads on, the default {@code net_af_packet} wants them off.
     */
    public static LabOptions named(String prefix) {
        return new LabOptions(
                prefix,
                WireKind.BRIDGE,
                1500,
                MptcpMode.CLIENT,
                false,
                0,
                0,
                1,
                usualDriver(),
                offloadsFor(usualDriver()),
                false,
                false);
    }

    public LabOptions wire(WireKind value) {
        return new LabOptions(
                prefix,
                value,
                mtu,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                driver,
                offloads,
                boxMerges,
                ipv6);
    }

    public LabOptions mtu(int value) {
        return new LabOptions(
                prefix,
                wire,
                value,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                driver,
                offloads,
                boxMerges,
                ipv6);
    }

    public LabOptions mptcp(MptcpMode value) {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                value,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                driver,
                offloads,
                boxMerges,
                ipv6);
    }

    /** The box is a program on its namespace's kernel. */
    public LabOptions kernelBox() {
        return new LabOptions(
                prefix, wire, mtu, mptcp, true, path1Mbit, path2Mbit, seed, driver, offloads,
                boxMerges, ipv6);
    }

    public LabOptions pathMbit(double path1, double path2) {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                mptcp,
                boxAddresses,
                path1,
                path2,
                seed,
                driver,
                offloads,
                boxMerges,
                ipv6);
    }

    public LabOptions seed(long value) {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                value,
                driver,
                offloads,
                boxMerges,
                ipv6);
    }

    /** The box's ports by a packet socket, on devices that do what is said. */
    public LabOptions packet(LabOffloads devices, boolean merges) {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                PortDriver.PACKET,
                devices,
                merges,
                ipv6);
    }

    /** Both families on every link. */
    public LabOptions dualStack() {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                driver,
                offloads,
                boxMerges,
                true);
    }

    /** The box's ports by this driver, on devices as it wants them. */
    public LabOptions ports(PortDriver value) {
        return new LabOptions(
                prefix,
                wire,
                mtu,
                mptcp,
                boxAddresses,
                path1Mbit,
                path2Mbit,
                seed,
                value,
                offloadsFor(value),
                false,
                ipv6);
    }

    private static PortDriver usualDriver() {
        String wanted = System.getProperty(DRIVER_PROPERTY, PortDriver.AF_PACKET.text());
        for (PortDriver driver : PortDriver.values()) {
            if (driver.text().equals(wanted) && driver.isKernelDevice()) {
                return driver;
            }
        }
        throw new IllegalArgumentException(DRIVER_PROPERTY + ": " + wanted);
    }

    private static LabOffloads offloadsFor(PortDriver driver) {
        return driver == PortDriver.PACKET ? LabOffloads.ON : LabOffloads.OFF;
    }
}
