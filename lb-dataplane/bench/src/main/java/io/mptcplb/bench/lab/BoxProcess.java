package io.mptcplb.bench.lab;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortRole;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The real dataplane, as a process of its own in the box's namespace: what users run, over
 * net_af_packet on the lab's interfaces.
 */
public final class BoxProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String MAIN = "io.mptcplb.app.Main";

    private final LabProcess process;
    private final Path counters;

    private BoxProcess(LabProcess process, Path counters) {
        this.process = process;
        this.counters = counters;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param classPath where the dataplane's classes are; tests of the app pass their own
     * @param options for the JVM, such as {@code -Xlog:gc}
     */
    public static BoxProcess start(Lab lab, LbConfig config, String classPath, List<String> options)
            throws IOException {
        Path snapshot = lab.directory().resolve("config.last");
        Path counters = lab.directory().resolve("counters");
        ConfigFile.write(snapshot, config);
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xms256m",
                        "-Xmx256m"));
        command.addAll(options);
        command.addAll(
                List.of(
                        "-cp",
                        classPath,
                        MAIN,
                        "--config",
                        snapshot.toString(),
                        "--counters",
                        counters.toString()));
        LabProcess process = lab.box().start("box", command);
        process.awaitLine("serving configuration", START_LIMIT);
        return new BoxProcess(process, counters);
    }

    /** As above, with the lab's own configuration and with assertions on. */
    public static BoxProcess start(Lab lab) throws IOException {
        return start(
                lab,
                labConfig(TimeoutConfig.defaults(), MptcpConfig.defaults()),
                System.getProperty("java.class.path", ""),
                List.of("-ea", "-Dmptcplb.checked=true"));
    }

    /**
     * {@link LabAddresses#service} in front of {@link LabAddresses#backend}, over the lab's three
     * interfaces.
     */
    public static LbConfig labConfig(TimeoutConfig timeouts, MptcpConfig mptcp) {
        return config(
                timeouts,
                mptcp,
                List.of(
                        new BackendConfig(
                                "s1",
                                IpAddress.parse(LabAddresses.BACKEND),
                                LabAddresses.BACKEND_PORT,
                                1)));
    }

    /** As {@link #labConfig} with backends of the caller's choice. */
    public static LbConfig config(
            TimeoutConfig timeouts, MptcpConfig mptcp, List<BackendConfig> backends) {
        return new LbConfig(
                1,
                WorkerConfig.defaults(),
                BufferConfig.defaults(),
                SizeConfig.defaults(),
                List.of(
                        port("isp-a", "p1", PortRole.CLIENT, LabAddresses.BOX_1),
                        port("isp-b", "p2", PortRole.CLIENT, LabAddresses.BOX_2),
                        port("lan", "b1", PortRole.BACKEND, LabAddresses.BOX_BACKEND)),
                List.of(
                        new VirtualServerConfig(
                                "web",
                                List.of(IpAddress.parse(LabAddresses.BOX_1)),
                                LabAddresses.SERVICE_PORT,
                                "servers",
                                mptcp,
                                timeouts,
                                SizeConfig.defaults().maxConnections())),
                List.of(new PoolConfig("servers", Balance.ROUND_ROBIN, backends)));
    }

    private static PortConfig port(String name, String device, PortRole role, String address) {
        return new PortConfig(
                name,
                PortDevice.afPacket(device),
                role,
                0,
                List.of(new IpPrefix(IpAddress.parse(address), LabAddresses.PREFIX_BITS)),
                List.of());
    }

    public LabProcess process() {
        return process;
    }

    /** The counter file that it publishes into. */
    public Path counters() {
        return counters;
    }

    @Override
    public void close() {
        process.close();
    }
}
