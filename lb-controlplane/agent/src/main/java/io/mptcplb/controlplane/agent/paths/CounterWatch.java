package io.mptcplb.controlplane.agent.paths;

import io.mptcplb.contract.CounterReader;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the counter file again and again, whoever writes it; between two looks it may be
 * replaced, or be gone.
 */
public final class CounterWatch {
    private static final long INTERVAL_MILLIS = 1_000;

    private final Vertx vertx;
    private final Path file;
    private final Consumer<CounterSample> onSample;
    private @Nullable CounterReader reader;
    private Optional<CounterSample> latest = Optional.empty();
    private Optional<CounterSample> previous = Optional.empty();
    private boolean looking;
    private boolean closed;
    private long timer = -1;

    public CounterWatch(Vertx vertx, Path file, Consumer<CounterSample> onSample) {
        this.vertx = vertx;
        this.file = file;
        this.onSample = onSample;
    }

    public void start() {
        look();
        timer = vertx.setPeriodic(INTERVAL_MILLIS, due -> look());
    }

    /** The last look; empty when the file could not be read. */
    public Optional<CounterSample> latest() {
        return latest;
    }

    /** The look before, for rates. */
    public Optional<CounterSample> previous() {
        return previous;
    }

    private void look() {
        if (looking || closed) {
            return;
        }
        looking = true;
        // A worker thread: the file may have to be opened, or be slow to map.
        vertx.executeBlocking(this::read, true)
                .onComplete(done -> {
                    looking = false;
                    previous = latest;
                    Optional<CounterSample> now = done.result();
                    latest = now == null ? Optional.empty() : now;
                    latest.ifPresent(onSample);
                    if (closed) {
                        release();
                    }
                });
    }

    /** On a worker thread, one look at a time: {@link #reader} is its own then. */
    private Optional<CounterSample> read() throws IOException {
        CounterReader current = reader;
        if (current != null && current.isReplaced() && Files.exists(file)) {
            release();
            current = null;
        }
        if (current == null) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            current = CounterReader.open(file);
            reader = current;
        }
        return Optional.of(CounterSample.take(current, System.nanoTime()));
    }

    private void release() {
        CounterReader open = reader;
        if (open != null) {
            open.close();
            reader = null;
        }
    }

    public void close() {
        closed = true;
        vertx.cancelTimer(timer);
        if (!looking) {
            release();
        }
    }
}
