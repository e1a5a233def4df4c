package io.mptcplb.bench.demo;

import io.mptcplb.bench.lab.InterfaceCounters;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import java.io.IOException;
import java.nio.file.Path;

/** Where the table's figures come from. */
interface PathMeter extends AutoCloseable {
    /** Path 1 or 2 now. */
    PathSample sample(int path) throws IOException;

    @Override
    default void close() {}

    /** The counter file of our box. */
    static PathMeter ofBox(Path counters) throws IOException {
        CounterReader reader = CounterReader.open(counters);
        return new PathMeter() {
            @Override
            public PathSample sample(int path) {
                int port = reader.names(MetricScope.PORT).indexOf("p" + path);
                return new PathSample(
                        state(port),
                        reader.value(Metric.PATH_RX_PAYLOAD_BYTES, port),
                        reader.value(Metric.PATH_TX_PAYLOAD_BYTES, port),
                        reader.value(Metric.PATH_SRTT_NANOS, port),
                        reader.value(Metric.PATH_RETRANSMITTED_SEGMENTS, port));
            }

            private String state(int port) {
                if (reader.value(Metric.PATH_SUBFLOWS, port) == 0) {
                    return "none";
                }
                return reader.value(Metric.PATH_STALLED_SUBFLOWS, port) > 0 ? "stalled" : "active";
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /** The client's interfaces: whole frames, for a box that has no counter file of ours. */
    static PathMeter ofInterfaces(Lab lab) {
        return path -> {
            InterfaceCounters counters = lab.client().interfaceCounters("c" + path);
            return new PathSample("-", counters.txBytes(), counters.rxBytes(), -1, -1);
        };
    }
}
