package io.mptcplb.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One operator after the other in one process, each with connections of its own: who has lost the
 * lead, or the API server, begins anew, and stands for election again. A process that ended over it
 * would be started again later each time, by minutes in the end.
 */
public final class OperatorTerms {
    private final Supplier<KubernetesClient> connect;
    private final OperatorOptions options;
    private final Consumer<OperatorProcess> onStarted;
    private CountDownLatch term = new CountDownLatch(1);
    private boolean isEnded;

    /**
     * @param connect gives a client that shares no connection with those before
     * @param onStarted told of each operator that has begun to watch
     */
    public OperatorTerms(
            Supplier<KubernetesClient> connect,
            OperatorOptions options,
            Consumer<OperatorProcess> onStarted) {
        this.connect = connect;
        this.options = options;
        this.onStarted = onStarted;
    }

    /**
     * Operates until {@link #end}.
     *
     * @throws IllegalStateException when the HTTP side cannot listen
     */
    public void run() throws InterruptedException {
        for (@Nullable CountDownLatch now = next(); now != null; now = next()) {
            try (KubernetesClient client = connect.get();
                    OperatorProcess operator =
                            new OperatorProcess(client, options, now::countDown)) {
                if (operator.start()) {
                    onStarted.accept(operator);
                    now.await();
                }
            }
        }
    }

    private synchronized @Nullable CountDownLatch next() {
        if (isEnded) {
            return null;
        }
        term = new CountDownLatch(1);
        return term;
    }

    /** The operator of this term leaves in order, and none follows; any thread. */
    public synchronized void end() {
        isEnded = true;
        term.countDown();
    }
}
