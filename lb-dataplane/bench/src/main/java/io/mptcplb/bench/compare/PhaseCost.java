package io.mptcplb.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one load cost the workers.
 *
 * @param row what it was
 * @param figure in the unit of its case
 * @param frames in and out, super-frames as one each
 * @param gigabytes of payload
 * @param nanos of the workers' CPU time in each of {@link Phases#NAMES}
 * @param copiedBytes of payload, thin segments that were put together left out
 * @param allocatedBytes by the workers' threads
 * @param verified all content arrived as it was sent
 */
record PhaseCost(
        Results.Row row,
        double figure,
        long frames,
        double gigabytes,
        List<Double> nanos,
        long copiedBytes,
        long allocatedBytes,
        boolean verified) {
    private static final List<String> COLUMNS = columns();

    PhaseCost {
        nanos = List.copyOf(nanos);
    }

    private static List<String> columns() {
        List<String> names = new ArrayList<>(List.of("load", "Mb/s", "frames/MB"));
        names.addAll(Phases.NAMES);
        names.addAll(List.of("all", "copied", "allocated"));
        return names;
    }

    /** Column heads of {@link #cells}. */
    static List<String> heads() {
        return COLUMNS;
    }

    /** One line: each phase as nanoseconds per frame, and milliseconds per gigabyte behind it. */
    List<String> cells() {
        List<String> cells = new ArrayList<>();
        cells.add(row.load().name() + (verified ? "" : " FAILED"));
        cells.add(String.format(Locale.ROOT, "%.0f", figure));
        cells.add(String.format(Locale.ROOT, "%.0f", frames / gigabytes / 1e3));
        double all = 0;
        for (double each : nanos) {
            all += each;
            cells.add(cost(each));
        }
        cells.add(cost(all));
        cells.add(Long.toString(copiedBytes));
        cells.add(Long.toString(allocatedBytes));
        return cells;
    }

    private String cost(double phaseNanos) {
        return String.format(
                Locale.ROOT, "%.0f (%.0f)", phaseNanos / frames, phaseNanos / 1e6 / gigabytes);
    }
}
