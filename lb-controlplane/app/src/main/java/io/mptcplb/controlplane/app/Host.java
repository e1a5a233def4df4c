package io.mptcplb.controlplane.app;

import io.mptcplb.contract.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Facts about a machine, read from its {@code /proc} and {@code /sys}; in tests from a directory
 * that looks like them.
 */
final class Host {
    private static final int IPV4_BYTES = 4;

    private final Path root;
    private final Supplier<List<KernelAddress>> addresses;

    /**
     * An address that the kernel answers for.
     *
     * @param device the interface that has it
     * @param address the address
     * @param bits prefix length
     */
    record KernelAddress(String device, IpAddress address, int bits) {
        boolean isLinkLocal() {
            return !address.isV4() && address.hi() >>> 54 == 0xfe80 >>> 6;
        }

        @Override
        public String toString() {
            return address + "/" + bits;
        }
    }

    /**
     * @param root what stands for {@code /}
     * @param addresses the kernel's addresses, which {@code /proc} does not tell by interface
     */
    Host(Path root, Supplier<List<KernelAddress>> addresses) {
        this.root = root;
        this.addresses = addresses;
    }

    static Host ofThisMachine() {
        return new Host(Path.of("/"), Host::kernelAddresses);
    }

    private static List<KernelAddress> kernelAddresses() {
        List<KernelAddress> found = new ArrayList<>();
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                for (InterfaceAddress entry : device.getInterfaceAddresses()) {
                    found.add(
                            new KernelAddress(
                                    device.getName(),
                                    address(entry),
                                    entry.getNetworkPrefixLength()));
                }
            }
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static IpAddress address(InterfaceAddress entry) {
        ByteBuffer bytes = ByteBuffer.wrap(entry.getAddress().getAddress());
        return bytes.remaining() == IPV4_BYTES
                ? IpAddress.v4(bytes.getInt())
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }

    List<KernelAddress> addresses() {
        return addresses.get();
    }

    /**
     * Names of the network devices in this process's namespace; {@code /sys} may show another's.
     */
    List<String> devices() {
        return lines("proc/self/net/dev").stream()
                .filter(line -> line.indexOf(':') > 0)
                .map(line -> line.substring(0, line.indexOf(':')).strip())
                .toList();
    }

    /** The device's MTU, empty where {@code /sys} does not know it. */
    Optional<Integer> mtuBytes(String device) {
        return number("sys/class/net/" + device + "/mtu").map(Math::toIntExact);
    }

    /** ARPHRD_* of if_arp.h, empty where {@code /sys} does not know it. */
    Optional<Integer> deviceType(String device) {
        return number("sys/class/net/" + device + "/type").map(Math::toIntExact);
    }

    /** TCP ports by which the kernel opens connections, all IP versions alike. */
    record TcpPorts(int first, int last) {}

    /** Empty where {@code /proc} does not say. */
    Optional<TcpPorts> tcpPorts() {
        return lines("proc/sys/net/ipv4/ip_local_port_range").stream()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length == 2)
                .map(words -> new TcpPorts(Integer.parseInt(words[0]), Integer.parseInt(words[1])))
                .findFirst();
    }

    /** Bits of capability.h that are in effect; empty where {@code /proc} does not say. */
    Optional<Long> capabilities() {
        return status("CapEff").map(text -> Long.parseUnsignedLong(text, 16));
    }

    /** CPUs that this process may run on; empty where {@code /proc} does not say. */
    Set<Integer> cores() {
        Set<Integer> cores = new HashSet<>();
        for (String range : status("Cpus_allowed_list").orElse("").split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (!ends[0].isBlank()) {
                for (int core = Integer.parseInt(ends[0]);
                        core <= Integer.parseInt(ends[ends.length - 1]);
                        core++) {
                    cores.add(core);
                }
            }
        }
        return cores;
    }

    private Optional<String> status(String key) {
        return lines("proc/self/status").stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst();
    }

    /** Bytes of huge pages of all sizes that nobody uses. */
    long freeHugepageBytes() {
        Path directory = root.resolve("sys/kernel/mm/hugepages");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> sizes = Files.list(directory)) {
            return sizes.mapToLong(this::freeBytes).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private long freeBytes(Path size) {
        String name = String.valueOf(size.getFileName());
        if (!name.matches("hugepages-[0-9]+kB")) {
            return 0;
        }
        long kilobytes = Long.parseLong(name.replaceAll("[^0-9]", ""));
        return number("sys/kernel/mm/hugepages/" + name + "/free_hugepages").orElse(0L)
                * kilobytes
                * 1024;
    }

    /** Memory that can be had without swapping; empty where {@code /proc} does not say. */
    Optional<Long> availableBytes() {
        return lines("proc/meminfo").stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst();
    }

    boolean hasPciDevice(String address) {
        return Files.isDirectory(root.resolve("sys/bus/pci/devices/" + address));
    }

    /** The kernel driver that a PCI device is bound to; empty when none is. */
    Optional<String> pciDriver(String address) {
        Path link = root.resolve("sys/bus/pci/devices/" + address + "/driver");
        try {
            return Files.isSymbolicLink(link)
                    ? Optional.of(String.valueOf(Files.readSymbolicLink(link).getFileName()))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Long> number(String file) {
        return lines(file).stream()
                .findFirst()
                .map(String::strip)
                .filter(text -> text.matches("-?[0-9]{1,18}"))
                .map(Long::parseLong);
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
