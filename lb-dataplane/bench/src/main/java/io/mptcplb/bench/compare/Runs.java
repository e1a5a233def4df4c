package io.mptcplb.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** All runs of one contender through one case. */
final class Runs {
    private final List<Run> all = new ArrayList<>();

    void add(Run run) {
        all.add(run);
    }

    double median(ToDoubleFunction<Run> of) {
        return median(all.stream().mapToDouble(of));
    }

    static double median(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double least(ToDoubleFunction<Run> of) {
        return sorted(of)[0];
    }

    double most(ToDoubleFunction<Run> of) {
        return sorted(of)[all.size() - 1];
    }

    int failed() {
        return all.stream().mapToInt(Run::failed).sum();
    }

    int count() {
        return all.size();
    }

    private double[] sorted(ToDoubleFunction<Run> of) {
        return all.stream().mapToDouble(of).sorted().toArray();
    }
}
