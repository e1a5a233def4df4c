package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.MptcpInfo;
import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * One thread of a request/response or connection-rate run: either many exchanges on one connection,
 * or one exchange per connection, until the deadline.
 */
final class ExchangeWorker {
    private final LoadPlan plan;
    private final int index;
    private final long startNanos;
    private final long deadlineNanos;
    private final MemorySegment input;
    private final MemorySegment output;
    final Latencies latencies = new Latencies();
    final Map<String, Integer> errors = new TreeMap<>();
    int connections;
    int mptcpConnections;
    int subflowsMin = Integer.MAX_VALUE;

    ExchangeWorker(LoadPlan plan, int index, long startNanos, Buffers buffers) {
        this.plan = plan;
        this.index = index;
        this.startNanos = startNanos;
        deadlineNanos = startNanos + plan.millis * 1_000_000;
        input = buffers.take();
        output = buffers.take();
    }

    void run() {
        if (plan.shape == LoadPlan.Shape.REQUEST_RESPONSE) {
            manyExchanges();
        } else {
            manyConnections();
        }
    }

    private void manyExchanges() {
        Request request = plan.request(Pattern.mix(plan.seed) + index);
        double perConnection = plan.requestsPerSecond / plan.connections;
        long gapNanos = perConnection > 0 ? (long) (1e9 / perConnection) : 0;
        // Spread over the gap, so that the connections do not all fire at once.
        long firstNanos = startNanos + gapNanos * index / plan.connections;
        try (StreamSocket socket = open(request)) {
            Receiver receiver = new Receiver(socket, input);
            long dueNanos = Math.max(firstNanos, System.nanoTime());
            for (long i = 0; !isOver(dueNanos); i++) {
                Receiver.waitUntil(dueNanos);
                exchange(socket, receiver, request, i);
                long nowNanos = System.nanoTime();
                latencies.add(nowNanos - dueNanos);
                dueNanos = gapNanos > 0 ? dueNanos + gapNanos : nowNanos;
            }
            count(socket.mptcpInfo());
        } catch (IOException e) {
            errors.merge(BulkConnection.word(e), 1, Integer::sum);
        }
    }

    private void manyConnections() {
        for (long i = 0; !isOver(System.nanoTime()); i++) {
            Request request = plan.request(Pattern.mix(plan.seed) + index + i * plan.connections);
            long beginNanos = System.nanoTime();
            try (StreamSocket socket = open(request)) {
                exchange(socket, new Receiver(socket, input), request, 0);
                count(socket.mptcpInfo());
                latencies.add(System.nanoTime() - beginNanos);
            } catch (IOException e) {
                errors.merge(BulkConnection.word(e), 1, Integer::sum);
            }
        }
    }

    private boolean isOver(long nanos) {
        return nanos - deadlineNanos >= 0 || plan.ended.getAsBoolean();
    }

    private StreamSocket open(Request request) throws IOException {
        StreamSocket socket =
                StreamSocket.connect(plan.mptcp, plan.local, plan.remote, plan.connectLimitMillis);
        try {
            socket.timeoutMillis(plan.stallLimitMillis);
            socket.noDelay();
            request.encode(output);
            socket.sendAll(output, 0, Request.BYTES);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void exchange(StreamSocket socket, Receiver receiver, Request request, long number)
            throws IOException {
        Pattern.fill(output, 0, request.seed(), number, 0, plan.requestBytes);
        socket.sendAll(output, 0, plan.requestBytes);
        if (!receiver.receiveExactly(plan.responseBytes)) {
            throw new LoadException("end-before-response");
        }
        if (Pattern.mismatch(input, 0, request.downSeed(), number, 0, plan.responseBytes) >= 0) {
            throw new LoadException("response-content-corrupt");
        }
    }

    private void count(MptcpInfo info) {
        connections++;
        mptcpConnections += info.mptcp() ? 1 : 0;
        subflowsMin = Math.min(subflowsMin, info.subflows());
    }
}
