package io.mptcplb.controlplane.agent.paths;

import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.policy.path.PathSample;
import java.util.ArrayList;
import java.util.List;

/** What happened on each NIC port between two looks at the counter file. */
final class PathSamples {
    private PathSamples() {}

    static List<PathSample> between(CounterSample before, CounterSample now) {
        List<PathSample> samples = new ArrayList<>();
        List<String> ports = now.names(MetricScope.PORT);
        if (!ports.equals(before.names(MetricScope.PORT))) {
            return samples;
        }
        for (int i = 0; i < ports.size(); i++) {
            long retransmittedBytes = grown(Metric.PATH_RETRANSMITTED_BYTES, i, before, now);
            long sentBytes = grown(Metric.PATH_TX_PAYLOAD_BYTES, i, before, now);
            samples.add(
                    new PathSample(
                            ports.get(i),
                            now.value(Metric.PATH_SUBFLOWS, i),
                            now.value(Metric.PATH_STALLED_SUBFLOWS, i),
                            sentBytes,
                            retransmittedBytes,
                            now.value(Metric.PATH_SRTT_NANOS, i)));
        }
        return samples;
    }

    private static long grown(Metric metric, int port, CounterSample before, CounterSample now) {
        return Math.max(0, now.value(metric, port) - before.value(metric, port));
    }
}
