package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterFileException;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.CounterReader.Descriptor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counter file as it comes, is replaced by the next dataplane's, is damaged and goes. Keeps the
 * last mapping for as long as no better file stands at the path: a dataplane whose file was deleted
 * still writes it.
 */
final class CounterSource implements AutoCloseable {
    /** What a look at the file found. */
    enum Outcome {
        READABLE,
        MISSING,
        /** No counter file, one of another version, or one that was cut short. */
        DAMAGED,
        /** There, and not for us: rights, or the disk. */
        UNREADABLE
    }

    private final Path path;
    private @Nullable CounterReader reader;
    private @Nullable Snapshot latest;

    CounterSource(Path path) {
        this.path = path;
    }

    /** The last figures that could be read, of whichever dataplane they are; null before any. */
    @Nullable Snapshot latest() {
        return latest;
    }

    /**
     * Reads the figures as they stand.
     *
     * @param ended told the last figures of a dataplane, or of names, that are gone
     */
    Outcome read(CarriedSums ended) {
        Outcome outcome = follow(ended);
        CounterReader current = reader;
        if (current != null && !take(current)) {
            release();
            return outcome == Outcome.READABLE ? Outcome.DAMAGED : outcome;
        }
        return outcome;
    }

    private Outcome follow(CarriedSums ended) {
        try {
            CounterReader current = reader;
            if (current != null && !current.isReplaced()) {
                return Outcome.READABLE;
            }
            adopt(CounterReader.open(path), ended);
            return Outcome.READABLE;
        } catch (NoSuchFileException e) {
            return Outcome.MISSING;
        } catch (CounterFileException | InternalError e) {
            return Outcome.DAMAGED;
        } catch (IOException | RuntimeException e) {
            return Outcome.UNREADABLE;
        }
    }

    /** The old mapping shows what its dataplane counted after the last scrape, too. */
    private void adopt(CounterReader next, CarriedSums ended) {
        CounterReader old = reader;
        if (old != null) {
            take(old);
            release();
        }
        Snapshot last = latest;
        if (last != null) {
            ended.retire(ended(last, next));
        }
        reader = next;
    }

    /** All counters of another run; of the same run, those whose names it serves no more. */
    private static Map<SeriesKey, Long> ended(Snapshot last, CounterReader next) {
        Map<SeriesKey, Long> ended = last.counters();
        if (last.epoch().equals(Snapshot.Epoch.of(next))) {
            for (Descriptor metric : next.metrics()) {
                for (int index = 0; index < metric.indexNames().size(); index++) {
                    ended.remove(SeriesKey.of(metric, index));
                }
            }
        }
        return ended;
    }

    /** False when the file was cut short under the mapping; then the last figures stay. */
    private boolean take(CounterReader from) {
        try {
            latest = Snapshot.take(from);
            return true;
        } catch (InternalError e) {
            // What the JVM makes of the SIGBUS of a page that is no longer there.
            return false;
        }
    }

    private void release() {
        CounterReader current = reader;
        reader = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() {
        release();
    }
}
