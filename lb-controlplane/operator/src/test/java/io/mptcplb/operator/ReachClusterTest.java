package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mptcplb.api.Reach;
import io.mptcplb.cluster.ClusterUnderTest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real API server on a bad way. */
@Tag("cluster")
class ReachClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Of what an operator watches. */
    private static final int KINDS = 8;

    private final AtomicInteger terms = new AtomicInteger();
    private ClusterUnderTest cluster;
    private Site site;
    private Gate gate;

    @BeforeEach
    void open() throws Exception {
        cluster = ClusterUnderTest.open("reach");
        site = new Site(cluster, "0s", "5s");
        gate = new Gate(cluster.client().getMasterUrl().toURI());
    }

    @AfterEach
    void close() throws IOException {
        gate.close();
        site.close();
        cluster.close();
    }

    @Test
    void apiServer_isAwayAtTheStart_operatorWaitsForIt() throws Exception {
        try (KubernetesClient client = cluster.clientAt(gate.url());
                OperatorProcess operator =
                        new OperatorProcess(client, options(Reach.PATIENCE), () -> {})) {
            Thread starting = Threads.start(operator::start);
            ClusterUnderTest.await(
                    Site.SOON,
                    "it says that it is not ready",
                    () -> Optional.of(operator).filter(it -> status(it) == 503));
            assertTrue(starting.isAlive(), "it waits");

            gate.open();

            ClusterUnderTest.await(
                    Site.SOON,
                    "leads",
                    () -> Optional.of(operator).filter(OperatorProcess::isLeading));
        }
    }

    /** As one that begins does: it takes requests, and forgets them. */
    @Test
    void apiServer_neverAnswersTheFirstWatches_operatorConnectsAnew() throws Exception {
        gate.swallowWatches(true);
        gate.open();
        try (var _ = operate()) {
            ClusterUnderTest.await(
                    Site.SOON,
                    "one watch of each kind is swallowed",
                    () -> Optional.of(gate).filter(it -> it.silent() >= KINDS));

            gate.swallowWatches(false);

            works("late");
        }
    }

    /** The operator leads, and its Lease is renewed by another connection. */
    @Test
    void watches_fallSilent_operatorConnectsAnew() throws Exception {
        gate.open();
        try (var _ = operate()) {
            works("before");
            int termsBefore = terms.get();

            assertTrue(gate.silenceWatches() >= KINDS, "one of each kind");

            works("after");
            assertTrue(terms.get() > termsBefore, "a new term");
        }
    }

    @Test
    void allConnections_fallSilent_operatorConnectsAnew() throws Exception {
        gate.open();
        try (var _ = operate()) {
            works("before");

            assertTrue(gate.silenceAll() > gate.silenceWatches(), "requests have others");

            works("after");
        }
    }

    /** An operator whose way is the gate, until closed. */
    private Operating operate() {
        OperatorTerms operator =
                new OperatorTerms(
                        () -> cluster.clientAt(gate.url()),
                        options(PATIENCE),
                        begun -> terms.incrementAndGet());
        return new Operating(operator, Threads.start(operator::run));
    }

    private record Operating(OperatorTerms operator, Thread running) implements AutoCloseable {
        @Override
        public void close() {
            operator.end();
            Threads.join(running);
        }
    }

    private OperatorOptions options(Duration patience) {
        return new OperatorOptions(
                site.namespace(), "one", "", "127.0.0.1", 0, Duration.ofSeconds(3), patience);
    }

    private void works(String service) {
        site.service(service, "");
        site.awaitAddress(service);
    }

    private static int status(OperatorProcess operator) {
        try {
            URI readyz = URI.create("http://127.0.0.1:" + operator.httpPort() + "/readyz");
            return ((HttpURLConnection) readyz.toURL().openConnection()).getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
