package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A Service of the web servers that our fleet serves, and a policy of the same name for it. */
final class WebService {
    private static final int PORT = 80;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long PROBE_BYTES = 1_000;

    private final Kubernetes kubernetes;
    private final Client client;
    private final String name;
    private String address = "";

    /**
     * @param kubernetes where
     * @param client who uses it
     * @param name of the Service and of its policy
     */
    WebService(Kubernetes kubernetes, Client client, String name) {
        this.kubernetes = kubernetes;
        this.client = client;
        this.name = name;
    }

    /** Both, while the API server answers. */
    void create() throws IOException {
        kubernetes.apply(Resources.text("service.yaml").replace("NAME", name));
    }

    /** Waits for the virtual address. */
    String awaitAddress() throws IOException {
        LabEvents.await(
                name + " has a virtual address",
                LIMIT,
                () -> {
                    address = field("service", "{.status.loadBalancer.ingress[0].ip}");
                    return !address.isEmpty();
                });
        return address;
    }

    /** The virtual address, once it was waited for. */
    String address() {
        return address;
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(InetAddress.ofLiteral(address), PORT);
    }

    /** Waits for the virtual address, for the policy to be in force, and for a first download. */
    void awaitServed() throws IOException {
        awaitAddress();
        awaitProgrammed();
        LabEvents.await("a client of " + name + " is served", LIMIT, this::isServed);
    }

    private boolean isServed() throws IOException {
        try {
            return download(PROBE_BYTES).get().verified();
        } catch (ExecutionException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void awaitProgrammed() throws IOException {
        LabEvents.await("the policy " + name + " is Programmed", LIMIT, this::isProgrammed);
    }

    /** The policy as it stands now, not as it stood before it was changed. */
    boolean isProgrammed() throws IOException {
        String programmed = ".status.conditions[?(@.type==\"Programmed\")]";
        String[] words =
                field(
                                "subflowpolicy",
                                "{.metadata.generation} {%1$s.observedGeneration} {%1$s.status}"
                                        .formatted(programmed))
                        .split(" ", 3);
        return words.length == 3 && words[0].equals(words[1]) && words[2].equals("True");
    }

    private String field(String kind, String path) throws IOException {
        return kubernetes.field(WebServers.NAMESPACE, kind + "/" + name, path);
    }

    CompletableFuture<LoadReport> download(long bytes) {
        return client.download(socket(), bytes);
    }

    /** A download from begin to end, every byte as it was sent. */
    LoadReport verifiedDownload(long bytes) throws IOException, InterruptedException {
        return Client.verified(download(bytes));
    }

    /** Deletes both, and waits until nothing holds the Service. */
    void delete() throws IOException {
        kubernetes.kubectlIn(
                WebServers.NAMESPACE,
                "delete",
                "service/" + name,
                "subflowpolicy/" + name,
                "--timeout=60s");
    }
}
