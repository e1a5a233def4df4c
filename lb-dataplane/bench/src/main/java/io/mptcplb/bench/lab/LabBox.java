package io.mptcplb.bench.lab;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.contract.PortRole;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our box in a laboratory: a process of its own on p1, p2 and b1, whose addresses the kernel of its
 * namespace does not have.
 */
public final class LabBox implements AutoCloseable {
    private static final String MAIN = "io.mptcplb.app.Main";
    private static final String JVM_OPTIONS = "lb-dataplane/app/src/main/scripts/jvm.options";
    private static final String CLASS_PATH = "MPTCP_LB_DATAPLANE_CLASS_PATH";
    private static final String ARCHIVE = "MPTCP_LB_DATAPLANE_ARCHIVE";
    private static final String WORKERS_PROPERTY = "mptcplb.lab.workers";
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final LabProcess process;
    private final Path counters;

    private LabBox(LabProcess process, Path counters) {
        this.process = process;
        this.counters = counters;
    }

    /**
     * What {@link #start} runs with: both paths, one backend, joins welcome. So many workers as
     * -Dmptcplb.lab.workers says, so that every scenario can be had with several.
     */
    public static LbConfig config(MptcpConfig mptcp) {
        return config(
                mptcp,
                List.of(LabAddresses.BOX_1),
                List.of(LabAddresses.BOX_2),
                List.of(LabAddresses.BOX_BACKEND),
                LabAddresses.BACKEND);
    }

    /**
     * The same in a {@link LabOptions#dualStack} lab: both families on every port.
     *
     * @param backend one of the server's addresses
     */
    public static LbConfig dualConfig(MptcpConfig mptcp, String backend) {
        return config(
                mptcp,
                List.of(LabAddresses.BOX_1, LabAddresses.BOX_1_V6),
                List.of(LabAddresses.BOX_2, LabAddresses.BOX_2_V6),
                List.of(LabAddresses.BOX_BACKEND, LabAddresses.BOX_BACKEND_V6),
                backend);
    }

    private static LbConfig config(
            MptcpConfig mptcp,
            List<String> first,
            List<String> second,
            List<String> towardsBackend,
            String backend) {
        return new LbConfig(
                1,
                workers(Integer.getInteger(WORKERS_PROPERTY, 1)),
                BufferConfig.defaults(),
                SizeConfig.defaults(),
                List.of(
                        port("p1", PortRole.CLIENT, first),
                        port("p2", PortRole.CLIENT, second),
                        port("b1", PortRole.BACKEND, towardsBackend)),
                List.of(
                        new VirtualServerConfig(
                                "service",
                                Stream.concat(first.stream(), second.stream())
                                        .map(IpAddress::parse)
                                        .toList(),
                                LabAddresses.SERVICE_PORT,
                                "servers",
                                mptcp,
                                TimeoutConfig.defaults(),
                                SizeConfig.defaults().maxConnections())),
                List.of(
                        new PoolConfig(
                                "servers",
                                Balance.ROUND_ROBIN,
                                List.of(
                                        new BackendConfig(
                                                "server-1",
                                                IpAddress.parse(backend),
                                                LabAddresses.BACKEND_PORT,
                                                1)))));
    }

    /** The same configuration with another number of workers. */
    public static LbConfig withWorkers(LbConfig config, int count) {
        return new LbConfig(
                config.generation(),
                workers(count),
                config.buffers(),
                config.sizes(),
                config.ports(),
                config.virtualServers(),
                config.pools());
    }

    private static WorkerConfig workers(int count) {
        WorkerConfig usual = WorkerConfig.defaults();
        return new WorkerConfig(count, usual.idle(), usual.cores());
    }

    /** Starts the box; returns when it serves. */
    public static LabBox start(Lab lab, LbConfig config) throws IOException {
        return start(lab, config, command -> command);
    }

    /**
     * As {@link #start(Lab, LbConfig)}.
     *
     * @param change of the command line, for a debugger or a profiler
     */
    public static LabBox start(Lab lab, LbConfig config, UnaryOperator<List<String>> change)
            throws IOException {
        return start(lab, lab.box(), "box", config, change);
    }

