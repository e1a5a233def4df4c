package io.mptcplb.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mptcplb.api.ApiServer;
import io.mptcplb.api.LoadBalancer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The cluster, with our schemas in it and a namespace of the test's own. */
public final class ClusterUnderTest implements AutoCloseable {
    /** The file that says where the cluster is. */
    public static final String VARIABLE = "MPTCP_LB_KUBECONFIG";

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final long ESTABLISHED_SECONDS = 60;
    private static final int REQUEST_MILLIS = 10_000;

    private final Path kubeconfig;
    private final KubernetesClient client;
    private final String namespace;

    private ClusterUnderTest(Path kubeconfig, KubernetesClient client, String namespace) {
        this.kubeconfig = kubeconfig;
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * The cluster with a new namespace.
     *
     * @param purpose how the namespace's name begins
     */
    public static ClusterUnderTest open(String purpose) {
        String file = System.getenv(VARIABLE);
        if (file == null) {
            throw new IllegalStateException(
                    "no cluster to test with: "
                            + VARIABLE
                            + " names a kubeconfig, such as the one of k8s/local-cluster");
        }
        Path kubeconfig = Path.of(file);
        KubernetesClient client = client(kubeconfig);
        installSchemas(client);
        String namespace = purpose + "-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
        client.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(namespace)
                                .endMetadata()
                                .build())
                .create();
        return new ClusterUnderTest(kubeconfig, client, namespace);
    }

    /** A client of the same user's that finds the API server elsewhere, whatever its name there. */
    public KubernetesClient clientAt(String url) {
        Config config =
                new ConfigBuilder(client.getConfiguration())
                        .withMasterUrl(url)
                        .withDisableHostnameVerification(true)
                        .build();
        return ApiServer.connect(config, REQUEST_MILLIS);
    }

    private static KubernetesClient client(Path kubeconfig) {
        try {
            Config config = Config.fromKubeconfig(Files.readString(kubeconfig));
            return new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(config).withMaxConcurrentRequests(256).build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void installSchemas(KubernetesClient client) {
        PatchContext apply =
                new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("cluster-tests")
                        .withForce(true)
                        .build();
        for (Path file : schemas()) {
            CustomResourceDefinition schema =
                    client.getKubernetesSerialization()
                            .unmarshal(read(file), CustomResourceDefinition.class);
            client.resource(schema).patch(apply);
            client.resource(schema)
                    .waitUntilCondition(
                            ClusterUnderTest::isEstablished, ESTABLISHED_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static boolean isEstablished(CustomResourceDefinition schema) {
        return schema != null
                && schema.getStatus() != null
                && schema.getStatus().getConditions() != null
                && schema.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                condition.getType().equals("Established")
                                        && condition.getStatus().equals("True"));
    }

    /** The files of the schemas, by name. */
    public static List<Path> schemas() {
        return files(repository().resolve("helm/mptcp-lb/crds-src"));
    }

    /** The files of the examples, by name. */
    public static List<Path> examples() {
        return files(repository().resolve("k8s/examples"));
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("helm/mptcp-lb"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("not started inside of the repository");
            }
        }
        return directory;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public KubernetesClient client() {
        return client;
    }

    public Path kubeconfig() {
        return kubeconfig;
    }

    public String namespace() {
        return namespace;
    }

    /** Reads one document; {@code NAMESPACE} in it stands for the test's. */
    public <T extends HasMetadata> T read(String yaml, Class<T> type) {
        return client.getKubernetesSerialization()
                .unmarshal(yaml.replace("NAMESPACE", namespace), type);
    }

    /** Looks until something is there; the answer is it. */
    public static <T> T await(Duration patience, String what, Supplier<Optional<T>> look) {
        long endNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("not within " + patience + ": " + what);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** Takes away the namespace, and the fleets whose finalizer nobody would take off any more. */
    @Override
    public void close() {
        for (LoadBalancer left : client.resources(LoadBalancer.class).list().getItems()) {
            if (left.getMetadata().getName().startsWith(namespace)) {
                client.resource(left)
                        .edit(object -> {
                            object.getMetadata().setFinalizers(List.of());
                            return object;
                        });
                client.resource(left).delete();
            }
        }
        client.namespaces().withName(namespace).delete();
        client.close();
    }
}
