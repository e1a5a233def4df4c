package io.mptcplb.app;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MemoryMode;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.dpdk.AfPacketRing;
import io.mptcplb.dpdk.DevicePort;
import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.dpdk.EalOptions;
import io.mptcplb.dpdk.EthPort;
import io.mptcplb.dpdk.PortOptions;
import io.mptcplb.dpdk.packet.DeviceChange;
import io.mptcplb.dpdk.packet.DeviceFacts;
import io.mptcplb.dpdk.packet.DeviceWatch;
import io.mptcplb.dpdk.packet.PacketOptions;
import io.mptcplb.dpdk.packet.PacketPort;
import io.mptcplb.frame.Steering;
import io.mptcplb.stack.random.ChaChaKeySource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * DPDK, the workers' buffers, and their ports with a queue for each: opened together at start,
 * closed together.
 */
final class Ports implements AutoCloseable {
    /** For DPDK itself and each port's rings and indirect buffers. */
    private static final int EAL_MEGABYTES = 32;

    private static final int PORT_MEGABYTES = 16;

    /**
     * What the kernel is asked for, for each frame. By its count that is seven of an MTU: a
     * thousand peers may answer at once, with ten segments each.
     */
    private static final int PACKET_QUEUE_FRAME_BYTES = 16 << 10;

    /** Longer than a device takes that is being made anew. */
    private static final long ALL_GONE_NANOS = 60_000_000_000L;

    private final LbConfig config;
    private final Eal eal;
    private final List<DpdkBufferPool> pools;
    private final Shield shield;
    private final Steering steering;

    /** Each port's queues. */
    private final List<List<? extends DevicePort>> ports = new ArrayList<>();

    private @Nullable DeviceWatch watch;

    private Ports(LbConfig config, Eal eal, List<DpdkBufferPool> pools, Shield shield) {
        this.config = config;
        this.eal = eal;
        this.pools = pools;
        this.shield = shield;
        int workers = config.workers().count();
        steering = new Steering(workers, (int) ChaChaKeySource.fromSystem().nextLong());
    }

    /**
     * Opens all or nothing; the shield is the ports' from now on.
     *
     * @param beforePorts is given a worker's buffers while no port has any
     */
    static Ports open(
            LbConfig config,
            Devices devices,
            Shield shield,
            Log log,
            Consumer<DpdkBufferPool> beforePorts)
            throws StartupException {
        try {
            checkQueues(config);
            int mtuBytes = devices.mtuBytesMax();
            int roomBytes =
                    Math.max(
                            config.buffers().roomBytes(),
                            mtuBytes == 0 ? 0 : AfPacketRing.roomBytesForMtu(mtuBytes));
            Eal eal = Eal.start(ealOptions(config, roomBytes));
            log.line(eal.describe());
            Ports opened = create(config, eal, shield, roomBytes);
            opened.openAll(log, beforePorts);
            return opened;
        } catch (StartupException e) {
            shield.close();
            throw e;
        } catch (DpdkException e) {
            shield.close();
            throw new StartupException(status(e.error()), String.valueOf(e.getMessage()));
        }
    }

    private static Ports create(LbConfig config, Eal eal, Shield shield, int roomBytes) {
        int count = config.buffers().count() - 1;
        int workers = config.workers().count();
        return new Ports(
                config,
                eal,
                DpdkBufferPool.create("workers", workers, count, roomBytes, usesXdp(config)),
                shield);
    }

    /** Each worker has a queue of every port. */
    private static void checkQueues(LbConfig config) throws StartupException {
        int workers = config.workers().count();
        for (PortConfig port : config.ports()) {
            PortDriver driver = port.device().driver();
            if (workers > 1 && driver != PortDriver.PACKET) {
                throw new StartupException(
                        StartupException.BAD_CONFIG,
                        "port %s: driver %s has one queue so far, and workers.count is %d: take driver packet, or one worker"
                                .formatted(port.name(), driver.text(), workers));
            }
        }
    }

    private void openAll(Log log, Consumer<DpdkBufferPool> beforePorts) throws StartupException {
        try {
            beforePorts.accept(pools.getFirst());
            for (PortConfig port : config.ports()) {
                add(port, log);
            }
        } catch (DpdkException | StartupException e) {
            close();
            throw e;
        }
    }

    /** af_xdp asks for buffers that do not cross pages. */
    private static boolean usesXdp(LbConfig config) {
        return config.ports().stream()
                .anyMatch(port -> port.device().driver() == PortDriver.AF_XDP);
    }

    private void add(PortConfig port, Log log) throws StartupException {
        List<? extends DevicePort> queues =
                port.device().driver() == PortDriver.PACKET
                        ? PacketPort.open(packetOptions(port), steering, pools)
                        : List.of(EthPort.open(options(port), pools.getFirst()));
        ports.add(queues);
        DevicePort opened = queues.getFirst();
        long wanted = port.device().mac().value();
        if (wanted != 0 && wanted != opened.macAddress()) {
            throw new StartupException(
                    StartupException.BAD_CONFIG,
                    "port %s: MAC address %s is configured, but the device has %012x; change the device's own (ip link set dev %s address %s), or say auto"
                            .formatted(
                                    port.name(),
                                    port.device().mac(),
                                    opened.macAddress(),
                                    port.device().name(),
                                    port.device().mac()));
        }
        log.line(
                "port "
                        + port.name()
                        + ": "
                        + opened.describe()
                        + (opened.linkUp() ? "" : ", its link is down: served once it is up"));
    }

