package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command.Outcome;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The steps, one after the other; each says what it saw and how long it took. */
public final class Walk {
    private static final String RELEASE = "mptcp-lb";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long ADDRESS_MILLIS_MAX = 5_000;
    private static final long SILENCE_MILLIS_MAX = 2_000;
    private static final long FAILOVER_MILLIS_MAX = 2_000;
    private static final long ANNOUNCER_MILLIS_MAX = 3_000;
    private static final int LEG_MBIT = 60;
    private static final long LONG_BYTES = 150_000_000;
    private static final long SHORT_BYTES = 10_000_000;

    /** A node is forgotten once it was silent for longer than any walk. */
    private static final String FORGETS_NODES =
            RELEASE + "-operator: delete dataplanenodes.mptcplb.io";

    /** A subflow as ss shows it whose peer has declared it backup. */
    private static final Pattern BACKUP = Pattern.compile("tcp-ulp-mptcp flags:\\w*B");

    private final Site site;
    private final Kubernetes kubernetes;
    private final Installation installation;
    private final Client client = new Client();
    private final WebServers servers;
    private final WebService web;
    private @Nullable Monitoring monitoring;
    private final Consumer<String> says;
    private Instant begun = Instant.MAX;
    private final List<Step> taken = new ArrayList<>();

    /**
     * One step that has been taken.
     *
     * @param what it showed
     * @param millis that it took
     */
    public record Step(String what, long millis) {}

    private interface Action {
        /** What was seen. */
        String run() throws IOException, InterruptedException;
    }

    public Walk(Site site, Consumer<String> says) {
        this.site = site;
        this.kubernetes = site.kubernetes();
        this.installation = new Installation(site, RELEASE);
        this.servers = new WebServers(installation);
        this.web = new WebService(kubernetes, client, "web");
        this.says = says;
    }

    /** From install to uninstall; the first thing that is not as it should be ends it. */
    public List<Step> walk() throws IOException, InterruptedException {
        try {
            step("helm install, and every pod runs", this::install);
            step("a Prometheus looks on", this::look);
            step("a Deployment and a Service: a virtual address", this::expose);
            step("a download over both networks", this::downloadOverBoth);
            step(
                    "a policy, and a network that goes dark, in one download",
                    this::policyAndFailover);
            step("backends 2 -> 5 -> 1", this::scale);
            step("a bad policy", this::refuse);
            step("the node that announces the address is lost", this::loseNode);
            step("operator, agents and API server killed in a download", this::kill);
            step("helm test, helm upgrade", this::upgrade);
            step("every query of every dashboard has data", this::judge);
            step("the Service and the fleet are deleted", this::delete);
            step("what the accounts may do, they did", this::compareRights);
            step("helm uninstall", this::uninstall);
        } finally {
            client.light("isp-a", true);
            if (monitoring != null) {
                monitoring.close();
            }
        }
        return List.copyOf(taken);
    }

    private void step(String what, Action action) throws IOException, InterruptedException {
        says.accept("- " + what);
        long startNanos = System.nanoTime();
        String seen = action.run();
        long millis = millisSince(startNanos);
        taken.add(new Step(what, millis));
        says.accept("    %s (%.1f s)".formatted(seen, millis / 1000.0));
    }

    private String install() throws IOException {
        client.prepare(LEG_MBIT);
        installation.awaitNothingLeft();
        begun = Instant.now();
        installation.install("values.yaml", "fleet.yaml");
        return installation.pods() + " pods are ready";
    }

    private String look() throws IOException {
        if (LocalCluster.of(site).isEmpty()) {
            return "left out: the pods of this cluster are not reached from here";
        }
        monitoring = Monitoring.start(installation);
        return monitoring.awaitTargets() + " dataplanes, by their nodes' names";
    }

    private String judge() throws IOException {
        return monitoring == null ? "left out, as no Prometheus looked on" : monitoring.judge();
    }

    private String expose() throws IOException {
        servers.create();
        web.create();
        long startNanos = System.nanoTime();
        String address = web.awaitAddress();
        long millis = within(ADDRESS_MILLIS_MAX, "the address", millisSince(startNanos));
        servers.rolledOut();
        return address + " after " + millis + " ms";
    }

    private String downloadOverBoth() throws IOException, InterruptedException {
        web.awaitServed();
        long a = client.received("isp-a");
        long b = client.received("isp-b");
        LoadReport report = web.verifiedDownload(4 * SHORT_BYTES);
        a = client.received("isp-a") - a;
        b = client.received("isp-b") - b;
        if (Math.min(a, b) < SHORT_BYTES / 10) {
            throw new WalkException(
                    "only one network carried: isp-a %d, isp-b %d bytes".formatted(a, b));
        }
        return "%s; isp-a %d MB, isp-b %d MB"
                .formatted(report.summary(), a / 1_000_000, b / 1_000_000);
    }

