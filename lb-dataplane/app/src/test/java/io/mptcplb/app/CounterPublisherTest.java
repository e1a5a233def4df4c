package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.rehearsal.MemoryCabling;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.app.rehearsal.RehearsalBox;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.CounterWriter;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A figure in the catalogue is one that somebody writes. */
class CounterPublisherTest {
    private static final long UNTOUCHED = 0x5a5a_5a5a_5a5aL;

    /** Only real devices have these; the tests with real ports read them. */
    private static final Set<Metric> OF_DEVICES =
            EnumSet.of(
                    Metric.PORT_RX_MISSED,
                    Metric.PORT_RX_ERRORS,
                    Metric.PORT_RX_NO_BUFFER,
                    Metric.PORT_TX_ERRORS,
                    Metric.PORT_RX_QUEUE_BYTES,
                    Metric.PORT_DEVICE_PRESENT,
                    Metric.PORT_DEVICE_CHANGES);

    @TempDir Path directory;

    @Test
    void publish_once_writesEverySlotOfEveryMetric() throws Exception {
        CounterLayout layout = CounterNames.layout(RehearsalBox.config());
        try (Rehearsal around = new Rehearsal(MemoryCabling.plain());
                CounterFile file =
                        CounterFile.create(directory.resolve("counters"), layout, 0, 0)) {
            CounterWriter writer = file.writer(0);
            for (int slot = 0; slot < layout.slots(); slot++) {
                writer.set(slot, UNTOUCHED);
            }
            WorkerLink link = new WorkerLink(around.box().balancer(), () -> {});
            WarmUp.publisher(around, file, link, new ControlFigures()).publish(around.nowNanos());
            assertEquals(List.of(), untouched(layout, writer));
        }
    }

    private static List<String> untouched(CounterLayout layout, CounterWriter writer) {
        List<String> missing = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            List<String> names = layout.names(metric.scope());
            assertEquals(false, names.isEmpty(), metric + " has no names for " + metric.scope());
            for (int i = 0; i < names.size() && !OF_DEVICES.contains(metric); i++) {
                if (writer.get(layout.slot(metric, i)) == UNTOUCHED) {
                    missing.add(
                            metric
                                    + (metric.scope() == MetricScope.WORKER
                                            ? ""
                                            : " " + names.get(i)));
                }
            }
        }
        return missing;
    }
}
