package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader.Descriptor;
import io.mptcplb.controlplane.agent.metrics.CarriedFile.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps counters from falling, over the end of a dataplane and over the end of an agent. */
final class CarriedCounters {
    /** What a dataplane counts after that and dies with while no agent lives is lost. */
    private static final long WRITE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final SeriesKey RESTARTS =
            new SeriesKey(AgentMetric.DATAPLANE_RESTARTS.exportName(), "");

    private final CarriedSums sums = new CarriedSums();
    private final CarriedFile file;
    private Optional<Content> found;
    private Snapshot.@Nullable Epoch epoch;
    private long writtenNanos;
    private long errors;

    CarriedCounters(Path path) {
        file = new CarriedFile(path);
        found = find();
    }

    private Optional<Content> find() {
        try {
            return file.read();
        } catch (IOException e) {
            errors++;
            return Optional.empty();
        }
    }

    /** Told the last figures of a dataplane, or of names, that are gone. */
    CarriedSums sums() {
        return sums;
    }

    long sum(Descriptor metric, int index) {
        return sums.sum(SeriesKey.of(metric, index));
    }

    /** Dataplanes that took the place of an earlier one. */
    long restarts() {
        return sums.sum(RESTARTS);
    }

    long errors() {
        return errors;
    }

    /** Figures were read, of this or of a new dataplane. */
    void handle(Snapshot latest, long nowNanos) {
        boolean changed = !latest.epoch().equals(epoch);
        if (epoch == null) {
            found.ifPresent(content -> takeOver(content, latest.epoch()));
            found = Optional.empty();
        } else if (changed) {
            sums.retire(Map.of(RESTARTS, 1L));
        }
        epoch = latest.epoch();
        if (changed || nowNanos - writtenNanos >= WRITE_NANOS) {
            writtenNanos = nowNanos;
            write(latest);
        }
    }

    private void takeOver(Content content, Snapshot.Epoch now) {
        sums.retire(content.before());
        if (!content.epoch().equals(now)) {
            sums.retire(content.last());
            sums.retire(Map.of(RESTARTS, 1L));
        }
    }

    void write(Snapshot latest) {
        try {
            file.write(new Content(latest.epoch(), sums.all(), latest.counters()));
        } catch (IOException e) {
            errors++;
        }
    }
}
