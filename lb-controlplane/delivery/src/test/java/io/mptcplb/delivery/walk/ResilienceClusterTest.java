package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fleet with addresses of its own towards its backends. The control plane dies, part by part, and
 * dataplanes are replaced, under load: clients notice nothing, and what is wanted meanwhile comes
 * to be once it is back.
 */
@Tag("cluster")
@Tag("walk")
class ResilienceClusterTest {
    private static final int KILLS = Integer.getInteger("mptcplb.cluster.kills", 2);
    private static final Duration AWAY =
            Duration.ofSeconds(Integer.getInteger("mptcplb.cluster.apiAwaySeconds", 10));
    private static final long SEED = Long.getLong("mptcplb.cluster.seed", 1);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LEG_MBIT = 20;
    private static final long DOWNLOAD_BYTES = 20_000_000;

    /** Ports that clients have used are theirs for a minute more: they must not run out. */
    private static final Duration BURST = Duration.ofMillis(250);

    private static final long SOME_BYTES = 1_000_000;

    /** So many looks take longer than an operator waits for a node to come back. */
    private static final int LOOKS = 40;

    private static ServedFleet fleet;

    private final Random random = new Random(SEED);
    private final Installation installation = fleet.installation();
    private final LocalCluster cluster = fleet.cluster();
    private final Client client = fleet.client();
    private final WebService web = fleet.web();

    @BeforeAll
    static void install() throws IOException {
        System.out.println("seed " + SEED);
        fleet = ServedFleet.install("inner.values.yaml", "inner.fleet.yaml", LEG_MBIT);
    }

    @AfterAll
    static void uninstall() throws IOException {
        if (fleet != null) {
            fleet.close();
        }
    }

    @AfterEach
    void mend() throws IOException {
        fleet.mend();
    }

    @Test
    void backends_areReachedByTheInnerNetwork_andThePodNetworkIsTheAgents() throws Exception {
        new InnerNetwork(fleet).carriesADownload();
    }

    @Test
    void pod_withoutSharedAddress_hidesNothingFromTheKernel() throws Exception {
        new InnerNetwork(fleet).hidesNothing();
    }

    /** Helm's test asks an agent by the pod network, whatever the dataplane has. */
    @Test
    void helmTest_asksAnAgent_isAnswered() throws Exception {
        installation.test();
    }

    /** More tables than its heap has room for: the canary's dataplane begins anew, and refuses. */
    @Test
    void revision_isRefusedByItsCanary_isTakenBack_noConnectionIsLost() throws Exception {
        System.out.println(new BadRevision(fleet).isRefused());
    }

    @Test
    void revision_silencesItsCanary_isTakenBack_noConnectionIsLost() throws Exception {
        System.out.println(new BadRevision(fleet).silences());
    }

    @Test
    void revision_killsItsCanary_isTakenBack_noConnectionIsLost() throws Exception {
        System.out.println(new BadRevision(fleet).kills());
    }

