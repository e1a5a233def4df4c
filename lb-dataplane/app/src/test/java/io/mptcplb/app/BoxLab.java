package io.mptcplb.app;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A laboratory with our box in its middle and the load tool's server behind it. */
final class BoxLab implements AutoCloseable {

    private static final long CONNECT_MILLIS = 10_000;

    final Lab lab;
    final LoadServer server;
    final LabBox box;
    final BoxFigures figures;

    private BoxLab(
            LabOptions options,
            LbConfig config,
            LoadServer.OnAccept onAccept,
            UnaryOperator<List<String>> change)
            throws Exception {
        lab = Lab.build(options);
        try {
            server =
                    lab.closing(
                            lab.backend()
                                    .call(() ->
                                            LoadServer.start(
                                                    listening(config),
                                                    false,
                                                    onAccept,
                                                    line -> {})));
            box = LabBox.start(lab, config, change);
            figures = new BoxFigures(box);
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    /** The server's address of the family that the box is to use, or all if it uses both. */
    private static InetSocketAddress listening(LbConfig config) {
        List<Boolean> families =
                config.pools().stream()
                        .flatMap(pool -> pool.backends().stream())
                        .map(backend -> backend.address().isV4())
                        .distinct()
                        .toList();
        if (families.size() > 1) {
            return LabAddresses.socket("::", LabAddresses.BACKEND_PORT);
        }
        return families.getFirst() ? LabAddresses.backend() : LabAddresses.backendV6();
    }

    static BoxLab open(LabOptions options) throws Exception {
        return open(options, LabBox.config(MptcpConfig.defaults()), LoadServer.OnAccept.SERVE);
    }

    static BoxLab open(LabOptions options, LbConfig config, LoadServer.OnAccept onAccept)
            throws Exception {
        return new BoxLab(options, config, onAccept, BoxLab::checked);
    }

    /** The box's command line changed, its checks on. */
    static BoxLab open(LabOptions options, LbConfig config, UnaryOperator<List<String>> change)
            throws Exception {
        return new BoxLab(
                options,
                config,
                LoadServer.OnAccept.SERVE,
                command -> change.apply(checked(command)));
    }

    /** As a user runs it, without checks; classes in {@code first} take the place of ours. */
    static BoxLab openUnchecked(LabOptions options, LbConfig config, Path first) throws Exception {
        return new BoxLab(
                options, config, LoadServer.OnAccept.SERVE, command -> withClasses(command, first));
    }

    private static List<String> withClasses(List<String> command, Path first) {
        List<String> words = new ArrayList<>(command);
        int classPath = words.indexOf("-cp") + 1;
        words.set(classPath, first + File.pathSeparator + words.get(classPath));
        return words;
    }

    /** The lab's configuration with other timeouts. */
    static LbConfig config(TimeoutConfig timeouts) {
        return config(timeouts, LabBox.config(MptcpConfig.defaults()).pools());
    }

    /** The lab's configuration with backends of the caller's choice. */
    static LbConfig config(List<BackendConfig> backends) {
        PoolConfig pool = LabBox.config(MptcpConfig.defaults()).pools().getFirst();
        return config(
                TimeoutConfig.defaults(),
                List.of(new PoolConfig(pool.name(), pool.balance(), backends)));
    }

    private static LbConfig config(TimeoutConfig timeouts, List<PoolConfig> pools) {
        LbConfig lab = LabBox.config(MptcpConfig.defaults());
        VirtualServerConfig server = lab.virtualServers().getFirst();
        return new LbConfig(
                lab.generation(),
                lab.workers(),
                lab.buffers(),
                lab.sizes(),
                lab.ports(),
                List.of(
                        new VirtualServerConfig(
                                server.name(),
                                server.addresses(),
                                server.port(),
                                server.pool(),
                                server.mptcp(),
                                timeouts,
                                server.maxConnections())),
                pools);
    }

    /** Assertions and checked memory accesses on, behind the command's first word. */
    private static List<String> checked(List<String> command) {
        List<String> words = LabBox.cold(command);
        words.addAll(1, List.of("-ea", "-Dmptcplb.checked=true"));
        return words;
    }

    LoadReport run(LoadPlan plan) throws Exception {
        return lab.client().call(() -> LoadClient.run(plan));
    }

    /** Starts a plan on a thread of its own: any number run at once. */
    CompletableFuture<LoadReport> aside(LoadPlan plan) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return run(plan);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().name("aside").daemon().start(task));
    }

    /** A plain connection from the client, closed with the lab. */
    StreamSocket connect() throws Exception {
        return connect(false);
    }

    /** A connection from the client, MPTCP or plain, closed with the lab. */
    StreamSocket connect(boolean mptcp) throws Exception {
        return lab.closing(
                lab.client()
                        .call(() ->
                                StreamSocket.connect(
                                        mptcp, null, LabAddresses.service(), CONNECT_MILLIS)));
    }

    @Override
    public void close() {
        figures.close();
        lab.close();
    }
}