    /**
     * As {@link #start(Lab, LbConfig)}, in another namespace than the box's: one more box.
     *
     * @param name of the process and its state directory
     */
    public static LabBox start(
            Lab lab,
            LabNamespace where,
            String name,
            LbConfig config,
            UnaryOperator<List<String>> change)
            throws IOException {
        Path state = Files.createDirectories(lab.directory().resolve(name));
        Path snapshot = state.resolve("config.last");
        ConfigFile.write(snapshot, withDriver(config, lab.options().driver()));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "@" + jvmOptions(System.getenv()),
                                "-Xms" + HeapSize.megabytes(config) + "m",
                                "-Xmx" + HeapSize.megabytes(config) + "m",
                                "-XX:ErrorFile=" + state.resolve("hs_err.log")));
        @Nullable String archive = System.getenv(ARCHIVE);
        if (archive != null) {
            command.add("-XX:AOTCache=" + archive);
        }
        command.addAll(
                List.of(
                        "-cp",
                        classPath(System.getenv()),
                        MAIN,
                        "--config",
                        snapshot.toString(),
                        "--state",
                        state.toString()));
        LabProcess process = where.start(name, change.apply(command));
        process.awaitLine("serving configuration", READY_LIMIT);
        return new LabBox(process, state.resolve("counters"));
    }

    /** For {@link #start}: no rehearsal, as after a crash; what is judged is not how fast it is. */
    public static List<String> cold(List<String> command) {
        List<String> words = new ArrayList<>(command);
        words.add("--no-warm-up");
        return words;
    }

    /**
     * The same with every port of a kernel device opened by {@code driver}; one other than {@code
     * packet} has one queue, for one worker.
     */
    private static LbConfig withDriver(LbConfig config, PortDriver driver) {
        int workers = driver == PortDriver.PACKET ? config.workers().count() : 1;
        List<PortConfig> ports =
                config.ports().stream().map(port -> withDriver(port, driver)).toList();
        return withWorkers(config, workers).withPorts(ports);
    }

    private static PortConfig withDriver(PortConfig port, PortDriver driver) {
        PortDevice device = port.device();
        if (port.sharesKernelAddress()) {
            return port;
        }
        return port.withDevice(
                new PortDevice(
                        driver,
                        device.name(),
                        device.mtuBytes(),
                        device.mac(),
                        device.queueFrames(),
                        device.vlan()));
    }

    public LabProcess process() {
        return process;
    }

    /** Where the box is told what to do. */
    public Path controlSocket() {
        return counters.resolveSibling("control.sock");
    }

    /** The file that {@link io.mptcplb.contract.CounterReader} reads. */
    public Path counters() {
        return counters;
    }

    /** SIGTERM, and SIGKILL after 3 s. */
    @Override
    public void close() {
        process.close();
    }

    /** The options that every dataplane runs with: of the source tree that we are in. */
    private static Path jvmOptions(Map<String, String> environment) throws IOException {
        Path named = Path.of(environment.getOrDefault("MPTCP_LB_ROOT", "."));
        for (Path at = named.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            Path options = at.resolve(JVM_OPTIONS);
            if (Files.isReadable(options)) {
                return options;
            }
        }
        throw new LabException("there is no " + JVM_OPTIONS + " above " + named.toAbsolutePath());
    }

    /** The dataplane's classes: of this JVM if it has them, else as ./lb has built them. */
    private static String classPath(Map<String, String> environment) throws IOException {
        try {
            Class.forName(MAIN, false, LabBox.class.getClassLoader());
            return System.getProperty("java.class.path");
        } catch (ClassNotFoundException e) {
            @Nullable String built = environment.get(CLASS_PATH);
            if (built == null) {
                throw new LabException(
                        "no " + CLASS_PATH + ": start this through ./lb, which builds it");
            }
            return built;
        }
    }

    private static PortConfig port(String device, PortRole role, List<String> addresses) {
        return new PortConfig(
                device,
                PortDevice.packet(device),
                role,
                0,
                addresses.stream().map(LabBox::onItsLink).toList(),
                List.of());
    }

    private static IpPrefix onItsLink(String address) {
        int bits =
                address.indexOf(':') < 0 ? LabAddresses.PREFIX_BITS : LabAddresses.PREFIX_BITS_V6;
        return IpPrefix.parse(address + "/" + bits);
    }
}
