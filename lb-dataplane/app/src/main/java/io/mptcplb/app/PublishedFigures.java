package io.mptcplb.app;

import io.mptcplb.app.control.Figures;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MetricScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counter file and who writes it. Other names need another file: workers write all they have
 * into it before readers can see it, so that no counter falls. Owner: the control thread while it
 * runs, the main thread before and after.
 */
final class PublishedFigures implements Figures, AutoCloseable {
    private final List<CounterPublisher> publishers;
    private CounterFile file;

    PublishedFigures(CounterFile file, List<CounterPublisher> publishers) {
        this.file = file;
        this.publishers = List.copyOf(publishers);
    }

    @Override
    public @Nullable Handover handover(LbConfig next) throws IOException {
        CounterLayout layout = CounterNames.layout(next);
        if (sameNames(layout, file.layout())) {
            return null;
        }
        CounterFile successor = file.successor(layout);
        List<CounterTarget> targets = new ArrayList<>();
        for (int i = 0; i < publishers.size(); i++) {
            targets.add(new CounterTarget(successor.writer(i), layout));
        }
        return new Handover() {
            @Override
            public void onWorker(int worker, long nowNanos) {
                publishers.get(worker).become(targets.get(worker), nowNanos);
            }

            @Override
            public void complete() throws IOException {
                CounterFile former = file;
                file = successor;
                former.close();
                successor.appear();
            }

            @Override
            public void drop() throws IOException {
                successor.discard();
            }
        };
    }

    private static boolean sameNames(CounterLayout one, CounterLayout other) {
        for (MetricScope scope : MetricScope.values()) {
            if (!one.names(scope).equals(other.names(scope))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        file.close();
    }
}
