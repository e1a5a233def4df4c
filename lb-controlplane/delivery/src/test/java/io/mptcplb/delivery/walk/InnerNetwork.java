package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * A fleet that reaches its backends by a network of their own, with addresses of its own: the
 * dataplane has nothing to do on the pod network, which is the agent's alone.
 */
final class InnerNetwork {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long BYTES = 40_000_000;

    /** The addresses of the fleet on the inner network. */
    private static final String INNER = "198.19.252.1";

    private final ServedFleet fleet;
    private final Installation installation;
    private final LocalCluster cluster;
    private final WebService web;

    InnerNetwork(ServedFleet fleet) {
        this.fleet = fleet;
        this.installation = fleet.installation();
        this.cluster = fleet.cluster();
        this.web = fleet.web();
    }

    /** A download comes by it, and the pod network carries what is the agent's. */
    void carriesADownload() throws Exception {
        String node = installation.announcer(web.address());
        String pod = installation.dataplanePod(node);
        long inner = cluster.received(pod, "net3");
        long podNetwork = cluster.received(pod, "eth0");
        String renewal = renewal(node);
        CompletableFuture<LoadReport> download = web.download(BYTES);

        Set<String> clients = new TreeSet<>();
        LabEvents.await(
                "a server has a client on the inner network",
                LIMIT,
                () -> {
                    clients.addAll(clientsOfServers());
                    return clients.stream().anyMatch(client -> client.startsWith(INNER));
                });
        for (URI agent : installation.agents()) {
            HttpResponse<String> metrics = Http.get(agent, "/metrics");
            assertTrue(metrics.body().contains("mptcplb_dataplane_up 1"), metrics.body());
        }
        LabEvents.await("its Lease is renewed", LIMIT, () -> !renewal(node).equals(renewal));
        LoadReport report = Client.verified(download);

        inner = cluster.received(pod, "net3") - inner;
        podNetwork = cluster.received(pod, "eth0") - podNetwork;
        System.out.printf(
                "%s; net3 %d bytes, eth0 %d bytes, clients of servers %s%n",
                report.summary(), inner, podNetwork, clients);
        assertTrue(inner > BYTES, inner + " bytes came over net3");
        assertTrue(podNetwork < BYTES / 20, podNetwork + " bytes came over eth0");
        for (URI agent : installation.agents()) {
            assertFalse(clients.contains(agent.getHost()), "dataplanes come by the pod network");
        }
    }

    /** Nothing is hidden from the pod's kernel, and nobody has had the right to do so. */
    void hidesNothing() throws Exception {
        String pod = installation.dataplanePod(installation.announcer(web.address()));

        assertEquals("agent", installation.field("pod/" + pod, "{.spec.initContainers[*].name}"));
        assertEquals("", installation.field("pod/" + pod, "{.spec.securityContext.sysctls}"));
        assertEquals("", cluster.inNetworkOf(pod, "nft", "list", "ruleset").strip());
    }

    private String renewal(String node) throws IOException {
        return installation.field("lease/dataplane." + node, "{.spec.renewTime}");
    }

    /** The addresses that the web servers' connections come from. */
    private Set<String> clientsOfServers() throws IOException {
        Set<String> clients = new TreeSet<>();
        for (String server : fleet.servers().pods()) {
            cluster.connections(server, "sport = :8080")
                    .map(LocalCluster.Connection::peer)
                    .map(peer -> peer.substring(0, peer.lastIndexOf(':')))
                    .map(peer -> peer.replaceAll("^\\[::ffff:|]$", ""))
                    .forEach(clients::add);
        }
        return clients;
    }
}
