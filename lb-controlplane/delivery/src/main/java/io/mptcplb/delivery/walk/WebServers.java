package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What Services stand for: a Deployment of web servers, in a namespace with theirs. */
final class WebServers {
    static final String NAMESPACE = "walk";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Installation installation;
    private final Kubernetes kubernetes;

    WebServers(Installation installation) {
        this.installation = installation;
        this.kubernetes = installation.kubernetes();
    }

    /** Creates the namespace and two servers. */
    void create() throws IOException {
        kubernetes.apply(Resources.text("servers.yaml").replace("TAG", installation.site().tag()));
    }

    /** Waits until all of them are ready. */
    void rolledOut() throws IOException {
        own("rollout", "status", "deployment/web", "--timeout=" + LIMIT.toSeconds() + "s");
    }

    List<String> pods() throws IOException {
        return List.of(
                own("get", "pods", "--output", "jsonpath={.items[*].metadata.name}").split(" "));
    }

    /** Changes how many there are, and waits until clients of the only Service reach those. */
    void scale(int replicas) throws IOException {
        own("scale", "deployment/web", "--replicas=" + replicas);
        awaitReached(replicas);
    }

    /** Waits until clients of the only Service reach so many. */
    void awaitReached(int number) throws IOException {
        LabEvents.await("backends: " + number, LIMIT, () -> reached() == number);
    }

    /** Members that take new sessions. */
    private long reached() throws IOException {
        String weights =
                installation.field(
                        "dataplaneendpoints/edge", "{.spec.pools[*].backends[*].weight}");
        return NUMBER.matcher(weights)
                .results()
                .filter(weight -> !weight.group().equals("0"))
                .count();
    }

    /**
     * Deletes them, and all Services in their namespace. Their pods' ends are not waited for: a
     * kubelet that has lost the API server returns to it late.
     */
    void delete() throws IOException {
        kubernetes.kubectl("delete", "namespace", NAMESPACE, "--wait=false");
        own("delete", "pods", "--all", "--force", "--grace-period=0");
        kubernetes.kubectl("wait", "--for=delete", "namespace/" + NAMESPACE, "--timeout=300s");
    }

    private String own(String... words) throws IOException {
        return kubernetes.kubectlIn(NAMESPACE, words);
    }
}
