package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A release of the chart in a namespace of its name, with the fleet {@code edge}. */
final class Installation {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LEADERSHIP = "lease/mptcplb-operator";
    private static final Pattern READY = Pattern.compile("\\bTrue\\b");
    private static final String OPERATORS = "--selector=app.kubernetes.io/component=operator";
    private static final String DATAPLANES = "--selector=app.kubernetes.io/component=dataplane";
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    private final Site site;
    private final Kubernetes kubernetes;
    private final ChartRelease release;
    private final String name;

    /**
     * @param site where
     * @param name of the release and of its namespace
     */
    Installation(Site site, String name) {
        this.site = site;
        this.kubernetes = site.kubernetes();
        this.release = site.release(name);
        this.name = name;
    }

    Site site() {
        return site;
    }

    Kubernetes kubernetes() {
        return kubernetes;
    }

    String name() {
        return name;
    }

    /**
     * Installs the release and its fleet, and waits until every pod is ready.
     *
     * @param values a resource: the chart's values
     * @param fleet a resource: LoadBalancer and AddressPool
     */
    void install(String values, String fleet) throws IOException {
        Path file = Files.createTempFile("values-", ".yaml");
        try {
            Files.writeString(file, Resources.text(values));
            kubernetes.giveSchemasTo(name);
            release.install(file, Map.of("image.tag", site.tag()));
        } finally {
            Files.delete(file);
        }
        kubernetes.apply(Resources.text(fleet));
        operatorsRolledOut();
        dataplanesRolledOut();
    }

    /** Waits until all operators are ready, and of the last wish. */
    void operatorsRolledOut() throws IOException {
        rolledOut("deployment/" + name + "-operator");
    }

    /** Waits until so many operators are ready by their own word, whatever a controller knows. */
    void awaitOperators(int number) throws IOException {
        LabEvents.await(
                number + " operators are ready",
                LIMIT,
                () -> READY.matcher(readiness("")).results().count() == number);
    }

    /** How many operators are ready on a node. */
    long operatorsReadyOn(String node) throws IOException {
        return READY.matcher(readiness("spec.nodeName=" + node)).results().count();
    }

    private String readiness(String fields) throws IOException {
        return own(
                "get",
                "pods",
                OPERATORS,
                "--field-selector=" + fields,
                "--output=jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}");
    }

    /** Every pod of the operator, the leader's among them. */
    List<String> operatorPods() throws IOException {
        String names = "jsonpath={.items[*].metadata.name}";
        return List.of(own("get", "pods", OPERATORS, "--output", names).split(" "));
    }

    /** Every pod of the dataplane. */
    List<String> dataplanePods() throws IOException {
        String names = "jsonpath={.items[*].metadata.name}";
        return List.of(own("get", "pods", DATAPLANES, "--output", names).split(" "));
    }

    /** Waits until all dataplanes are ready, and of the last wish. */
    void dataplanesRolledOut() throws IOException {
        rolledOut("daemonset/" + name + "-dataplane");
    }

    private void rolledOut(String what) throws IOException {
        own("rollout", "status", what, "--timeout=" + LIMIT.toSeconds() + "s");
    }

    /** kubectl in the release's namespace; it must succeed. */
    String own(String... words) throws IOException {
        return kubernetes.kubectlIn(name, words);
    }

    /** A field of an object in the release's namespace, empty while there is none. */
    String field(String object, String path) throws IOException {
        return kubernetes.field(name, object, path);
    }

    long pods() throws IOException {
        return own("get", "pods", "--no-headers").lines().count();
    }

    /** The nodes that have a dataplane. */
    Set<String> dataplaneNodes() throws IOException {
        String names = field("dataplanenodes", "{.items[*].metadata.name}");
        return new TreeSet<>(List.of(names.split(" ")));
    }

