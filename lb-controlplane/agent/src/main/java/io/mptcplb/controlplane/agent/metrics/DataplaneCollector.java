package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader.Descriptor;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The dataplane's figures. Counters go on from where the last dataplane ended, and stay when there
 * is none; gauges are of the present, so a dataplane that is silent has none. A file that is
 * missing or damaged is a figure of its own, never a failed scrape.
 */
public final class DataplaneCollector extends Collector
        implements Collector.Describable, AutoCloseable {
    /** Beyond what any configuration has: only a wrong file gets there. */
    static final int SERIES_MAX = 50_000;

    private static final Pattern NAME = Pattern.compile("mptcplb_[a-z0-9_]{1,100}");
    private static final double NANOS_PER_SECOND = 1e9;

    private final CounterSource source;
    private final LongSupplier clockNanos;
    private final CarriedCounters carried;
    private final Liveness liveness = new Liveness();
    private final Map<CounterSource.Outcome, Long> errors =
            new EnumMap<>(CounterSource.Outcome.class);

    /**
     * Looks at the file at once, so that the first scrape knows whether its clock moves.
     *
     * @param counterFile the dataplane's
     * @param carriedFile where counters are kept for the next agent
     */
    public DataplaneCollector(Path counterFile, Path carriedFile) {
        this(counterFile, carriedFile, System::nanoTime);
    }

    DataplaneCollector(Path counterFile, Path carriedFile, LongSupplier clockNanos) {
        this.source = new CounterSource(counterFile);
        this.carried = new CarriedCounters(carriedFile);
        this.clockNanos = clockNanos;
        for (CounterSource.Outcome outcome : CounterSource.Outcome.values()) {
            if (outcome != CounterSource.Outcome.READABLE) {
                errors.put(outcome, 0L);
            }
        }
        collect();
    }

    /** All names of the catalogue, so that another collector of one of them is refused. */
    @Override
    public List<MetricFamilySamples> describe() {
        List<MetricFamilySamples> families = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            families.add(Families.empty(metric));
        }
        for (AgentMetric metric : AgentMetric.values()) {
            if (metric.isFromCounterFile()) {
                families.add(Families.of(metric, List.of()));
            }
        }
        return families;
    }

    @Override
    public synchronized List<MetricFamilySamples> collect() {
        CounterSource.Outcome outcome = source.read(carried.sums());
        errors.computeIfPresent(outcome, (any, count) -> count + 1);
        List<MetricFamilySamples> families = new ArrayList<>();
        Snapshot latest = source.latest();
        boolean up = false;
        long suppressed = 0;
        if (latest != null) {
            long nowNanos = clockNanos.getAsLong();
            carried.handle(latest, nowNanos);
            up = liveness.isUp(latest, nowNanos);
            suppressed = addDataplane(families, latest, up);
            double startSeconds = latest.epoch().startUnixNanos() / NANOS_PER_SECOND;
            addOwn(families, AgentMetric.DATAPLANE_START_TIME_SECONDS, startSeconds);
            addOwn(families, AgentMetric.DATAPLANE_WORKERS, latest.workers());
        }
        addOwn(families, AgentMetric.DATAPLANE_UP, up ? 1 : 0);
        addOwn(families, AgentMetric.DATAPLANE_RESTARTS, (double) carried.restarts());
        addOwn(families, AgentMetric.CARRIED_FILE_ERRORS, (double) carried.errors());
        addOwn(
                families,
                AgentMetric.FIGURES_FILE_READABLE,
                outcome == CounterSource.Outcome.READABLE ? 1 : 0);
        addOwn(families, AgentMetric.SERIES_SUPPRESSED, (double) suppressed);
        families.add(fileErrors());
        return families;
    }

    /** The series left out. */
    private long addDataplane(List<MetricFamilySamples> families, Snapshot latest, boolean up) {
        Set<String> names = new HashSet<>();
        for (AgentMetric own : AgentMetric.values()) {
            names.add(own.exportName());
        }
        long room = SERIES_MAX;
        long suppressed = 0;
        for (int i = 0; i < latest.values().length; i++) {
            Descriptor metric = latest.metrics().get(i);
            int series = latest.values()[i].length;
            if (series > room || !isNamed(metric) || !names.add(metric.name())) {
                suppressed += series;
            } else if (metric.kind() == MetricKind.COUNTER || up) {
                room -= series;
                families.add(Families.of(metric, samples(metric, latest.values()[i])));
            }
        }
        return suppressed;
    }

    /** A newer dataplane may have figures that this program does not know; names have a form. */
    private static boolean isNamed(Descriptor metric) {
        return NAME.matcher(metric.name()).matches()
                && metric.name().endsWith("_total") == (metric.kind() == MetricKind.COUNTER);
    }

    private List<Sample> samples(Descriptor metric, long[] values) {
        List<Sample> samples = new ArrayList<>();
        for (int index = 0; index < values.length; index++) {
            long before = metric.kind() == MetricKind.COUNTER ? carried.sum(metric, index) : 0;
            samples.add(Families.sample(metric, index, before + values[index]));
        }
        return samples;
    }

    private MetricFamilySamples fileErrors() {
        List<Sample> samples = new ArrayList<>();
        errors.forEach((outcome, count) ->
                samples.add(
                        Families.sample(
                                AgentMetric.FIGURES_FILE_ERRORS,
                                count,
                                outcome.name().toLowerCase(Locale.ROOT))));
        return Families.of(AgentMetric.FIGURES_FILE_ERRORS, samples);
    }

    private static void addOwn(
            List<MetricFamilySamples> families, AgentMetric metric, double value) {
        families.add(Families.of(metric, List.of(Families.sample(metric, value))));
    }

    @Override
    public synchronized void close() {
        Snapshot latest = source.latest();
        if (latest != null) {
            carried.write(latest);
        }
        source.close();
    }
}
