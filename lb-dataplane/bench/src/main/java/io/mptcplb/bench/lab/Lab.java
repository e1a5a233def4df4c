package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Four hosts:
 *
 * <pre>
 *    client                  wire                   box               backend
 *  c1 192.0.2.10    --- w1c ...... w1l --- p1 192.0.2.1
 *                       (path 1)                b1 203.0.113.1 --- s1 203.0.113.10
 *  c2 198.51.100.10 --- w2c ...... w2l --- p2 198.51.100.1
 * </pre>
 *
 * <p>By default every frame is MTU-sized and checksummed in software, as a box must see what a wire
 * would carry; {@link LabOffloads} has other devices. Each client address leaves by its own
 * interface, also towards 192.0.2.1. IPv6 is off, unless {@link LabOptions#dualStack} asks for it:
 * 2001:db8:1::10 at c1, 2001:db8:1::1 at p1 and so on.
 *
 * <p>{@link #close} ends the programs in the namespaces and removes them; a shutdown hook does so
 * when the JVM is ended, and {@link #build} does so with what a killed run of the same prefix left.
 */
public final class Lab implements AutoCloseable {
    /** Root's own, so that nobody else can put anything in its place. */
    private static final Path DIRECTORIES = Path.of("/run/mptcplb-lab");

    private static final List<String> HOSTS = List.of("client", "wire", "box", "backend");

    private final LabOptions options;
    private final LabLock lock;
    private final Path directory;
    private final LabNamespace client;
    private final LabNamespace wire;
    private final LabNamespace box;
    private final LabNamespace backend;
    private final @Nullable LabPath[] paths = new LabPath[2];
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private volatile boolean directoryKept;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread hook = new Thread(this::takeDown, "lab-shutdown");

    private Lab(LabOptions options, Path directory, LabLock lock) {
        this.options = options;
        this.lock = lock;
        this.directory = directory;
        client = new LabNamespace(options.prefix() + "-client", directory);
        wire = new LabNamespace(options.prefix() + "-wire", directory);
        box = new LabNamespace(options.prefix() + "-box", directory);
        backend = new LabNamespace(options.prefix() + "-backend", directory);
    }

    /** Builds it; logs of programs go to {@link #directory}. */
    public static Lab build(LabOptions options) throws IOException {
        LabLock lock = LabLock.tryTake(DIRECTORIES.resolve(options.prefix() + ".lock"));
        if (lock == null) {
            throw new LabInUseException(options.prefix());
        }
        sweep(options.prefix());
        Path directory = Files.createDirectories(DIRECTORIES.resolve(options.prefix()));
        Lab lab = new Lab(options, directory, lock);
        Runtime.getRuntime().addShutdownHook(lab.hook);
        try {
            lab.buildAll();
            return lab;
        } catch (IOException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** Removes what an earlier lab of this prefix left behind, if it was killed. */
    private static void sweep(String prefix) throws IOException {
        removeNamespaces(prefix);
        removeDirectory(DIRECTORIES.resolve(prefix));
    }

    private static void removeNamespaces(String prefix) throws IOException {
        for (String host : HOSTS) {
            String name = prefix + "-" + host;
            if (Files.exists(Path.of("/run/netns", name))) {
                LabNamespace.endStrangers(name);
                Command.run("ip", "netns", "del", name);
            }
        }
    }

    public LabOptions options() {
        return options;
    }

    public LabNamespace client() {
        return client;
    }

    public LabNamespace wire() {
        return wire;
    }

    /** The namespace of the box under test, with interfaces p1, p2 and b1. */
    public LabNamespace box() {
        return box;
    }

    public LabNamespace backend() {
        return backend;
    }

    /** Where logs and captures go. Removed with the lab, and by the next one of its prefix. */
    public Path directory() {
        return directory;
    }

    /** Leaves {@link #directory} in place when the lab goes, for whoever wants to know why. */
    public void keepDirectory() {
        directoryKept = true;
    }

    /** Path 1 or 2. */
    public LabPath path(int number) {
        LabPath path = paths[number - 1];
        if (path == null) {
            throw new IllegalStateException("a direct wire has no faults to offer");
        }
        return path;
    }

    /** The relay of path 1 or 2, in a lab whose wire is one. */
    public Relay relay(int number) {
        return (Relay) path(number);
    }

    /** Closed with the lab, in reverse order: servers that run in this process, for instance. */
    public <T extends AutoCloseable> T closing(T closeable) {
        closeables.add(closeable);
        return closeable;
    }

    /**
     * Changes what the devices of a {@link WireKind#DIRECT} lab leave unfinished, and whether the
     * box's merge what arrives, while all goes on.
     */
    public void offloads(LabOffloads offloads, boolean boxMerges) throws IOException {
        String merging = " gro " + (boxMerges ? "on" : "off") + "\n";
        client.script(offloads.command("c1") + offloads.command("c2"));
        backend.script(offloads.command("s1"));
        for (String device : List.of("p1", "p2", "b1")) {
            box.script(offloads.command(device) + "ethtool -K " + device + merging);
        }
    }

    /** Changes who opens the second subflow of connections from now on. */
    public void mptcp(MptcpMode mode) throws IOException {
        client.script(
                "ip mptcp endpoint flush\nip mptcp limits set subflow 0 add_addr_accepted 0\n"
                        + clientEndpoints(mode)
                        + (options.ipv6() ? clientEndpointsV6(mode) : ""));
        if (options.boxAddresses()) {
            boolean announces = mode == MptcpMode.SIGNAL || mode == MptcpMode.FULLMESH;
            box.script(
                    "ip mptcp endpoint flush\nip mptcp limits set subflow 8 add_addr_accepted 0\n"
                            + (announces
                                    ? "ip mptcp endpoint add "
                                            + LabAddresses.BOX_2
                                            + " dev p2 signal\n"
                                    : ""));
        }
    }

    private static String clientEndpoints(MptcpMode mode) {
        String second = "ip mptcp endpoint add " + LabAddresses.CLIENT_2 + " dev c2 subflow";
        String limits = "ip mptcp limits set subflow ";
        return switch (mode) {
            case SINGLE -> "";
            case CLIENT -> limits + "1\n" + second;
            case BACKUP -> limits + "1\n" + second + " backup";
            case SIGNAL -> limits + "1 add_addr_accepted 1";
            case FULLMESH ->
                    limits
                            + "3 add_addr_accepted 1\nip mptcp endpoint add "
                            + LabAddresses.CLIENT_1
                            + " dev c1 subflow fullmesh\n"
                            + second
                            + " fullmesh";
        };
    }

    /** A connection uses the endpoints of its own family, if it can: see RFC 8684 s3.4.1. */
    private static String clientEndpointsV6(MptcpMode mode) {
        String second = "\nip mptcp endpoint add " + LabAddresses.CLIENT_2_V6 + " dev c2 subflow";
        return switch (mode) {
            case SINGLE, SIGNAL -> "";
            case CLIENT -> second;
            case BACKUP -> second + " backup";
            case FULLMESH ->
                    "\nip mptcp endpoint add "
                            + LabAddresses.CLIENT_1_V6
                            + " dev c1 subflow fullmesh"
                            + second
                            + " fullmesh";
        };
    }

    @Override
    public void close() {
        takeDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already going down: the hook itself is what runs, or will run and do
            // nothing.
            return;
        }
    }

    private void takeDown() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        for (AutoCloseable closeable : closeables.reversed()) {
            try {
                closeable.close();
            } catch (Exception e) {
                System.err.println("lab: " + e);
            }
        }
        for (LabNamespace host : List.of(client, box, backend, wire)) {
            host.endProcesses();
        }
        try {
            removeNamespaces(options.prefix());
            if (!directoryKept) {
                removeDirectory(directory);
            }
            lock.close();
        } catch (IOException e) {
            System.err.println("lab: " + e.getMessage());
        }
    }

    private static void removeDirectory(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void buildAll() throws IOException {
        String congestion = KernelCongestion.usual();
        KernelCongestion.allow(congestion);
        for (LabNamespace host : List.of(client, wire, box, backend)) {
            Command.run("ip", "netns", "add", host.name());
            host.script(SYSCTLS + (speaksIpv6(host) ? SYSCTLS_V6 : ""));
            host.script("echo " + congestion + " >/proc/sys/net/ipv4/tcp_congestion_control");
        }
        for (int number = 1; number <= 2; number++) {
            buildLinks(number);
        }
        pair(box, "b1", backend, "s1");
        device(
                box,
                "b1",
                LabAddresses.BOX_BACKEND_MAC,
                boxAddresses(LabAddresses.BOX_BACKEND, LabAddresses.BOX_BACKEND_V6));
        device(
                backend,
                "s1",
                LabAddresses.BACKEND_MAC,
                addresses(LabAddresses.BACKEND, LabAddresses.BACKEND_V6));
        route(1, LabAddresses.CLIENT_1, LabAddresses.BOX_1);
        route(2, LabAddresses.CLIENT_2, LabAddresses.BOX_2);
        if (options.ipv6()) {
            route(1, LabAddresses.CLIENT_1_V6, LabAddresses.BOX_1_V6);
            route(2, LabAddresses.CLIENT_2_V6, LabAddresses.BOX_2_V6);
        }
        mptcp(options.mptcp());
    }

    private void buildLinks(int number) throws IOException {
        String clientDevice = "c" + number;
        String boxDevice = "p" + number;
        if (options.wire() == WireKind.DIRECT) {
            pair(client, clientDevice, box, boxDevice);
        } else {
            String near = "w" + number + "c";
            String far = "w" + number + "l";
            pair(client, clientDevice, wire, near);
            pair(wire, far, box, boxDevice);
            device(wire, near, "02:00:00:00:0" + number + ":fc", List.of());
            device(wire, far, "02:00:00:00:0" + number + ":fd", List.of());
        }
        device(
                client,
                clientDevice,
                number == 1 ? LabAddresses.CLIENT_1_MAC : LabAddresses.CLIENT_2_MAC,
                number == 1
                        ? addresses(LabAddresses.CLIENT_1, LabAddresses.CLIENT_1_V6)
                        : addresses(LabAddresses.CLIENT_2, LabAddresses.CLIENT_2_V6));
        device(
                box,
                boxDevice,
                number == 1 ? LabAddresses.BOX_1_MAC : LabAddresses.BOX_2_MAC,
                number == 1
                        ? boxAddresses(LabAddresses.BOX_1, LabAddresses.BOX_1_V6)
                        : boxAddresses(LabAddresses.BOX_2, LabAddresses.BOX_2_V6));
        buildPath(number);
    }

    private void buildPath(int number) throws IOException {
        LabPath path =
                switch (options.wire()) {
                    case DIRECT -> null;
                    case BRIDGE -> new BridgePath(wire, number, options.mtu());
                    case RELAY ->
                            closing(
                                    Relay.start(
                                            wire,
                                            "w" + number + "c",
                                            "w" + number + "l",
                                            options.seed() + number));
                };
        paths[number - 1] = path;
        double mbit = number == 1 ? options.path1Mbit() : options.path2Mbit();
        if (mbit > 0) {
            path(number).rateMbit(mbit);
        }
    }

    private List<String> boxAddresses(String v4, String v6) {
        return options.boxAddresses() ? addresses(v4, v6) : List.of();
    }

    /** An interface's addresses, with the length of their prefix. */
    private List<String> addresses(String v4, String v6) {
        String first = v4 + "/" + LabAddresses.PREFIX_BITS;
        return options.ipv6()
                ? List.of(first, v6 + "/" + LabAddresses.PREFIX_BITS_V6)
                : List.of(first);
    }

    /** Each client address leaves through its own interface, whatever it is to reach. */
    private void route(int number, String from, String gateway) throws IOException {
        client.script(
                String.format(
                        Locale.ROOT,
                        """
                        ip -%4$d rule add from %2$s table 10%1$d
                        ip -%4$d route add default via %3$s dev c%1$d src %2$s table 10%1$d
                        """,
                        number,
                        from,
                        gateway,
                        from.indexOf(':') < 0 ? 4 : 6));
    }

    private static void pair(LabNamespace a, String deviceA, LabNamespace b, String deviceB)
            throws IOException {
        Command.run(
                "ip", "link", "add", deviceA, "netns", a.name(), "type", "veth", "peer", "name",
                deviceB, "netns", b.name());
    }

    /** Our relay's own devices and their peers: it is a wire, and carries what wires carry. */
    private boolean relayed(String device) {
        return options.wire() == WireKind.RELAY && !device.equals("b1") && !device.equals("s1");
    }

    private void device(LabNamespace host, String device, String mac, List<String> addresses)
            throws IOException {
        LabOffloads offloads = relayed(device) ? LabOffloads.OFF : options.offloads();
        String merging =
                host == box && options.boxMerges() ? "ethtool -K " + device + " gro on\n" : "";
        host.script(
                offloads.command(device)
                        + merging
                        + String.format(
                                Locale.ROOT,
                                """
                                ip link set dev %1$s address %2$s mtu %3$d txqueuelen 1000
                                """,
                                device,
                                mac,
                                options.mtu())
                        + addresses.stream()
                                .map(address -> assigned(address, device))
                                .collect(Collectors.joining())
                        + "ip link set dev "
                        + device
                        + " up");
    }

    /** An address is used at once: nobody else in these namespaces could have it. */
    private static String assigned(String address, String device) {
        String unprobed = address.indexOf(':') < 0 ? "" : " nodad";
        return "ip address replace " + address + " dev " + device + unprobed + "\n";
    }

    /** Kernels of the wire stay out of it, and that of a box with a stack of its own, too. */
    private boolean speaksIpv6(LabNamespace host) {
        return options.ipv6() && host != wire && (host != box || options.boxAddresses());
    }

    /** Link-local addresses at once, and no questions for routers that are not there. */
    private static final String SYSCTLS_V6 =
            """
            cd /proc/sys/net/ipv6/conf
            for i in all default lo; do
                echo 0 >$i/accept_dad
                echo 0 >$i/accept_ra
                echo 0 >$i/router_solicitations
                echo 0 >$i/disable_ipv6
            done
            """;

    /**
     * No IPv6 noise; ARP answered only for an interface's own address, as two interfaces share a
     * host; no state of earlier connections carried over; room for many connections.
     */
    private static final String SYSCTLS =
            """
            cd /proc/sys/net
            for i in all default; do
                [ ! -e ipv6 ] || echo 1 >ipv6/conf/$i/disable_ipv6
                echo 0 >ipv4/conf/$i/rp_filter
                echo 1 >ipv4/conf/$i/arp_ignore
                echo 2 >ipv4/conf/$i/arp_announce
            done
            echo "1024 65000" >ipv4/ip_local_port_range
            echo 1 >ipv4/tcp_tw_reuse
            echo 1 >ipv4/tcp_no_metrics_save
            echo 0 >ipv4/ip_forward
            echo 1 >mptcp/enabled
            echo 16384 >core/somaxconn
            echo 16384 >ipv4/tcp_max_syn_backlog
            ip link set dev lo up
            """;
}
