package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A fleet on the local cluster with web servers behind it, a Service for them, and a client. */
final class ServedFleet implements AutoCloseable {
    private final LocalCluster cluster;
    private final Installation installation;
    private final WebServers servers;
    private final Client client = new Client();
    private final WebService web;

    private ServedFleet(Site site, LocalCluster cluster) {
        this.cluster = cluster;
        this.installation = new Installation(site, "mptcp-lb");
        this.servers = new WebServers(installation);
        this.web = service("web");
    }

    /**
     * Installs it, and waits until a client is served; a test on another cluster is left out.
     *
     * @param values a resource: the chart's values
     * @param fleet a resource: LoadBalancer and AddressPool
     * @param legMbit of each of the client's networks
     */
    static ServedFleet install(String values, String fleet, int legMbit) throws IOException {
        Site site = Site.of(System.getenv());
        Optional<LocalCluster> local = LocalCluster.of(site);
        Assumptions.assumeTrue(
                local.isPresent(), "networks and processes of this cluster are not ours");
        ServedFleet served = new ServedFleet(site, local.orElseThrow());
        try {
            served.begin(values, fleet, legMbit);
        } catch (IOException e) {
            // The next test wants to install the same.
            served.close();
            throw e;
        }
        return served;
    }

    private void begin(String values, String fleet, int legMbit) throws IOException {
        client.prepare(legMbit);
        installation.install(values, fleet);
        servers.create();
        servers.rolledOut();
        web.create();
        web.awaitServed();
    }

    LocalCluster cluster() {
        return cluster;
    }

    Installation installation() {
        return installation;
    }

    WebServers servers() {
        return servers;
    }

    Client client() {
        return client;
    }

    /** The Service that is there from the start. */
    WebService web() {
        return web;
    }

    /** Another Service of the same servers, not created. */
    WebService service(String name) {
        return new WebService(installation.kubernetes(), client, name);
    }

    /** Everything that a test may have killed or darkened is there again. */
    void mend() throws IOException {
        cluster.up();
        client.light("isp-a", true);
    }

    @Override
    public void close() throws IOException {
        mend();
        servers.delete();
        installation.deleteFleet();
        installation.uninstall();
    }
}