    /** The worst that the loss of one machine can be; its operator comes back and knows nothing. */
    @Test
    void announcerAndLeader_areLostTogether_anotherNodeAnnounces_andWorkGoesOn() throws Exception {
        NodeLoss loss = new NodeLoss(installation, cluster, client);
        String lost = installation.announcer(web.address());
        loss.leadFrom(lost);
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes())) {
            System.out.println("announced anew after ms " + loss.take(lost, web.address()));
            web.verifiedDownload(SOME_BYTES);
            loss.giveBack(lost);
            installation.dataplanesRolledOut();
            converge(fleet.service("late"));
            List<String> announcers = watch.announcersOf(web.address());
            assertEquals(2, announcers.size(), "it stays where it went: " + announcers);
            assertEquals(Set.of(), watch.findings());
        }
    }

    /** New connections never fail; old ones survive as long as there is time, or are told. */
    @Test
    void dataplanes_replacedOneByOne_newConnectionsNeverFail_oldOnesSurviveOrAreReset()
            throws Exception {
        System.out.println(new Replacement(installation, web, client).run());
    }

    @Test
    void operatorAndApiServer_killedAgainAndAgain_noConnectionIsLost_andWorkGoesOn()
            throws Exception {
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes());
                Traffic traffic = Traffic.start(web, client, DOWNLOAD_BYTES)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                installation.awaitOperators(2);
                WebService late = fleet.service("late-" + kill);
                late.create();
                killOperatorAndServer();
                converge(late);
            }
            report("operator and API server killed " + KILLS + " times", traffic, watch);
        }
    }

    /** Both at about the same time, either one first; another operator leads thereafter. */
    private void killOperatorAndServer() throws IOException {
        String leader = installation.leader();
        boolean isServerFirst = random.nextBoolean();
        pause();
        if (isServerFirst) {
            cluster.killServers();
            pause();
        }
        cluster.killOperator(leader);
        if (!isServerFirst) {
            pause();
            cluster.killServers();
        }
        pause();
        long startNanos = System.nanoTime();
        cluster.up();
        long upMillis = millisSince(startNanos);
        // The kubelet would start it again, later each time, and it might lead again by its name.
        installation.own("delete", "pod", leader, "--grace-period=0", "--force");
        LabEvents.await(
                "another operator leads than " + leader,
                LIMIT,
                () -> !List.of("", leader).contains(installation.leader()));
        System.out.printf(
                "  API server up after %d ms, another leads after %d ms%n",
                upMillis, millisSince(startNanos));
    }

    @Test
    void etcd_isKilled_noConnectionIsLost_andWorkGoesOn() throws Exception {
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes());
                Traffic traffic = Traffic.start(web, client, DOWNLOAD_BYTES)) {
            WebService late = fleet.service("late");
            late.create();
            pause();
            cluster.kill("etcd");
            pause();
            cluster.up();
            converge(late);
            converge(fleet.service("later"));
            report("etcd killed", traffic, watch);
        }
    }

    /** As behind a balancer that is replaced: nobody is told that connections are dead. */
    @Test
    void connectionsToTheApiServer_fallSilent_newOnesAreMade_andWorkGoesOn() throws Exception {
        List<String> pods = new ArrayList<>(installation.operatorPods());
        pods.addAll(installation.dataplanePods());
        List<String> silent = new ArrayList<>();
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes());
                Traffic traffic = Traffic.start(web, client, DOWNLOAD_BYTES)) {
            for (String pod : pods) {
                assertTrue(cluster.silence(pod) > 0, pod + " has connections");
                silent.add(pod);
            }
            converge(fleet.service("late"));
            report("connections fell silent", traffic, watch);
        } finally {
            for (String pod : silent) {
                cluster.unsilence(pod);
            }
        }
    }

    @Test
    void apiServer_isAway_oldAndNewConnectionsGoOn_alsoWithoutOneNetwork_andNothingMoves()
            throws Exception {
        String announcer = installation.announcer(web.address());
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes());
                Traffic traffic = Traffic.start(web, client, 0)) {
            cluster.killServers();
            CompletableFuture<LoadReport> download =
                    client.aside(LoadPlan.download(web.socket(), 0).time(AWAY));
            int before = newConnections(AWAY.dividedBy(2));
            loseNetwork();
            int after = newConnections(AWAY.dividedBy(2));
            LoadReport downloaded = Client.verified(download);
            cluster.up();
            converge(fleet.service("late"));
            System.out.printf(
                    "API server away for %d s: %d and %d new connections; %s%n",
                    AWAY.toSeconds(), before, after, downloaded.summary());
            report("and back", traffic, watch);
            LabEvents.awaitAtLeast("looks", watch.looks() + LOOKS, watch::looks);
            String node = installation.name() + "/" + announcer;
            assertEquals(List.of(node), watch.announcersOf(web.address()));
        }
    }

    /** The network by which clients connect is dark for a while: they go on by the other one. */
    private void loseNetwork() throws IOException {
        client.light("isp-a", false);
        try {
            LabEvents.awaitAtLeast(
                    "bytes over isp-b",
                    client.received("isp-b") + SOME_BYTES,
                    () -> client.received("isp-b"));
        } finally {
            client.light("isp-a", true);
        }
    }

    /** Connections opened and ended one after the other, in bursts; how many. */
    private int newConnections(Duration time) throws Exception {
        int opened = 0;
        for (long startNanos = System.nanoTime();
                System.nanoTime() - startNanos < time.toNanos();
                LabEvents.pause(BURST)) {
            LoadReport burst =
                    Client.verified(client.aside(LoadPlan.connectionRate(web.socket(), BURST)));
            assertEquals(burst.connections(), burst.mptcpConnections(), burst.summary());
            opened += burst.connections();
        }
        return opened;
    }

    /** What was wished for comes to be, and is served; then it goes. */
    private void converge(WebService wished) throws Exception {
        wished.create();
        long startNanos = System.nanoTime();
        wished.awaitAddress();
        long addressMillis = millisSince(startNanos);
        wished.awaitProgrammed();
        long programmedMillis = millisSince(startNanos);
        wished.awaitServed();
        wished.verifiedDownload(SOME_BYTES);
        long servedMillis = millisSince(startNanos);
        wished.delete();
        System.out.printf(
                "  %s: address after %d ms, Programmed after %d ms, served after %d ms, gone after"
                        + " %d ms%n",
                installation.leader(),
                addressMillis,
                programmedMillis,
                servedMillis,
                millisSince(startNanos));
    }

    private static long millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    private static void report(String what, Traffic traffic, AddressWatch watch) throws Exception {
        System.out.println(what + ": " + traffic.end() + "; looks: " + watch.looks());
        assertTrue(watch.looks() > 0, "nobody looked");
        assertEquals(Set.of(), watch.findings());
    }

    /** So that what dies does so in the middle of something else each time. */
    private void pause() {
        LabEvents.pause(Duration.ofMillis(random.nextInt(1_500)));
    }
}
