package io.mptcplb.controlplane.app;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;

/** A laboratory with the real box in its middle, and a supervised agent beside it. */
final class AgentLab implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final Lab lab;
    final Path state;
    final Path file;
    LabBox box;
    private final LbConfig config;
    private final LabProcess supervisor;

    /**
     * @param policies the configuration's policies, as a block; empty for none
     */
    private AgentLab(LabOptions options, String policies) throws Exception {
        lab = Lab.build(options);
        try {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            state = Files.createDirectories(lab.directory().resolve("box"));
            String first = policies.isEmpty() ? text("") : withPolicies(policies);
            file = Files.writeString(lab.directory().resolve("lb.yaml"), first);
            config = compiled(first, 1);
            box = LabBox.start(lab, config, LabBox::cold);
            supervisor = lab.closing(lab.box().start("agent", agent()));
            awaitLive();
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    static AgentLab open(LabOptions options) throws Exception {
        return new AgentLab(options, "");
    }

    static AgentLab open(LabOptions options, String policies) throws Exception {
        return new AgentLab(options, policies);
    }

    /** What a text of {@link #text} or {@link #withPolicies} is for the dataplane. */
    static LbConfig compiled(String text, long generation) {
        if (LbYaml.compile("lb.yaml", text, generation) instanceof Compilation.Compiled compiled) {
            return compiled.config();
        }
        throw new IllegalArgumentException(LbYaml.compile("lb.yaml", text, generation).toString());
    }

    /**
     * The laboratory's configuration.
     *
     * @param mptcp what the virtual server says of MPTCP, as a flow mapping's inside
     */
    String text(String mptcp) {
        return text("mptcp: {" + mptcp + "}", "");
    }

    /** The laboratory's configuration where policies say it all, as a block. */
    String withPolicies(String policies) {
        return text("timeouts: {}", policies);
    }

    private String text(String server, String policies) {
        String driver = lab.options().driver().text();
        return """
        ports:
          - {name: p1, driver: %1$s, device: p1, role: client, addresses: [%2$s/24]}
          - {name: p2, driver: %1$s, device: p2, role: client, addresses: [%3$s/24]}
          - {name: b1, driver: %1$s, device: b1, role: backend, addresses: [%4$s/24]}
        virtualServers:
          - name: service
            addresses: [%2$s, %3$s]
            port: %5$d
            pool: servers
            %6$s
        pools:
          - {name: servers, backends: [{name: server-1, address: %7$s, port: %8$d}]}
        %9$s
        """
                .formatted(
                        driver,
                        LabAddresses.BOX_1,
                        LabAddresses.BOX_2,
                        LabAddresses.BOX_BACKEND,
                        LabAddresses.SERVICE_PORT,
                        server,
                        LabAddresses.BACKEND,
                        LabAddresses.BACKEND_PORT,
                        policies);
    }

    private List<String> agent() {
        return List.of(
                // It listens where this process is, as its box's namespace is not ours.
                "nsenter",
                "--net=/proc/" + ProcessHandle.current().pid() + "/ns/net",
                "env",
                "MPTCP_LB_SUPERVISED=agent",
                Path.of("../../lb-dataplane/app/src/main/scripts/supervise")
                        .toAbsolutePath()
                        .normalize()
                        .toString(),
                state.resolve("agent").toString(),
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "agent",
                "--config",
                file.toString(),
                "--state",
                state.toString(),
                "--admin-port",
                "0");
    }

    /** A box as after a crash: it serves what it had. */
    void startBoxAgain() throws IOException {
        box = LabBox.start(lab, config, LabBox::cold);
    }

    long agentProcess() throws IOException {
        return Long.parseLong(Files.readString(state.resolve("agent/pid")).strip());
    }

    /** SIGKILL for whoever would start the agent again, then for the agent. */
    void killForGood() throws IOException {
        long agent = agentProcess();
        supervisor.kill();
        ProcessHandle.of(agent).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Stops the agent where it is, or lets it go on. */
    void freeze(boolean frozen) throws IOException {
        lab.box().run("kill", frozen ? "-STOP" : "-CONT", Long.toString(agentProcess()));
    }

    /** The sum of the samples of a metric that the agent serves; empty when it does not answer. */
    OptionalDouble metric(String name) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String url = Files.readString(state.resolve("agent.url")).strip();
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url).resolve("/metrics"))
                            .timeout(Duration.ofSeconds(2))
                            .build();
            String body = http.send(request, BodyHandlers.ofString()).body();
            return OptionalDouble.of(
                    body.lines()
                            .filter(line -> line.startsWith(name))
                            .filter(line -> " {".indexOf(line.charAt(name.length())) >= 0)
                            .mapToDouble(AgentLab::sample)
                            .sum());
        } catch (IOException e) {
            return OptionalDouble.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        }
    }

    private static double sample(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
    }

    /** What the agent has said since it was first started. */
    List<String> agentSaid() {
        return supervisor.lines();
    }

    void awaitSaid(String part) throws IOException {
        LabEvents.await(
                "the agent says " + part,
                LIMIT,
                () -> agentSaid().stream().anyMatch(line -> line.contains(part)));
    }

    void awaitLive() throws IOException {
        LabEvents.await("the agent is live", LIMIT, this::isLive);
    }

    boolean isLive() {
        Said said = lbctl("status", "-o", "json");
        return said.status() == 0
                && new JsonObject(said.out())
                        .getJsonObject("dataplane")
                        .getString("state")
                        .equals("live");
    }

    record Said(int status, String out, String err) {}

    Said lbctl(String... words) {
        try {
            String url = Files.readString(state.resolve("agent.url")).strip();
            List<String> all = new ArrayList<>(List.of("ctl"));
            all.addAll(Arrays.asList(words));
            all.addAll(List.of("--agent", url));
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine commandLine = Main.commandLine();
            commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
            int status = commandLine.execute(all.toArray(String[]::new));
            return new Said(status, out.toString(), err.toString());
        } catch (IOException e) {
            return new Said(Main.UNAVAILABLE, "", e.toString());
        }
    }

    /** Starts a plan; the scenario goes on beside it. */
    CompletableFuture<LoadReport> aside(LoadPlan plan) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return lab.client().call(() -> LoadClient.run(plan));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().name("aside").daemon().start(task));
    }

    /** The same plan again and again, so that there is load for as long as a scenario takes. */
    CompletableFuture<List<LoadReport>> repeated(LoadPlan plan, AtomicBoolean enough) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<LoadReport> reports = new ArrayList<>();
                    while (!enough.get()) {
                        reports.add(aside(plan).join());
                    }
                    return reports;
                },
                task -> Thread.ofPlatform().name("repeated").daemon().start(task));
    }

    static LoadPlan download(long bytes) {
        return LoadPlan.download(LabAddresses.service(), bytes);
    }

    @Override
    public void close() {
        lab.close();
    }
}