    private String policyAndFailover() throws IOException, InterruptedException {
        CompletableFuture<LoadReport> download = web.download(LONG_BYTES);
        LabEvents.awaitAtLeast(
                "bytes over isp-b",
                client.received("isp-b") + SHORT_BYTES,
                () -> client.received("isp-b"));
        long startNanos = System.nanoTime();
        kubernetes.apply(Resources.text("policy.yaml"));
        web.awaitProgrammed();
        long programmedMillis = millisSince(startNanos);
        LabEvents.await(
                "the client shows backup", LIMIT, () -> BACKUP.matcher(client.subflows()).find());
        long silent = LabEvents.settled("isp-b", () -> client.received("isp-b") / 10_000);
        long silentMillis = millisSince(startNanos);
        within(SILENCE_MILLIS_MAX, "silence on isp-b", silentMillis - programmedMillis);
        client.light("isp-a", false);
        startNanos = System.nanoTime();
        LabEvents.awaitAtLeast(
                "isp-b carries", silent + 100, () -> client.received("isp-b") / 10_000);
        long movedMillis =
                within(FAILOVER_MILLIS_MAX, "the other network", millisSince(startNanos));
        LoadReport report = Client.verified(download);
        client.light("isp-a", true);
        return "Programmed after %d ms, isp-b silent after %d ms, isp-b carries %d ms after isp-a went dark; %s"
                .formatted(programmedMillis, silentMillis, movedMillis, report.summary());
    }

    private String scale() throws IOException, InterruptedException {
        List<String> seen = new ArrayList<>();
        for (int replicas : new int[] {5, 1}) {
            CompletableFuture<LoadReport> download = web.download(SHORT_BYTES);
            long startNanos = System.nanoTime();
            servers.scale(replicas);
            seen.add(replicas + " after " + millisSince(startNanos) + " ms");
            Client.verified(download);
            web.verifiedDownload(SHORT_BYTES);
        }
        return String.join(", ", seen);
    }

    private String refuse() throws IOException, InterruptedException {
        Outcome said = kubernetes.offer(Resources.text("bad-policies.yaml"));
        if (said.status() == 0 || !said.output().contains("spec.limits.maxSubflows")) {
            throw new WalkException("a policy with 99 subflows: " + said.output());
        }
        if (!web.isProgrammed()) {
            throw new WalkException("the good policy is no longer in force");
        }
        web.verifiedDownload(SHORT_BYTES);
        return said.output().strip();
    }

    private String loseNode() throws IOException, InterruptedException {
        Optional<LocalCluster> local = LocalCluster.of(site);
        if (local.isEmpty()) {
            return "left out: the nodes of this cluster are not ours to cut off";
        }
        NodeLoss loss = new NodeLoss(installation, local.get(), client);
        String lost = installation.announcer(web.address());
        loss.leadElsewhere(lost);
        kubernetes.kubectl("drain", lost, "--ignore-daemonsets", "--pod-selector=app=web");
        servers.rolledOut();
        servers.awaitReached(1);
        long movedMillis =
                within(
                        ANNOUNCER_MILLIS_MAX,
                        "the announcer's move",
                        loss.take(lost, web.address()));
        web.verifiedDownload(SHORT_BYTES);
        String heir = installation.announcer(web.address());
        loss.giveBack(lost);
        kubernetes.kubectl("uncordon", lost);
        installation.dataplanesRolledOut();
        web.verifiedDownload(SHORT_BYTES);
        if (!installation.announcer(web.address()).equals(heir)) {
            throw new WalkException("the address went back to " + lost);
        }
        return "%s -> %s after %d ms, and it stays there".formatted(lost, heir, movedMillis);
    }

    private String kill() throws IOException, InterruptedException {
        CompletableFuture<LoadReport> download = web.download(LONG_BYTES * 2 / 3);
        installation.own(
                "delete",
                "pods",
                "--selector",
                "app.kubernetes.io/component=operator",
                "--grace-period=0",
                "--force");
        Optional<LocalCluster> local = LocalCluster.of(site);
        String killed = "both operators";
        if (local.isPresent()) {
            killed += ", " + local.get().killAgents() + " agents, the API server";
            local.get().kill("kube-apiserver");
            web.verifiedDownload(SHORT_BYTES);
            local.get().up();
        }
        LoadReport report = Client.verified(download);
        installation.operatorsRolledOut();
        installation.dataplanesRolledOut();
        return killed + "; " + report.summary();
    }

    private String upgrade() throws IOException {
        installation.test();
        installation.upgradeOperators("operator.podLabels.walk", "upgraded");
        return "the operator is replaced, dataplanes are left alone";
    }

    private String delete() throws IOException {
        servers.delete();
        installation.deleteFleet();
        return "nothing holds them";
    }

    private String compareRights() throws IOException {
        if (LocalCluster.of(site).isEmpty()) {
            return "left out: the audit log of this cluster is not ours";
        }
        Set<String> granted = Rights.granted(kubernetes, RELEASE);
        Set<String> unused = new TreeSet<>(granted);
        unused.remove(FORGETS_NODES);
        Path auditLog = site.kubeconfig().resolveSibling("audit.log");
        unused.removeAll(Rights.used(auditLog, installation.name(), begun));
        if (!unused.isEmpty()) {
            throw new WalkException("granted and not used: " + String.join(", ", unused));
        }
        return granted.size() + " rights, used but for forgetting a node";
    }

    private String uninstall() throws IOException {
        return "only the CRDs are left: " + installation.uninstall();
    }

    private static long within(long mostMillis, String what, long millis) throws WalkException {
        if (millis > mostMillis) {
            throw new WalkException(
                    "%s took %d ms, %d at most".formatted(what, millis, mostMillis));
        }
        return millis;
    }

    private static long millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }
}
