package io.mptcplb.app;

import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import io.mptcplb.proxy.SessionEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a running box publishes, as an operator would read it. */
final class BoxFigures implements AutoCloseable {
    /**
     * Figures are published each few milliseconds while there is work, and ten times a second.
     * Where paths lose or were dark, what ends a connection goes again after a timeout or some.
     */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private CounterReader reader;

    BoxFigures(LabBox box) throws IOException {
        reader = CounterReader.open(box.counters());
    }

    /** The file as it stands: a configuration with other names has another one. */
    private CounterReader reader() {
        try {
            if (reader.isReplaced()) {
                CounterReader former = reader;
                reader = CounterReader.open(former.path());
                former.close();
            }
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long value(Metric metric) {
        return reader().value(metric);
    }

    /** The value of one port, backend or virtual server, counted from 0 as configured. */
    long at(Metric metric, int index) {
        return reader().value(metric, index);
    }

    /** The value of one worker, of one port, backend or virtual server. */
    long ofWorker(Metric metric, int index, int worker) {
        return reader().valueOfWorker(metric, index, worker);
    }

    long value(Metric metric, Enum<?> name) {
        int index = reader().names(metric.scope()).indexOf(name.name().toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException(metric + " has no " + name);
        }
        return reader().value(metric, index);
    }

    void await(Metric metric, long value) throws IOException {
        LabEvents.await(
                metric + " = " + value + ", is " + value(metric),
                LIMIT,
                () -> value(metric) == value);
    }

    void await(Metric metric, Enum<?> name, long value) throws IOException {
        LabEvents.await(
                metric + " " + name + " = " + value + ", is " + value(metric, name),
                LIMIT,
                () -> value(metric, name) == value);
    }

    /** Waits until everything that happened before this call stands in the file. */
    void awaitPublication() throws IOException {
        for (int i = 0; i < 2 * reader().workers(); i++) {
            int worker = i / 2;
            long clock = ofWorker(Metric.WORKER_CLOCK_NANOS, 0, worker);
            LabEvents.await(
                    "figures are published",
                    LIMIT,
                    () -> ofWorker(Metric.WORKER_CLOCK_NANOS, 0, worker) != clock);
        }
    }

    /** Nothing is open, and no packet memory is held any more. */
    void awaitAtRest() throws IOException {
        await(Metric.SESSIONS, 0);
        await(Metric.BUFFERS_HELD, 0);
    }

    /** Every session so far ended as it should. */
    void awaitAllFinished() throws IOException {
        await(Metric.SESSIONS_CLOSED, SessionEnd.FINISHED, value(Metric.SESSIONS_OPENED));
    }

    /** Every refusal and every figure that is not zero, for messages of failed tests. */
    String all() {
        StringBuilder text = new StringBuilder();
        for (Metric metric : Metric.values()) {
            List<String> names = reader().names(metric.scope());
            for (int i = 0; i < names.size(); i++) {
                long value = reader().value(metric, i);
                if (value != 0) {
                    text.append(' ').append(metric);
                    text.append(names.size() > 1 ? "[" + names.get(i) + "]=" : "=").append(value);
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        reader.close();
    }
}
