package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.LoadBalancerStatus;
import io.mptcplb.api.Reach;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.cluster.ClusterUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A fleet of a test: a LoadBalancer with a class of its own, a pool, nodes, and operators. */
final class Site implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);

    private final ClusterUnderTest cluster;
    private final String name;
    private final List<ScriptedNode> nodes = new ArrayList<>();
    private final List<OperatorProcess> guests = new ArrayList<>();
    private final List<Process> operators = new ArrayList<>();

    /**
     * A fleet.
     *
     * @param bake as the resource says it
     * @param deadline as the resource says it
     */
    Site(ClusterUnderTest cluster, String bake, String deadline) {
        this.cluster = cluster;
        this.name = cluster.namespace();
        create(
                """
                apiVersion: mptcplb.io/v1alpha1
                kind: LoadBalancer
                metadata: {name: NAMESPACE}
                spec:
                  loadBalancerClass: mptcplb.io/NAMESPACE
                  ports:
                    - {name: isp-a, interface: net1, role: client, addresses: [198.51.100.10-198.51.100.19/24]}
                    - {name: isp-b, interface: net2, role: client, addresses: [203.0.113.10-203.0.113.19/24]}
                    - {name: pods, interface: eth0, role: backend, shareKernelAddress: true}
                  rollout: {bake: BAKE, deadline: DEADLINE, maxUnavailable: 1, historyLimit: 2}
                """
                        .replace("BAKE", bake)
                        .replace("DEADLINE", deadline),
                LoadBalancer.class);
        pool("public", "198.51.100.80-198.51.100.83");
    }

    KubernetesClient client() {
        return cluster.client();
    }

    String namespace() {
        return cluster.namespace();
    }

    <T extends HasMetadata> T create(String yaml, Class<T> type) {
        return client().resource(cluster.read(yaml, type)).create();
    }

    <T extends HasMetadata> T read(String yaml, Class<T> type) {
        return cluster.read(yaml, type);
    }

    void pool(String suffix, String addresses) {
        create(
                """
                apiVersion: mptcplb.io/v1alpha1
                kind: AddressPool
                metadata: {name: NAMESPACE-SUFFIX}
                spec:
                  addresses: [ADDRESSES]
                  serviceSelector: {matchLabels: {site: NAMESPACE}}
                """
                        .replace("SUFFIX", suffix)
                        .replace("ADDRESSES", addresses),
                AddressPool.class);
    }

    /** A Service of this fleet's class; {@code more} is put into its spec. */
    Service service(String serviceName, String more) {
        return create(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: SERVICE, namespace: NAMESPACE, labels: {site: NAMESPACE}}
                spec:
                  type: LoadBalancer
                  loadBalancerClass: mptcplb.io/NAMESPACE
                  allocateLoadBalancerNodePorts: false
                  ports: [{name: http, port: 80}]
                  MORE
                """
                        .replace("SERVICE", serviceName)
                        .replace("MORE", more),
                Service.class);
    }

    SubflowPolicy policy(String policyName, String serviceName, String body) {
        return create(
                """
                apiVersion: mptcplb.io/v1alpha1
                kind: SubflowPolicy
                metadata: {name: POLICY, namespace: NAMESPACE}
                spec:
                  targetRefs: [{kind: Service, name: SERVICE}]
                  BODY
                """
                        .replace("POLICY", policyName)
                        .replace("SERVICE", serviceName)
                        .replace("BODY", body),
                SubflowPolicy.class);
    }

    ScriptedNode node(String nodeName) {
        ScriptedNode node = new ScriptedNode(client(), namespace(), name, nodeName);
        nodes.add(node);
        return node;
    }

    /** An operator in this process. */
    OperatorProcess operator(String identity) {
        return operator(identity, Duration.ofSeconds(3));
    }

    OperatorProcess operator(String identity, Duration lease) {
        OperatorProcess operator =
                new OperatorProcess(
                        client(),
                        new OperatorOptions(
                                namespace(), identity, "", "127.0.0.1", 0, lease, Reach.PATIENCE),
                        () -> {});
        guests.add(operator);
        try {
            if (!operator.start()) {
                throw new IllegalStateException("the API server is out of reach");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return operator;
    }

    /** An operator of ours ends in order. */
    void dismiss(OperatorProcess operator) {
        guests.remove(operator);
        operator.close();
    }

    /** An operator in a process of its own, so that it can be killed. */
    Process killable(String identity, int leaseSeconds) {
        return killable(identity, "", leaseSeconds);
    }

    /** The same on a node. */
    Process killable(String identity, String node, int leaseSeconds) {
        try {
            Process operator =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx256m",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    OperatorMain.class.getName(),
                                    cluster.kubeconfig().toString(),
                                    namespace(),
                                    identity,
                                    Integer.toString(leaseSeconds),
                                    node)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .start();
            operators.add(operator);
            return operator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Service get(String serviceName) {
        return Objects.requireNonNull(
                client().services().inNamespace(namespace()).withName(serviceName).get());
    }

    SubflowPolicy getPolicy(String policyName) {
        return Objects.requireNonNull(
                client().resources(SubflowPolicy.class)
                        .inNamespace(namespace())
                        .withName(policyName)
                        .get());
    }

    LoadBalancer loadBalancer() {
        return Objects.requireNonNull(client().resources(LoadBalancer.class).withName(name).get());
    }

    LoadBalancerStatus status() {
        LoadBalancerStatus status = loadBalancer().getStatus();
        return status == null
                ? new LoadBalancerStatus(
                        null, null, null, null, null, null, null, null, null, null, List.of())
                : status;
    }

    /** The address of a Service, once it has one. */
    Optional<String> address(String serviceName) {
        Service service = get(serviceName);
        return service.getStatus().getLoadBalancer().getIngress().stream()
                .findFirst()
                .map(ingress -> ingress.getIp());
    }

    String awaitAddress(String serviceName) {
        return ClusterUnderTest.await(
                SOON, "an address for " + serviceName, () -> address(serviceName));
    }

    /** Waits for a condition of the LoadBalancer to have a status. */
    Condition awaitCondition(String type, String status, Duration patience) {
        return ClusterUnderTest.await(
                patience,
                type + "=" + status + ", found " + status().conditions(),
                () ->
                        Conditions.find(status().conditions(), type)
                                .filter(condition -> status.equals(condition.getStatus())));
    }

    /** Waits until all nodes run what the resources say; the answer is the revision. */
    String awaitProgrammed() {
        return ClusterUnderTest.await(
                SOON,
                "programmed",
                () ->
                        Optional.of(status())
                                .filter(now ->
                                        now.currentRevision() != null
                                                && now.rollout() == null
                                                && now.currentRevision()
                                                        .equals(now.updateRevision())
                                                && nodes.stream()
                                                        .allMatch(node ->
                                                                now.currentRevision()
                                                                        .equals(applied(node))))
                                .map(LoadBalancerStatus::currentRevision));
    }

    private static String applied(ScriptedNode node) {
        return node.resource().getStatus() == null
                ? ""
                : Objects.requireNonNullElse(node.resource().getStatus().appliedRevision(), "");
    }

    @Override
    public void close() {
        guests.forEach(OperatorProcess::close);
        operators.forEach(Process::destroyForcibly);
        nodes.forEach(ScriptedNode::close);
        client().services()
                .inNamespace(namespace())
                .list()
                .getItems()
                .forEach(service -> {
                    client().resource(service)
                            .edit(object -> {
                                object.getMetadata().setFinalizers(List.of());
                                return object;
                            });
                });
        client().resources(AddressPool.class).list().getItems().stream()
                .filter(pool -> pool.getMetadata().getName().startsWith(name))
                .forEach(pool -> client().resource(pool).delete());
    }
}
