package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What becomes of a virtual address when the node that announces it is gone: another one announces
 * it, and clients learn of that by a gratuitous ARP.
 *
 * @param release whose operator decides it
 */
record NodeLoss(Kubernetes kubernetes, LocalCluster cluster, Client client, String release) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LEADERSHIP = "lease/mptcplb-operator";

    /** The node that announces the address. */
    String announcer(String address) throws IOException {
        String nodes = "{range .items[*]}{.metadata.name} {.spec.announces}{\"\\n\"}{end}";
        return kubernetes
                .kubectl(
                        "--namespace",
                        release,
                        "get",
                        "dataplanenodes",
                        "--output",
                        "jsonpath=" + nodes)
                .lines()
                .filter(line -> line.contains('"' + address + '"'))
                .map(line -> line.split(" ", 2)[0])
                .findFirst()
                .orElseThrow(() -> new WalkException("nobody announces " + address));
    }

    /**
     * Milliseconds from the node's last word to the client's knowing of another one. The node is
     * none where the leading operator runs: its lease would have to end first.
     */
    long take(String node, String address) throws IOException {
        leadElsewhere(node);
        String before = client.neighbour(address);
        long startNanos = System.nanoTime();
        cluster.cut(node);
        LabEvents.await(
                "another node announces " + address,
                LIMIT,
                () -> !List.of("", before).contains(client.neighbour(address)));
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    /** Puts the node back; who had its addresses meanwhile keeps them. */
    void giveBack(String node) throws IOException {
        cluster.mend(node);
        kubernetes.kubectl("wait", "--for=condition=Ready", "node/" + node, "--timeout=120s");
    }

    private void leadElsewhere(String node) throws IOException {
        LabEvents.await(
                "the leading operator is elsewhere",
                LIMIT,
                () -> {
                    String leader = kubernetes.field(release, LEADERSHIP, "{.spec.holderIdentity}");
                    String its = kubernetes.field(release, "pod/" + leader, "{.spec.nodeName}");
                    if (its.equals(node)) {
                        kubernetes.kubectl("--namespace", release, "delete", "pod", leader);
                    }
                    return !List.of("", node).contains(its);
                });
    }
}
