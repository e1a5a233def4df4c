package io.mptcplb.controlplane.agent.grafana;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.VirtualServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A real box with a real client, set up so that all can happen to it that the dashboards name: a
 * backend that refuses, a virtual server without MPTCP, one without joins, one without backend.
 */
final class FaultyBox implements AutoCloseable {
    static final int WEB = LabAddresses.SERVICE_PORT;
    static final int PLAIN = WEB + 1;
    static final int SINGLE = WEB + 2;
    static final int EMPTY = WEB + 3;

    final Lab lab;
    private LabBox box;

    private FaultyBox(Lab lab) throws Exception {
        this.lab = lab;
        lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
        box = LabBox.start(lab, config());
    }

    static FaultyBox open() throws Exception {
        Lab lab = Lab.build(LabOptions.named("grafana").pathMbit(30, 20));
        try {
            return new FaultyBox(lab);
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    private static LbConfig config() {
        LbConfig usual = LabBox.config(MptcpConfig.defaults());
        AdvertiseConfig second =
                new AdvertiseConfig(1, "p2", IpAddress.parse(LabAddresses.BOX_2), 0);
        return new LbConfig(
                usual.generation(),
                usual.workers(),
                usual.buffers(),
                usual.sizes(),
                usual.ports(),
                List.of(
                        server("web", WEB, "servers", joins(2, second)),
                        server(
                                "plain",
                                PLAIN,
                                "servers",
                                new MptcpConfig(false, true, false, 0, List.of(), List.of())),
                        server("single", SINGLE, "servers", joins(0)),
                        server("empty", EMPTY, "nobody", joins(2))),
                List.of(
                        pool(
                                "servers",
                                backend("server-1", LabAddresses.BACKEND_PORT, 1),
                                backend("refusing", LabAddresses.BACKEND_PORT + 1, 1)),
                        pool("nobody", backend("server-0", LabAddresses.BACKEND_PORT, 0))));
    }

    private static MptcpConfig joins(int maxSubflows, AdvertiseConfig... advertise) {
        return new MptcpConfig(true, true, false, maxSubflows, List.of(advertise), List.of());
    }

    private static VirtualServerConfig server(
            String name, int port, String pool, MptcpConfig mptcp) {
        VirtualServerConfig usual =
                LabBox.config(MptcpConfig.defaults()).virtualServers().getFirst();
        return new VirtualServerConfig(
                name,
                usual.addresses(),
                port,
                pool,
                mptcp,
                usual.timeouts(),
                usual.maxConnections());
    }

    private static PoolConfig pool(String name, BackendConfig... backends) {
        return new PoolConfig(
                name,
                LabBox.config(MptcpConfig.defaults()).pools().getFirst().balance(),
                List.of(backends));
    }

    private static BackendConfig backend(String name, int port, int weight) {
        return new BackendConfig(name, IpAddress.parse(LabAddresses.BACKEND), port, weight);
    }

    Path counters() {
        return box.counters();
    }

    InetSocketAddress service(int port) {
        return LabAddresses.socket(LabAddresses.BOX_1, port);
    }

    LoadReport run(LoadPlan plan) throws Exception {
        return lab.client().call(() -> LoadClient.run(plan));
    }

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

    /** The process is killed: nothing is written, nobody is told. */
    void kill() throws IOException {
        box.process().kill();
    }

    void startAgain() throws IOException {
        box = LabBox.start(lab, config());
    }

    @Override
    public void close() {
        lab.close();
    }
}
