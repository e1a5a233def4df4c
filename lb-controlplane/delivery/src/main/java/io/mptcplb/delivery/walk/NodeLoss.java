package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What becomes of a virtual address when the node that announces it is gone: another one announces
 * it, and clients learn of that by a gratuitous ARP.
 *
 * @param installation whose operator decides it
 * @param cluster whose node is lost
 * @param client who learns of it
 */
record NodeLoss(Installation installation, LocalCluster cluster, Client client) {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Has another node's operator lead. */
    void leadElsewhere(String node) throws IOException {
        LabEvents.await(
                "the leading operator is elsewhere",
                LIMIT,
                () -> {
                    String its = installation.leaderNode();
                    if (its.equals(node)) {
                        installation.own(
                                "delete", "pod", installation.leader(), "--ignore-not-found");
                    }
                    return !List.of("", node).contains(its);
                });
    }

    /** Has a node's operator lead: to lose both at once is the worst that can be. */
    void leadFrom(String node) throws IOException {
        if (installation.leaderNode().equals(node)) {
            return;
        }
        List<String> others =
                installation.dataplaneNodes().stream()
                        .filter(other -> !other.equals(node))
                        .toList();
        schedule("cordon", others);
        try {
            for (String pod : installation.operatorPods()) {
                if (!pod.equals(installation.leader())) {
                    installation.own("delete", "pod", pod, "--ignore-not-found");
                }
            }
            LabEvents.await(
                    "an operator is ready on " + node,
                    LIMIT,
                    () -> installation.operatorsReadyOn(node) > 0);
        } finally {
            schedule("uncordon", others);
        }
        installation.own("delete", "pod", installation.leader(), "--ignore-not-found");
        LabEvents.await(
                "the operator on " + node + " leads",
                LIMIT,
                () -> installation.leaderNode().equals(node));
        installation.operatorsRolledOut();
    }

    private void schedule(String verb, List<String> nodes) throws IOException {
        for (String node : nodes) {
            installation.kubernetes().kubectl(verb, node);
        }
    }

    /** Milliseconds from the node's last word to the client's knowing of another one. */
    long take(String node, String address) throws IOException {
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
        installation
                .kubernetes()
                .kubectl("wait", "--for=condition=Ready", "node/" + node, "--timeout=120s");
    }
}
