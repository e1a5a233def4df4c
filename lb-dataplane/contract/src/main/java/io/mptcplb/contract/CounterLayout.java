package io.mptcplb.contract;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which slot of a worker's block holds which figure. Slots of one metric are consecutive, in the
 * order of its scope's names; so code that counts by an enum's code keeps the first slot and adds
 * the code.
 *
 * <p>Look slots up at start and keep them: the look-up is for cold code.
 */
public final class CounterLayout {
    /** Bounds every index computed from a layout. */
    public static final int SLOTS_MAX = 1 << 20;

    private final int workers;
    private final EnumMap<MetricScope, List<String>> names;
    private final EnumMap<Metric, Integer> firstSlots;
    private final int slots;

    /**
     * @param workers blocks, 1 to {@link WorkerConfig#COUNT_MAX}
     * @param names the names of each scope in slot order; a scope that is missing has none, and its
     *     metrics have no slot
     */
    public CounterLayout(int workers, Map<MetricScope, List<String>> names) {
        Rules.range("workers", workers, 1, WorkerConfig.COUNT_MAX);
        this.workers = workers;
        this.names = new EnumMap<>(MetricScope.class);
        for (MetricScope scope : MetricScope.values()) {
            List<String> scopeNames =
                    scope == MetricScope.WORKER
                            ? List.of("all")
                            : names.getOrDefault(scope, List.of());
            Rules.distinct(scope.text(), scopeNames, name -> name);
            this.names.put(scope, List.copyOf(scopeNames));
        }
        this.firstSlots = new EnumMap<>(Metric.class);
        long next = 0;
        for (Metric metric : Metric.values()) {
            firstSlots.put(metric, (int) next);
            next += slots(metric);
            Rules.range("slots", next, 0, SLOTS_MAX);
        }
        this.slots = (int) next;
    }

    /**
     * A layout with the ports, virtual servers and backends of {@code config}, and the writer's own
     * reason names.
     */
    public static CounterLayout of(LbConfig config, Map<MetricScope, List<String>> reasons) {
        Map<MetricScope, List<String>> names = new EnumMap<>(MetricScope.class);
        names.putAll(reasons);
        names.put(MetricScope.PORT, config.ports().stream().map(PortConfig::name).toList());
        names.put(
                MetricScope.VIRTUAL_SERVER,
                config.virtualServers().stream().map(VirtualServerConfig::name).toList());
        names.put(
                MetricScope.BACKEND,
                config.pools().stream()
                        .flatMap(pool ->
                                pool.backends().stream()
                                        .map(backend -> pool.name() + "/" + backend.name()))
                        .toList());
        return new CounterLayout(config.workers().count(), names);
    }

    public int workers() {
        return workers;
    }

    /** Slots in each worker's block. */
    public int slots() {
        return slots;
    }

    /** Names of a scope, in slot order. */
    public List<String> names(MetricScope scope) {
        return names.getOrDefault(scope, List.of());
    }

    /** Slots that a metric has in each block. */
    public int slots(Metric metric) {
        return names(metric.scope()).size();
    }

    /** The first slot of a metric: its only one at {@link MetricScope#WORKER}. */
    public int slot(Metric metric) {
        return firstSlots.getOrDefault(metric, 0);
    }

    /**
     * The slot of a metric for the {@code index}th name of its scope; {@link
     * IndexOutOfBoundsException} when there is none.
     */
    public int slot(Metric metric, int index) {
        if (index < 0 || index >= slots(metric)) {
            throw new IndexOutOfBoundsException(
                    metric + " has no slot " + index + " of " + slots(metric));
        }
        return slot(metric) + index;
    }
}