    /** Where each dataplane pod's agent answers, on the pod network. */
    List<URI> agents() throws IOException {
        String addresses =
                own("get", "pods", DATAPLANES, "--output=jsonpath={.items[*].status.podIP}");
        return Stream.of(addresses.strip().split(" "))
                .map(address -> URI.create("http://" + address + ":9464"))
                .toList();
    }

    /** Which of its pods a Prometheus scrapes. */
    PodMonitor podMonitor() {
        return release.podMonitor();
    }

    /** The pod of the operator that leads, empty while none does. */
    String leader() throws IOException {
        return holder()[0];
    }

    /** The node of the operator that leads, empty while none does. */
    String leaderNode() throws IOException {
        return holder()[1];
    }

    /** A holder is POD_NODE. */
    private String[] holder() throws IOException {
        return (field(LEADERSHIP, "{.spec.holderIdentity}") + "_").split("_", 3);
    }

    /** The pod of the dataplane on a node. */
    String dataplanePod(String node) throws IOException {
        return own(
                "get",
                "pods",
                DATAPLANES,
                "--field-selector=spec.nodeName=" + node,
                "--output=jsonpath={.items[*].metadata.name}");
    }

    /** Every announced address with the nodes that announce it. */
    Map<String, List<String>> announcers() throws IOException {
        String nodes = "{range .items[*]}{.metadata.name} {.spec.announces}{\"\\n\"}{end}";
        Map<String, List<String>> announcers = new TreeMap<>();
        for (String line :
                own("get", "dataplanenodes", "--output", "jsonpath=" + nodes).lines().toList()) {
            String node = line.split(" ", 2)[0];
            Matcher addresses = QUOTED.matcher(line);
            while (addresses.find()) {
                announcers
                        .computeIfAbsent(addresses.group(1), address -> new ArrayList<>())
                        .add(node);
            }
        }
        return announcers;
    }

    /** The node that announces an address. */
    String announcer(String address) throws IOException {
        List<String> nodes = announcers().getOrDefault(address, List.of());
        if (nodes.size() != 1) {
            throw new WalkException("%s is announced by %s".formatted(address, nodes));
        }
        return nodes.getFirst();
    }

    /** {@code helm test}, which must succeed and have started something. */
    void test() throws IOException {
        release.test();
        String started = "reason=Started,involvedObject.name=" + name + "-test";
        if (own("get", "events", "--field-selector", started, "--output", "name").isBlank()) {
            throw new WalkException("helm test started nothing");
        }
    }

    /** {@code helm upgrade} with one value changed that only operators have. */
    void upgradeOperators(String key, String value) throws IOException {
        release.upgrade(key, value);
        operatorsRolledOut();
    }

    /** Replaces every dataplane pod, as an upgrade does, and waits until all are new and ready. */
    void replaceDataplanes() throws IOException {
        own("rollout", "restart", "daemonset/" + name + "-dataplane");
        dataplanesRolledOut();
    }

    /** Deletes the fleet, which must be held by nothing. */
    void deleteFleet() throws IOException {
        kubernetes.kubectl("delete", "loadbalancer/edge", "addresspool/public", "--timeout=60s");
    }

    /** Uninstalls the release and waits until only CRDs are left; how many. */
    long uninstall() throws IOException {
        long before = schemas();
        release.uninstall();
        awaitNothingLeft();
        long kept = schemas();
        if (kept != before) {
            throw new WalkException("of %d CRDs %d are left".formatted(before, kept));
        }
        return kept;
    }

    /** Waits until no release of this name has anything here: its pods take their time to leave. */
    void awaitNothingLeft() throws IOException {
        LabEvents.await("nothing of release " + name + " is left", LIMIT, () -> left().isBlank());
    }

    private long schemas() throws IOException {
        return kubernetes
                .kubectl("get", "crds", "--output", "name")
                .lines()
                .filter(schema -> schema.endsWith("mptcplb.io"))
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
                "app.kubernetes.io/instance=" + name,
                "--output",
                "name");
    }
}
