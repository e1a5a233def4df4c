package io.mptcplb.controlplane.agent.grafana;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.controlplane.agent.AgentOptions;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final Path file;
    private LabBox box;

    private FaultyBox(Lab lab) throws Exception {
        this.lab = lab;
        lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
        file = Files.writeString(lab.directory().resolve("lb.yaml"), text(lab));
        box = LabBox.start(lab, config(), LabBox::cold);
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

    /** As the agent reads it: it finds that the box has what the file says. */
    private static String text(Lab lab) {
        return """
        ports:
          - {name: p1, device: p1, driver: %1$s, role: client, addresses: [192.0.2.1/24]}
          - {name: p2, device: p2, driver: %1$s, role: client, addresses: [198.51.100.1/24]}
          - {name: b1, device: b1, driver: %1$s, role: backend, addresses: [203.0.113.1/24]}
        virtualServers:
          - name: web
            addresses: [192.0.2.1, 198.51.100.1]
            port: 5001
            pool: servers
            mptcp: {maxSubflows: 2, advertise: [{port: p2}]}
          - name: plain
            addresses: [192.0.2.1]
            port: 5002
            pool: servers
            mptcp: {enabled: false}
          - name: single
            addresses: [192.0.2.1]
            port: 5003
            pool: servers
            mptcp: {maxSubflows: 0}
          - {name: empty, addresses: [192.0.2.1], port: 5004, pool: nobody}
        pools:
          - name: servers
            backends:
              - {name: server-1, address: 203.0.113.10, port: 6001}
              - {name: refusing, address: 203.0.113.10, port: 6002}
          - name: nobody
            backends: [{name: server-0, address: 203.0.113.10, port: 6001, weight: 0}]
        """
                .formatted(lab.options().driver().text());
    }

    private LbConfig config() throws IOException {
        Compilation compilation = LbYaml.compile("lb.yaml", Files.readString(file), 1);
        if (compilation instanceof Compilation.Compiled compiled) {
            return compiled.config();
        }
        throw new IllegalStateException(compilation.toString());
    }

    /** Where an agent finds the box, and its configuration. */
    AgentOptions agentOptions() {
        return new AgentOptions(counters().getParent(), file, AgentOptions.HTTP_HOST, 0);
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
        box = LabBox.start(lab, config(), LabBox::cold);
    }

    @Override
    public void close() {
        lab.close();
    }
}
