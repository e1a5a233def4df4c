package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command.Outcome;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The steps, one after the other; each says what it saw and how long it took. */
public final class Walk {
    private static final String RELEASE = "mptcp-lb";
    private static final String NAMESPACE = RELEASE;
    private static final String WALK = "walk";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long ADDRESS_MILLIS_MAX = 5_000;
    private static final long SILENCE_MILLIS_MAX = 2_000;
    private static final long FAILOVER_MILLIS_MAX = 2_000;
    private static final long ANNOUNCER_MILLIS_MAX = 3_000;
    private static final int SERVICE_PORT = 80;
    private static final int LEG_MBIT = 60;
    private static final long LONG_BYTES = 240_000_000;
    private static final long SHORT_BYTES = 10_000_000;

    /** A node is forgotten once it was silent for longer than any walk. */
    private static final String FORGETS_NODES =
            RELEASE + "-operator: delete dataplanenodes.mptcplb.io";

    /** A subflow as ss shows it whose peer has declared it backup. */
    private static final Pattern BACKUP = Pattern.compile("tcp-ulp-mptcp flags:\\w*B");

    private final Site site;
    private final Kubernetes kubernetes;
    private final ChartRelease release;
    private final Client client = new Client();
    private final Consumer<String> says;
    private final Instant begun = Instant.now();
    private final List<Step> taken = new ArrayList<>();
    private String address = "";

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
        this.release = site.release(RELEASE);
        this.says = says;
    }

    /** From install to uninstall; the first thing that is not as it should be ends it. */
    public List<Step> walk() throws IOException, InterruptedException {
        try {
            step("helm install, and every pod runs", this::install);
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
            step("the Service and the fleet are deleted", this::delete);
            step("what the accounts may do, they did", this::compareRights);
            step("helm uninstall", this::uninstall);
        } finally {
            client.light("isp-a", true);
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
        Path values = Files.createTempFile("walk-", ".yaml");
        Files.writeString(values, resource("values.yaml"));
        kubernetes.giveSchemasTo(RELEASE);
        release.install(values, Map.of("image.tag", site.tag()));
        Files.delete(values);
        kubernetes.apply(resource("fleet.yaml"));
        rolledOut("deployment/" + RELEASE + "-operator");
        rolledOut("daemonset/" + RELEASE + "-dataplane");
        return kubernetes
                        .kubectl("--namespace", NAMESPACE, "get", "pods", "--no-headers")
                        .lines()
                        .count()
                + " pods are ready";
    }

    private void rolledOut(String what) throws IOException {
        kubernetes.kubectl(
                "--namespace",
                NAMESPACE,
                "rollout",
                "status",
                what,
                "--timeout=" + LIMIT.toSeconds() + "s");
    }

    private String expose() throws IOException {
        kubernetes.apply(resource("web.yaml").replace("TAG", site.tag()));
        long startNanos = System.nanoTime();
        LabEvents.await("the Service has a virtual address", LIMIT, this::hasAddress);
        long millis = within(ADDRESS_MILLIS_MAX, "the address", millisSince(startNanos));
        kubernetes.kubectl(
                "--namespace", WALK, "rollout", "status", "deployment/web", "--timeout=120s");
        return address + " after " + millis + " ms";
    }

    private boolean hasAddress() throws IOException {
        address = kubernetes.field(WALK, "service/web", "{.status.loadBalancer.ingress[0].ip}");
        return !address.isEmpty();
    }

    private String downloadOverBoth() throws IOException, InterruptedException {
        LabEvents.await("Programmed", LIMIT, this::isProgrammed);
        LabEvents.await("a client is served", LIMIT, this::isServed);
        long a = client.received("isp-a");
        long b = client.received("isp-b");
        LoadReport report = verified(client.download(address, SERVICE_PORT, 4 * SHORT_BYTES));
        a = client.received("isp-a") - a;
        b = client.received("isp-b") - b;
        if (Math.min(a, b) < SHORT_BYTES / 10) {
            throw new WalkException(
                    "only one network carried: isp-a %d, isp-b %d bytes".formatted(a, b));
        }
        return "%s; isp-a %d MB, isp-b %d MB"
                .formatted(report.summary(), a / 1_000_000, b / 1_000_000);
    }

    private boolean isServed() throws IOException {
        try {
            return client.download(address, SERVICE_PORT, 1_000).get().verified();
        } catch (ExecutionException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String policyAndFailover() throws IOException, InterruptedException {
        CompletableFuture<LoadReport> download = client.download(address, SERVICE_PORT, LONG_BYTES);
        LabEvents.awaitAtLeast(
                "bytes over isp-b",
                client.received("isp-b") + SHORT_BYTES,
                () -> client.received("isp-b"));
        long startNanos = System.nanoTime();
        kubernetes.apply(resource("policy.yaml"));
        LabEvents.await("Programmed", LIMIT, this::isProgrammed);
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
        LoadReport report = verified(download);
        client.light("isp-a", true);
        return "Programmed after %d ms, isp-b silent after %d ms, isp-b carries %d ms after isp-a went dark; %s"
                .formatted(programmedMillis, silentMillis, movedMillis, report.summary());
    }

    /** The policy as it stands now, not as it stood before it was changed. */
    private boolean isProgrammed() throws IOException {
        String programmed = ".status.conditions[?(@.type==\"Programmed\")]";
        String[] words =
                kubernetes
                        .field(
                                WALK,
                                "subflowpolicy/web",
                                "{.metadata.generation} {%1$s.observedGeneration} {%1$s.status}"
                                        .formatted(programmed))
                        .split(" ", 3);
        return words.length == 3 && words[0].equals(words[1]) && words[2].equals("True");
    }

    private String scale() throws IOException, InterruptedException {
        List<String> seen = new ArrayList<>();
        for (int replicas : new int[] {5, 1}) {
            CompletableFuture<LoadReport> download =
                    client.download(address, SERVICE_PORT, SHORT_BYTES);
            long startNanos = System.nanoTime();
            kubernetes.kubectl(
                    "--namespace", WALK, "scale", "deployment/web", "--replicas=" + replicas);
            LabEvents.await("backends: " + replicas, LIMIT, () -> backends() == replicas);
            seen.add(replicas + " after " + millisSince(startNanos) + " ms");
            verified(download);
            verified(client.download(address, SERVICE_PORT, SHORT_BYTES));
        }
        return String.join(", ", seen);
    }

    /** Members that take new sessions. */
    private long backends() throws IOException {
        String weights =
                kubernetes.field(
                        NAMESPACE,
                        "dataplaneendpoints/edge",
                        "{.spec.pools[*].backends[*].weight}");
        return Pattern.compile("\\d+")
                .matcher(weights)
                .results()
                .filter(w -> !w.group().equals("0"))
                .count();
    }

    private String refuse() throws IOException, InterruptedException {
        Outcome said = kubernetes.offer(resource("bad-policies.yaml"));
        if (said.status() == 0 || !said.output().contains("spec.limits.maxSubflows")) {
            throw new WalkException("a policy with 99 subflows: " + said.output());
        }
        if (!isProgrammed()) {
            throw new WalkException("the good policy is no longer in force");
        }
        verified(client.download(address, SERVICE_PORT, SHORT_BYTES));
        return said.output().strip();
    }

    private String loseNode() throws IOException, InterruptedException {
        Optional<LocalCluster> local = LocalCluster.of(site);
        if (local.isEmpty()) {
            return "left out: the nodes of this cluster are not ours to cut off";
        }
        NodeLoss loss = new NodeLoss(kubernetes, local.get(), client, RELEASE);
        String lost = loss.announcer(address);
        kubernetes.kubectl("drain", lost, "--ignore-daemonsets", "--pod-selector=app=web");
        kubernetes.kubectl(
                "--namespace", WALK, "rollout", "status", "deployment/web", "--timeout=120s");
        LabEvents.await("the backend is elsewhere", LIMIT, () -> backends() == 1);
        long movedMillis =
                within(ANNOUNCER_MILLIS_MAX, "the announcer's move", loss.take(lost, address));
        verified(client.download(address, SERVICE_PORT, SHORT_BYTES));
        String heir = loss.announcer(address);
        loss.giveBack(lost);
        kubernetes.kubectl("uncordon", lost);
        rolledOut("daemonset/" + RELEASE + "-dataplane");
        verified(client.download(address, SERVICE_PORT, SHORT_BYTES));
        if (!loss.announcer(address).equals(heir)) {
            throw new WalkException("the address went back to " + lost);
        }
        return "%s -> %s after %d ms, and it stays there".formatted(lost, heir, movedMillis);
    }

    private String kill() throws IOException, InterruptedException {
        CompletableFuture<LoadReport> download =
                client.download(address, SERVICE_PORT, LONG_BYTES * 2 / 3);
        kubernetes.kubectl(
                "--namespace",
                NAMESPACE,
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
            local.get().killServer();
            verified(client.download(address, SERVICE_PORT, SHORT_BYTES));
            local.get().up();
        }
        LoadReport report = verified(download);
        rolledOut("deployment/" + RELEASE + "-operator");
        rolledOut("daemonset/" + RELEASE + "-dataplane");
        return killed + "; " + report.summary();
    }

    private String upgrade() throws IOException {
        release.test();
        String events =
                kubernetes.kubectl(
                        "--namespace",
                        NAMESPACE,
                        "get",
                        "events",
                        "--field-selector",
                        "reason=Started,involvedObject.name=" + RELEASE + "-test",
                        "--output",
                        "name");
        if (events.isBlank()) {
            throw new WalkException("helm test started nothing");
        }
        release.upgrade("operator.podLabels.walk", "upgraded");
        rolledOut("deployment/" + RELEASE + "-operator");
        return "the operator is replaced, dataplanes are left alone";
    }

    private String delete() throws IOException {
        kubernetes.kubectl("delete", "namespace", WALK, "--timeout=120s");
        kubernetes.kubectl("delete", "loadbalancer/edge", "addresspool/public", "--timeout=60s");
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
        unused.removeAll(Rights.used(auditLog, NAMESPACE, begun));
        if (!unused.isEmpty()) {
            throw new WalkException("granted and not used: " + String.join(", ", unused));
        }
        return granted.size() + " rights, used but for forgetting a node";
    }

    private String uninstall() throws IOException {
        long before = schemas();
        release.uninstall();
        LabEvents.await("nothing of it is left", LIMIT, () -> left().isBlank());
        long kept = schemas();
        if (kept != before) {
            throw new WalkException("of %d CRDs %d are left".formatted(before, kept));
        }
        return "only the CRDs are left: " + kept;
    }

    private long schemas() throws IOException {
        return kubernetes
                .kubectl("get", "crds", "--output", "name")
                .lines()
                .filter(name -> name.endsWith("mptcplb.io"))
                .count();
    }

    /** What the chart's release still has, but for its CRDs, which it keeps. */
    private String left() throws IOException {
        return kubernetes.kubectl(
                "get",
                "all,clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,"
                    + "validatingadmissionpolicies,validatingadmissionpolicybindings,configmaps",
                "--all-namespaces",
                "--selector",
                "app.kubernetes.io/instance=" + RELEASE,
                "--output",
                "name");
    }

    private static LoadReport verified(CompletableFuture<LoadReport> download)
            throws IOException, InterruptedException {
        try {
            LoadReport report = download.get();
            if (!report.verified()) {
                throw new WalkException("a download is not what was sent: " + report.summary());
            }
            return report;
        } catch (ExecutionException e) {
            throw new IOException("a download failed", e);
        }
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

    private static String resource(String name) throws IOException {
        try (InputStream in = Walk.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new WalkException("there is no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
