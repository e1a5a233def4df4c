package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.MptcpInfo;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.bench.sys.SysException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The client's end of one bulk connection. One thread reads; a second one writes for duplex. */
final class BulkConnection {
    private final LoadPlan plan;
    private final int index;
    private final Request request;
    private final Buffers buffers;
    private final MemorySegment input;
    private final MemorySegment output;
    private MptcpInfo info = new MptcpInfo(false, 0, 0, false, 0);
    private long connectNanos;
    private @Nullable Verdict up;
    private @Nullable Verdict down;

    BulkConnection(LoadPlan plan, int index, Buffers buffers) {
        this.plan = plan;
        this.index = index;
        this.buffers = buffers;
        request = plan.request(Pattern.mix(plan.seed) + index);
        input = buffers.take();
        output = buffers.take();
    }

    ConnectionResult run() {
        long startNanos = System.nanoTime();
        String error = null;
        try (StreamSocket socket =
                StreamSocket.connect(
                        plan.mptcp, plan.local, plan.remote, plan.connectLimitMillis)) {
            connectNanos = System.nanoTime() - startNanos;
            transfer(socket);
        } catch (IOException e) {
            error = word(e);
        }
        if (error == null && request.up() && up == null) {
            error = queryVerdict();
        }
        buffers.give(input);
        buffers.give(output);
        long totalNanos = System.nanoTime() - startNanos;
        return new ConnectionResult(index, error, connectNanos, totalNanos, info, up, down);
    }

    private void transfer(StreamSocket socket) throws IOException {
        socket.timeoutMillis(plan.stallLimitMillis);
        if (plan.chunkBytes > 0) {
            socket.noDelay();
        }
        if (plan.receiveBufferBytes > 0) {
            socket.receiveBufferBytes(plan.receiveBufferBytes);
        }
        if (plan.destinationOptions) {
            socket.destinationOptions();
        }
        Receiver receiver = new Receiver(socket, input);
        request.encode(output);
        socket.sendAll(output, 0, Request.BYTES);
        receiver.begin(
                System.nanoTime(),
                plan.millis,
                Receiver.slow(plan.pauseAtBytes, plan.pauseMillis, 0));
        try {
            switch (request.halfClose()) {
                case NONE -> together(socket, receiver);
                case CLIENT -> clientFirst(socket, receiver);
                case SERVER -> serverFirst(socket, receiver);
            }
        } finally {
            observe(socket);
        }
    }

    /** Keeps the view with the most subflows: they close before the connection does. */
    private void observe(StreamSocket socket) {
        MptcpInfo now = socket.mptcpInfo();
        if (now.subflows() >= info.subflows()) {
            info = now;
        }
    }

    private void together(StreamSocket socket, Receiver receiver) throws IOException {
        Task sender = new Task("load-send-" + index, socket, () -> sendUp(socket));
        if (request.up() && request.down()) {
            sender.start();
        } else if (request.up()) {
            sendUp(socket);
        }
        sender.guard(() -> {
            receiveDown(receiver);
            receiveVerdict(receiver);
        });
        observe(socket);
        socket.shutdownWrite();
        receiver.expectEnd();
    }

    private void clientFirst(StreamSocket socket, Receiver receiver) throws IOException {
        if (request.up()) {
            sendUp(socket);
        }
        observe(socket);
        socket.shutdownWrite();
        receiveDown(receiver);
        receiveVerdict(receiver);
        receiver.expectEnd();
    }

    private void serverFirst(StreamSocket socket, Receiver receiver) throws IOException {
        receiveDown(receiver);
        receiver.expectEnd();
        if (request.up()) {
            sendUp(socket);
        }
        observe(socket);
        socket.shutdownWrite();
    }

    private void sendUp(StreamSocket socket) throws IOException {
        BlockWriter writer =
                new BlockWriter(
                        socket, output, request.seed(), plan.chunkBytes, plan.sha, ByteGate.OPEN);
        if (plan.millis > 0) {
            writer.sendUntil(System.nanoTime() + plan.millis * 1_000_000);
        } else {
            writer.sendBytes(plan.bytes);
        }
    }

    private void receiveDown(Receiver receiver) throws IOException {
        if (request.down()) {
            BlockReader reader = new BlockReader(request.downSeed(), plan.sha);
            try {
                receiver.receive(reader, plan.chunkBytes);
            } finally {
                down = receiver.verdict(reader);
            }
        }
    }

    private void receiveVerdict(Receiver receiver) throws IOException {
        if (request.up()) {
            if (!receiver.receiveExactly(Verdict.BYTES)) {
                throw new LoadException("end-before-verdict");
            }
            up = Verdict.decode(receiver.buffer(), 0);
        }
    }

    /**
     * Where the backend closed its direction first, it can only answer on another connection. That
     * one is plain TCP: it is no part of the test.
     */
    private @Nullable String queryVerdict() {
        Request query =
                new Request(
                        Request.Kind.QUERY,
                        HalfClose.NONE,
                        request.id(),
                        0,
                        false,
                        false,
                        0,
                        0,
                        false,
                        -1,
                        0,
                        -1,
                        0,
                        0,
                        0,
                        0);
        try (StreamSocket socket =
                StreamSocket.connect(false, null, plan.remote, plan.connectLimitMillis)) {
            socket.timeoutMillis(plan.stallLimitMillis);
            query.encode(output);
            socket.sendAll(output, 0, Request.BYTES);
            Receiver receiver = new Receiver(socket, input);
            if (!receiver.receiveExactly(Verdict.BYTES)) {
                return "no-verdict";
            }
            up = Verdict.decode(receiver.buffer(), 0);
            return null;
        } catch (IOException e) {
            return "query:" + word(e);
        }
    }

    static String word(IOException e) {
        if (e instanceof SysException sys) {
            return sys.call() + ":" + SysException.name(sys.errno());
        }
        return String.valueOf(e.getMessage());
    }
}