    private static EalOptions ealOptions(LbConfig config, int roomBytes) {
        List<String> pci =
                config.ports().stream()
                        .map(PortConfig::device)
                        .filter(device -> device.driver() == PortDriver.PCI)
                        .map(PortDevice::name)
                        .toList();
        int megabytes =
                DpdkBufferPool.megabytes(
                                config.workers().count() * config.buffers().count(),
                                roomBytes,
                                usesXdp(config))
                        + EAL_MEGABYTES
                        + PORT_MEGABYTES * config.ports().size();
        return EalOptions.ofMegabytes(megabytes)
                .withMemoryMode(
                        config.buffers().memory() == MemoryMode.HUGEPAGES
                                ? io.mptcplb.dpdk.MemoryMode.HUGEPAGES
                                : io.mptcplb.dpdk.MemoryMode.ORDINARY)
                .withPciDevices(pci);
    }

    static PortOptions options(PortConfig port) {
        PortDevice device = port.device();
        return PortOptions.of(driver(device))
                .withMtuBytes(device.mtuBytes())
                .withFrames(device.queueFrames(), device.queueFrames());
    }

    private static PacketOptions packetOptions(PortConfig port) {
        PortDevice device = port.device();
        return PacketOptions.of(device.name())
                .withMtuBytes(device.mtuBytes())
                .withReceiveBytes(device.queueFrames() * PACKET_QUEUE_FRAME_BYTES)
                .withVlan(device.vlan());
    }

    private static io.mptcplb.dpdk.PortDevice driver(PortDevice device) {
        String name = device.name();
        int comma = name.indexOf(',');
        return switch (device.driver()) {
            case AF_PACKET -> new io.mptcplb.dpdk.PortDevice.AfPacket(name);
            case AF_XDP -> new io.mptcplb.dpdk.PortDevice.AfXdp(name, 0);
            case PACKET -> throw new IllegalArgumentException(name + " is no port of DPDK");
            case PCI -> new io.mptcplb.dpdk.PortDevice.Pci(name, "");
            case VDEV ->
                    comma < 0
                            ? new io.mptcplb.dpdk.PortDevice.Virtual(name, "")
                            : new io.mptcplb.dpdk.PortDevice.Virtual(
                                    name.substring(0, comma), name.substring(comma + 1));
        };
    }

    /** sysexits.h's word for a refusal of DPDK. */
    private static int status(DpdkError error) {
        return switch (error) {
            case NO_NET_RAW, NO_NET_ADMIN, NO_XDP_RIGHTS, MEMLOCK_LIMIT ->
                    StartupException.NO_PERMISSION;
            case OPTIONS_REFUSED, MTU_TOO_LARGE, ROOM_TOO_SMALL, POOL_TOO_BIG, CPU_UNAVAILABLE ->
                    StartupException.BAD_CONFIG;
            case SYSTEM_CALL_FAILED -> StartupException.OS_ERROR;
            default -> StartupException.UNAVAILABLE;
        };
    }

    /** Which frames come by which queue. */
    Steering steering() {
        return steering;
    }

    /** A worker's buffers. */
    DpdkBufferPool pool(int worker) {
        return pools.get(worker);
    }

    /** A worker's queue of every port, in the configuration's order. */
    DevicePort[] ofWorker(int worker) {
        return ports.stream().map(queues -> queues.get(worker)).toArray(DevicePort[]::new);
    }

    /**
     * Watches over the devices that may vanish or change; what happens to them is logged.
     *
     * @param onNews called on another thread when a port's link, MTU or address may be another
     * @param onAllGone called on another thread when no port has had a device for a minute
     */
    void watch(Log log, Runnable onNews, Runnable onAllGone) {
        Map<PacketPort, String> names = new LinkedHashMap<>();
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).getFirst() instanceof PacketPort port) {
                names.put(port, config.ports().get(i).name());
            }
        }
        if (names.isEmpty()) {
            return;
        }
        boolean noOther = names.size() == ports.size();
        watch =
                DeviceWatch.start(
                        List.copyOf(names.keySet()),
                        new DeviceWatch.Listener() {
                            @Override
                            public void onChange(
                                    PacketPort port, DeviceChange change, DeviceFacts now) {
                                log.line("port " + names.get(port) + ": " + change.describe(now));
                                if (change == DeviceChange.RETURNED) {
                                    shield.raiseAgain(now.name(), log);
                                }
                            }

                            @Override
                            public void onNews() {
                                onNews.run();
                            }

                            @Override
                            public void onAllGone() {
                                if (noOther) {
                                    onAllGone.run();
                                }
                            }
                        },
                        System::nanoTime,
                        ALL_GONE_NANOS);
    }

    /** Waits for the watch's thread: nothing is called any more. */
    void endWatch() {
        DeviceWatch watching = watch;
        watch = null;
        if (watching != null) {
            watching.close();
        }
    }

    @Override
    public void close() {
        endWatch();
        ports.forEach(queues -> queues.forEach(DevicePort::close));
        shield.close();
        pools.forEach(DpdkBufferPool::close);
        eal.close();
    }
}
