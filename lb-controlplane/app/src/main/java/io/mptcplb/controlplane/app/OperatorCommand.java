package io.mptcplb.controlplane.app;

import io.mptcplb.api.ApiServer;
import io.mptcplb.api.Reach;
import io.mptcplb.operator.OperatorOptions;
import io.mptcplb.operator.OperatorProcess;
import io.mptcplb.operator.OperatorTerms;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the operator until it is told to end. */
@Command(
        name = "operator",
        description = "Runs the operator of a Kubernetes cluster.",
        footer = {"", "The cluster is that of the pod, or the one that KUBECONFIG names."},
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"69:the HTTP side cannot listen"})
final class OperatorCommand implements Callable<Integer> {
    private static final int HTTP_PORT = 9465;
    private static final int REQUEST_MILLIS = 5_000;
    private static final long LEAVE_SECONDS_MAX = 10;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "${env:POD_NAMESPACE}",
            description = "Where the operator's own objects stand; default $POD_NAMESPACE.")
    private String namespace = "";

    @Option(
            names = "--identity",
            paramLabel = "NAME",
            defaultValue = "${env:POD_NAME:-${env:HOSTNAME}}",
            description = "By which it leads, one for each operator; default $POD_NAME.")
    private String identity = "";

    @Option(
            names = "--node",
            paramLabel = "NAME",
            defaultValue = "${env:NODE_NAME:-}",
            description =
                    "On which it runs, so that a leader is missed with its node; default"
                            + " $NODE_NAME.")
    private String node = "";

    @Option(
            names = "--http-host",
            paramLabel = "ADDRESS",
            defaultValue = "0.0.0.0",
            description = "Where /metrics, /healthz and /readyz are, default ${DEFAULT-VALUE}.")
    private String httpHost = "";

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + HTTP_PORT,
            description = "Their TCP port, default ${DEFAULT-VALUE}; 0 for any free one.")
    private int httpPort = HTTP_PORT;

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter errors = spec.commandLine().getErr();
        if (namespace == null || namespace.isEmpty() || identity == null || identity.isEmpty()) {
            errors.println("--namespace and --identity: say them, or set POD_NAMESPACE, POD_NAME");
            return Main.USAGE;
        }
        if (httpPort < 0 || httpPort > 65_535) {
            errors.println("--http-port: 0 to 65535");
            return Main.USAGE;
        }
        OperatorOptions options =
                new OperatorOptions(
                        namespace,
                        identity,
                        node == null ? "" : node,
                        httpHost,
                        httpPort,
                        OperatorOptions.LEASE_DURATION,
                        Reach.PATIENCE);
        try {
            OperatorTerms terms =
                    new OperatorTerms(
                            () -> ApiServer.connect(REQUEST_MILLIS), options, this::started);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> leave(terms)));
            terms.run();
            return Main.OK;
        } catch (IllegalStateException e) {
            errors.println(String.valueOf(e.getMessage()));
            return Main.UNAVAILABLE;
        } finally {
            closed.countDown();
        }
    }

    private void started(OperatorProcess operator) {
        say("http://" + httpHost + ":" + operator.httpPort() + "/readyz");
    }

    /** The process lives until its hooks have ended: as long as it takes to leave in order. */
    private void leave(OperatorTerms terms) {
        terms.end();
        try {
            var _ = closed.await(LEAVE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
