package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes DPDK know a device: checks what the kernel will ask for, plugs the device in, and finds its
 * port number and descriptor. Not for the packet path.
 */
final class PortAttachment {
    private static final int ETHERNET_BYTES = 14;

    /** What af_xdp takes of an mbuf's room: the mbuf's headroom and the kernel's own. */
    private static final int XDP_ROOM_OVERHEAD_BYTES = 384;

    private static final int EBUSY = 16;

    final int portId;
    final @Nullable KernelInterface kernel;
    private final int socketFamily;

    /** IP packets that the port must carry, and the longest that it can. */
    final int mtuBytes;

    private final String bus;
    private final String name;

    private PortAttachment(
            int portId,
            @Nullable KernelInterface kernel,
            int socketFamily,
            int mtuBytes,
            String bus,
            String name) {
        this.portId = portId;
        this.kernel = kernel;
        this.socketFamily = socketFamily;
        this.mtuBytes = mtuBytes;
        this.bus = bus;
        this.name = name;
    }

    static PortAttachment of(PortOptions options, DpdkBufferPool pool) {
        return switch (options.device()) {
            case PortDevice.AfPacket device -> afPacket(device, options, pool.roomBytes());
            case PortDevice.AfXdp device -> afXdp(device, options, pool);
            case PortDevice.Virtual device ->
                    plain(
                            "vdev",
                            device.name(),
                            device.arguments(),
                            mtuOrDefault(options.mtuBytes()));
            case PortDevice.Pci device ->
                    plain(
                            "pci",
                            device.address(),
                            device.arguments(),
                            mtuOrDefault(options.mtuBytes()));
            case PortDevice.Existing device ->
                    new PortAttachment(
                            device.portId(), null, -1, mtuOrDefault(options.mtuBytes()), "", "");
        };
    }

    /**
     * The socket that the driver opened for a kernel interface since {@code before}, once the port
     * runs; -1 for others.
     */
    int descriptor(Map<String, Integer> before) {
        return kernel == null ? -1 : Descriptors.opened(before, socketFamily, kernel.index());
    }

    private static int mtuOrDefault(int mtuBytes) {
        return mtuBytes == 0 ? 1500 : mtuBytes;
    }

    private static PortAttachment afPacket(
            PortDevice.AfPacket device, PortOptions options, int roomBytes) {
        PortChecks.requireDriver("net_af_packet");
        KernelInterface kernel = KernelInterface.open(device.interfaceName());
        try {
            // Frames up to the interface's own MTU arrive whatever was asked: rings and rooms
            // follow that.
            int mtuBytes = kernel.requireMtu(options.mtuBytes());
            AfPacketRing ring = AfPacketRing.forMtu(mtuBytes, options.rxFrames());
            PortChecks.requireRoom(ring.roomBytes(), roomBytes, mtuBytes);
            PortChecks.requirePacketSocket(kernel.name());
            PortChecks.requireNetAdmin(kernel.name());
            PortChecks.requireLockable(ring.lockedBytes(), kernel.name());
            kernel.joinAllGroups();
            String name = "net_af_packet_" + kernel.name();
            String arguments =
                    "iface="
                            + kernel.name()
                            + ","
                            + ring.arguments()
                            + ",qdisc_bypass="
                            + (device.qdiscBypass() ? 1 : 0);
            int port = plug("vdev", name, arguments);
            return new PortAttachment(port, kernel, Descriptors.AF_PACKET, mtuBytes, "vdev", name);
        } catch (RuntimeException failure) {
            kernel.close();
            throw failure;
        }
    }

    private static PortAttachment afXdp(
            PortDevice.AfXdp device, PortOptions options, DpdkBufferPool pool) {
        PortChecks.requireDriver("net_af_xdp");
        KernelInterface kernel = KernelInterface.open(device.interfaceName());
        try {
            int mtuBytes = kernel.requireMtu(options.mtuBytes());
            int neededBytes = mtuBytes + ETHERNET_BYTES + XDP_ROOM_OVERHEAD_BYTES;
            PortChecks.requireRoom(neededBytes, pool.roomBytes(), mtuBytes);
            if (!pool.inOnePiece()) {
                throw new DpdkException(
                        DpdkError.OPTIONS_REFUSED,
                        "af_xdp needs buffers that do not cross pages: hugepages, or"
                                + " DpdkBufferPool.createForXdp");
            }
            PortChecks.requireNetAdmin(kernel.name());
            PortChecks.requireXdpRights(kernel.name());
            kernel.joinAllGroups();
            String name = "net_af_xdp_" + kernel.name() + "_" + device.startQueue();
            // The driver's default busy budget makes every empty poll a system call.
            String arguments =
                    "iface=" + kernel.name() + ",busy_budget=0,start_queue=" + device.startQueue();
            int port = plug("vdev", name, arguments);
            return new PortAttachment(port, kernel, Descriptors.AF_XDP, mtuBytes, "vdev", name);
        } catch (RuntimeException failure) {
            kernel.close();
            throw failure;
        }
    }

    private static PortAttachment plain(String bus, String name, String arguments, int mtuBytes) {
        return new PortAttachment(plug(bus, name, arguments), null, -1, mtuBytes, bus, name);
    }

    /** The port of that device, which may have been probed when DPDK started. */
    private static int plug(String bus, String name, String arguments) {
        int port = portByName(name);
        if (port >= 0) {
            return port;
        }
        NativeLog log = NativeLog.begin(true);
        int result;
        try (Arena arena = Arena.ofConfined()) {
            result =
                    Natives.hotplugAdd(
                            arena.allocateFrom(bus),
                            arena.allocateFrom(name),
                            arena.allocateFrom(arguments));
        }
        String words = log.end();
        if (result < 0) {
            throw refused(bus, name, arguments, result, words);
        }
        port = portByName(name);
        if (port < 0) {
            throw new DpdkException(
                    DpdkError.NO_PORTS,
                    "DPDK took device " + name + " but made no port of it" + words);
        }
        return port;
    }

    private static DpdkException refused(
            String bus, String name, String arguments, int result, String words) {
        String what =
                "device " + name + " (" + arguments + "): " + Natives.errorText(result) + words;
        if (bus.equals("pci")) {
            return new DpdkException(DpdkError.NO_PORTS, what);
        }
        if (result == -EBUSY || words.contains("already loaded")) {
            return new DpdkException(DpdkError.DEVICE_BUSY, what, interfaceOf(arguments));
        }
        String driver = name.replaceFirst("[0-9]*$", "");
        if (name.matches("net_[a-z_]+[0-9]*")) {
            PortChecks.requireDriver(driver);
        }
        return new DpdkException(DpdkError.PORT_REFUSED, what);
    }

    private static String interfaceOf(String arguments) {
        return arguments.replaceFirst("^(?:.*,)?iface=([^,]*).*$", "$1");
    }

    private static int portByName(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long out = arena.allocate(2, 2).address();
            if (Natives.ethDevGetPortByName(arena.allocateFrom(name), out) != 0) {
                return -1;
            }
            Mem.register(out, 2);
            int port = Mem.hostU16(out);
            Mem.unregister(out);
            return port;
        }
    }

    /** Unplugs what was plugged in; the port must be closed. */
    void detach() {
        if (!name.isEmpty()) {
            try (Arena arena = Arena.ofConfined()) {
                Natives.hotplugRemove(arena.allocateFrom(bus), arena.allocateFrom(name));
            }
        }
        if (kernel != null) {
            kernel.close();
        }
    }
}
