package io.mptcplb.operator;

import io.fabric8.kubernetes.client.Config;
import io.mptcplb.api.ApiServer;
import io.mptcplb.api.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An operator as a process of its own: kubeconfig, namespace, identity, seconds of the Lease, node.
 */
final class OperatorMain {
    private static final int REQUEST_MILLIS = 10_000;

    private OperatorMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Config config = Config.fromKubeconfig(Files.readString(Path.of(args[0])));
        OperatorOptions options =
                new OperatorOptions(
                        args[1],
                        args[2],
                        args[4],
                        "127.0.0.1",
                        0,
                        Duration.ofSeconds(Long.parseLong(args[3])),
                        Reach.PATIENCE);
        new OperatorTerms(() -> ApiServer.connect(config, REQUEST_MILLIS), options, operator -> {})
                .run();
    }
}
