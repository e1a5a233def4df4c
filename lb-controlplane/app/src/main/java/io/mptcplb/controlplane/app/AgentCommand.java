package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.agent.Agent;
import io.mptcplb.controlplane.agent.AgentOptions;
import io.mptcplb.controlplane.agent.config.TextFile;
import io.mptcplb.controlplane.agent.kubernetes.NodeIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the agent beside a dataplane until it is told to end. */
@Command(
        name = "agent",
        description = "Runs the agent of a box: policy, admin API, metrics.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"69:the admin API cannot listen"})
final class AgentCommand implements Callable<Integer> {
    private static final long START_SECONDS_MAX = 30;
    private static final long CLOSE_SECONDS_MAX = 3;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration to watch, such as lb.yaml.")
    private @Nullable Path config;

    @Option(
            names = "--kubernetes",
            description = "The configuration is what the resources of this node say.")
    private boolean kubernetes;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            defaultValue = "",
            description = "With --kubernetes: the node, which names our DataplaneNode.")
    private String node = "";

    @Option(
            names = "--load-balancer",
            paramLabel = "NAME",
            defaultValue = "",
            description = "With --kubernetes: the LoadBalancer that this dataplane belongs to.")
    private String loadBalancer = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "",
            description = "With --kubernetes: where the operator's own objects are.")
    private String namespace = "";

    @Option(
            names = "--pod",
            paramLabel = "NAME",
            defaultValue = "",
            description = "With --kubernetes: our pod, for the status.")
    private String pod = "";

    @Option(
            names = "--state",
            required = true,
            paramLabel = "DIRECTORY",
            description = "The state directory of the dataplane.")
    private Path state = Path.of("");

    @Option(
            names = "--admin-host",
            paramLabel = "ADDRESS",
            defaultValue = AgentOptions.HTTP_HOST,
            description = "Where the admin API listens, default ${DEFAULT-VALUE}.")
    private String httpHost = AgentOptions.HTTP_HOST;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "" + AgentOptions.HTTP_PORT,
            description = "Its TCP port, default ${DEFAULT-VALUE}; 0 for any free one.")
    private int httpPort = AgentOptions.HTTP_PORT;

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter errors = spec.commandLine().getErr();
        if (httpPort < 0 || httpPort > 65_535) {
            errors.println("--admin-port: 0 to 65535");
            return Main.USAGE;
        }
        boolean named = !node.isEmpty() && !loadBalancer.isEmpty() && !namespace.isEmpty();
        if (kubernetes ? config != null || !named : config == null) {
            errors.println(
                    "either --config FILE, or --kubernetes with --node, --load-balancer and"
                            + " --namespace");
            return Main.USAGE;
        }
        try {
            // A pod's volume is everybody's, and the control socket wants a directory that is not.
            Files.createDirectories(state);
        } catch (IOException e) {
            errors.println("--state: cannot make " + state + ": " + e.getMessage());
            return Main.CANNOT_CREATE;
        }
        Agent agent;
        try {
            agent = Agent.start(options(), this::say).await(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException | RuntimeException e) {
            errors.println("--admin-port: cannot listen on " + httpPort + ": " + e.getMessage());
            return Main.UNAVAILABLE;
        }
        String url = "http://" + httpHost + ":" + agent.httpPort();
        try {
            TextFile.replace(state.resolve(AgentOptions.URL_FILE), url + "\n");
        } catch (IOException e) {
            // Whoever looks for the agent there is told to name it.
            errors.println("cannot write " + state.resolve(AgentOptions.URL_FILE) + ": " + e);
        }
        say("admin API at " + url);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> close(agent)));
        ended.await();
        return Main.OK;
    }

    /** In the JVM's shutdown: whoever counts on us is told, if that does not take long. */
    private void close(Agent agent) {
        try {
            agent.close().await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException | RuntimeException e) {
            say("ended without a word to all: " + e);
        }
        ended.countDown();
    }

    private AgentOptions options() {
        return config == null
                ? AgentOptions.onKubernetes(
                        state,
                        httpHost,
                        httpPort,
                        new NodeIdentity(namespace, node, loadBalancer, pod))
                : new AgentOptions(state, config, httpHost, httpPort);
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
