package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mptcplb.api.Reach;
import io.vertx.core.Context;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Our ends of the conversation with the API server, which begins anew, with new connections, when
 * that one is out of reach for long. Event loop only.
 */
final class ClusterLink {
    private final Context loop;
    private final Supplier<KubernetesClient> connect;
    private final Function<KubernetesClient, NodeWriter> writer;
    private final Function<KubernetesClient, NodeWatch> watch;
    private final Runnable onAnew;
    private final Consumer<String> say;
    private final Reach reach = new Reach(Reach.PATIENCE, System.nanoTime());
    private @Nullable Ends ends;
    private boolean isOpening;

    private record Ends(KubernetesClient client, NodeWatch watch, NodeWriter writer) {
        boolean isHeard() {
            return watch.isWatching() && writer.isAnswered();
        }

        void close() {
            watch.close();
            writer.close();
            client.close();
        }
    }

    /**
     * A link that is not open.
     *
     * @param connect gives a client that shares no connection with those before; called on a worker
     *     thread, as its classes are many
     * @param onAnew told before the conversation begins again: all will be said once more
     */
    ClusterLink(
            Context loop,
            Supplier<KubernetesClient> connect,
            Function<KubernetesClient, NodeWriter> writer,
            Function<KubernetesClient, NodeWatch> watch,
            Runnable onAnew,
            Consumer<String> say) {
        this.loop = loop;
        this.connect = connect;
        this.writer = writer;
        this.watch = watch;
        this.onAnew = onAnew;
        this.say = say;
    }

    void open() {
        Ends before = ends;
        ends = null;
        isOpening = true;
        // Nobody's order: what else blocks need not wait for connections that end slowly.
        loop.owner()
                .executeBlocking(() -> replace(before), false)
                .onSuccess(opened -> ends = opened)
                .onFailure(failure -> say.accept("no way to the API server: " + failure))
                .onComplete(done -> isOpening = false);
    }

    private Ends replace(@Nullable Ends before) {
        if (before != null) {
            before.close();
        }
        KubernetesClient client = connect.get();
        Ends opened = new Ends(client, watch.apply(client), writer.apply(client));
        opened.writer().start();
        opened.watch().start();
        return opened;
    }

    /** To be called now and then. */
    void look() {
        Ends now = ends;
        boolean isHeard = now != null && now.isHeard();
        if (reach.isLost(isHeard, System.nanoTime()) && !isOpening) {
            say.accept("the API server is out of reach, connecting anew");
            onAnew.run();
            open();
        }
    }

    /** Empty while there is none. */
    Optional<NodeWriter> writer() {
        return Optional.ofNullable(ends).map(Ends::writer);
    }

    /** Blocks for a moment: the node leaves by its own will. */
    void leave() {
        Ends open = ends;
        if (open != null) {
            open.writer().leave();
            open.close();
        }
    }
}
