package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ApiServer;
import io.mptcplb.api.Reach;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One operator. It watches from the start, and writes when it leads. */
public final class OperatorProcess implements AutoCloseable {
    private static final long LIVES_MILLIS = 100;
    private static final int RENEWALS = 3;

    /**
     * So many times a lease is renewed while it lasts; who stands by looks as often, give or take
     * the framework's jitter of 120 %. A leader that is lost with its node is waited for so long.
     */
    private static final int TRIES = 20;

    private static final Logger LOG = System.getLogger(OperatorProcess.class.getName());

    /**
     * The Lease is asked for by a client that waits for no answer longer than a term has time: an
     * API server that starts takes requests that it never answers.
     */
    private static final int LEASE_REQUEST_MILLIS = 1_000;

    /** A leader renews its Lease several times a second, and who watches hears of it. */
    private static final long LEADER_SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int GIVE_BACK_TRIES = 3;
    private static final String OUT_OF_REACH = "the API server is out of reach, connecting anew";

    private final KubernetesClient leaseClient;
    private final OperatorOptions options;
    private final OperatorFigures figures = new OperatorFigures();
    private final NodeLives lives = new NodeLives();
    private final LeaderLife leader = new LeaderLife(lives, ApiNames.NODE_LOST_MILLIS);
    private final String holder;
    private final World world;
    private final FleetReconciler reconciler;
    private final EndpointsWriter endpoints;
    private final Operator framework;
    private final HttpSide http;
    private final Runnable onTermEnds;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "lives"));
    // Thread "lives" only.
    private Set<String> alive = new HashSet<>();
    private volatile boolean isLeading;
    private volatile boolean isClosing;

    /**
     * An operator, not started.
     *
     * @param onTermEnds when another one may lead from now on, or the API server is out of reach:
     *     this one is to be closed at once
     */
    public OperatorProcess(KubernetesClient client, OperatorOptions options, Runnable onTermEnds) {
        this.leaseClient =
                ApiServer.connect(
                        new ConfigBuilder(client.getConfiguration()).build(), LEASE_REQUEST_MILLIS);
        this.options = options;
        this.onTermEnds = onTermEnds;
        holder = LeaderLife.holder(options.identity(), options.node());
        Cluster cluster =
                new Cluster(
                        client,
                        options.identity(),
                        figures,
                        () -> leader.leads(holder, Instant.now()));
        world = new World(client, options.namespace(), lives, leader);
        reconciler = new FleetReconciler(world, cluster, options.namespace(), figures);
        endpoints = new EndpointsWriter(world, cluster, options.namespace(), figures);
        http = new HttpSide(figures.registry(), world::isWatching);
        Duration lease = options.leaseDuration();
        framework =
                new Operator(configuration ->
                        configuration
                                .withKubernetesClient(leaseClient)
                                .withCloseClientOnStop(false)
                                .withCacheSyncTimeout(options.patience())
                                .withUseSSAToPatchPrimaryResource(true)
                                .withLeaderElectionConfiguration(
                                        new LeaderElectionConfiguration(
                                                ApiNames.OPERATOR_LEASE,
                                                options.namespace(),
                                                lease,
                                                lease.multipliedBy(RENEWALS - 1)
                                                        .dividedBy(RENEWALS),
                                                lease.dividedBy(TRIES),
                                                holder,
                                                new LeaderCallbacks(
                                                        this::onStartLeading,
                                                        this::onStopLeading,
                                                        leader -> {}),
                                                false)));
        framework.register(reconciler);
    }

    /**
     * Begins to watch and to stand for election.
     *
     * @return false when not all could be seen within the options' patience: this one is to be
     *     closed
     */
    public boolean start() throws InterruptedException {
        http.start(options.httpHost(), options.httpPort());
        world.services().onChange(reconciler::changed);
        world.policies().onChange(reconciler::changed);
        world.pools().onChange(reconciler::changed);
        world.nodes().onChange(reconciler::changed);
        world.loadBalancers().onChange(reconciler::changed);
        if (!world.start(options.patience())) {
            LOG.log(Level.WARNING, OUT_OF_REACH);
            return false;
        }
        http.ready();
        Reach reach = new Reach(options.patience(), System.nanoTime());
        var _ =
                clock.scheduleAtFixedRate(
                        () -> look(reach), LIVES_MILLIS, LIVES_MILLIS, TimeUnit.MILLISECONDS);
        try {
            framework.start();
            return true;
        } catch (OperatorException e) {
            LOG.log(Level.WARNING, OUT_OF_REACH, e);
            return false;
        }
    }

    /** The port of the HTTP side. */
    public int httpPort() {
        return http.port();
    }

    public boolean isLeading() {
        return isLeading;
    }

    /** What it throws would end all further looks. */
    private void look(Reach reach) {
        try {
            look(reach, System.nanoTime());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a look at who lives failed", e);
        }
    }

    private void look(Reach reach, long nowNanos) {
        Set<String> now = lives.alive(nowNanos);
        if (!now.equals(alive)) {
            alive = now;
            reconciler.changed();
        }
        if (!isLeading) {
            leader.lost(nowNanos).ifPresent(this::giveBackFor);
        }
        if (reach.isLost(isHeard(nowNanos), nowNanos)) {
            LOG.log(Level.WARNING, OUT_OF_REACH);
            onTermEnds.run();
        }
    }

    /** Whether every watch is alive, and the one that can tell carries something. */
    private boolean isHeard(long nowNanos) {
        return world.isWatching()
                && leader.silentNanos(nowNanos) < LEADER_SILENT_NANOS
                && framework.getRuntimeInfo().isStarted()
                && framework.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    private void giveBackFor(String lost) {
        LOG.log(Level.WARNING, "leader {0} is lost with its node: its lease ends now", lost);
        var _ = giveBack(lost);
    }

    private void onStartLeading() {
        isLeading = true;
        figures.leads(true);
        endpoints.start();
    }

    private void onStopLeading() {
        boolean led = isLeading;
        isLeading = false;
        figures.leads(false);
        endpoints.close();
        if (led && !isClosing) {
            onTermEnds.run();
        }
    }

    /** Leaves in order: once nothing more is written, another one may lead at once. */
    @Override
    public void close() {
        boolean led = isLeading;
        isClosing = true;
        clock.shutdownNow();
        framework.stop();
        endpoints.close();
        if (led) {
            // The framework keeps a lease to its end, for which nobody would lead; its last renewal
            // may still be on its way.
            for (int tries = 0; tries < GIVE_BACK_TRIES && !giveBack(holder); ) {
                tries++;
            }
        }
        world.close();
        http.close();
        leaseClient.close();
    }

    /**
     * Of two who do so at once, one meets the other's write, and is refused.
     *
     * @return false when somebody else wrote meanwhile
     */
    private boolean giveBack(String from) {
        try {
            Lease lease =
                    leaseClient
                            .leases()
                            .inNamespace(options.namespace())
                            .withName(ApiNames.OPERATOR_LEASE)
                            .get();
            if (lease != null && from.equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity("");
                lease.getSpec().setLeaseDurationSeconds(1);
                leaseClient.resource(lease).update();
            }
            return true;
        } catch (KubernetesClientException e) {
            LOG.log(
                    Level.WARNING,
                    "the leadership of {0} ends with its lease, it cannot be given back: {1}",
                    from,
                    e.getMessage());
            return e.getCode() != HttpURLConnection.HTTP_CONFLICT;
        }
    }
}
