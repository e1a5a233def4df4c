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

    /**
     * Milliseconds from the node's last word to the client's knowing of another one. The node is
     * none where the leading operator runs: that takes another one to lead first.
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
        installation
                .kubernetes()
                .kubectl("wait", "--for=condition=Ready", "node/" + node, "--timeout=120s");
    }

    private void leadElsewhere(String node) throws IOException {
        LabEvents.await(
                "the leading operator is elsewhere",
                LIMIT,
                () -> {
                    String leader = installation.leader();
                    String its = installation.field("pod/" + leader, "{.spec.nodeName}");
                    if (its.equals(node)) {
                        installation.own("delete", "pod", leader);
                    }
                    return !List.of("", node).contains(its);
                });
    }
}
