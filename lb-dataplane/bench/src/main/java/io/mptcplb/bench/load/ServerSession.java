package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The backend's end of one connection. */
final class ServerSession {
    private static final int QUERY_SECONDS = 10;

    /** The client asked for a reset: not an error of anybody. */
    private static final class ResetAsAsked extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private final LoadServer server;
    private final StreamSocket socket;
    private final MemorySegment input;
    private final MemorySegment output;
    private final Receiver receiver;
    private final AtomicLong moved = new AtomicLong();
    private @Nullable Verdict verdict;

    ServerSession(LoadServer server, StreamSocket socket) {
        this.server = server;
        this.socket = socket;
        input = server.buffers.take();
        output = server.buffers.take();
        receiver = new Receiver(socket, input);
    }

    void run() {
        String error = null;
        Request request = null;
        try {
            if (!receiver.receiveExactly(Request.BYTES)) {
                throw new LoadException("no-request");
            }
            request = Request.decode(receiver.buffer());
            switch (request.kind()) {
                case BULK -> bulk(request);
                case EXCHANGE -> exchange(request);
                case QUERY -> query(request);
            }
        } catch (ResetAsAsked e) {
            error = "reset-as-asked";
            socket.abort();
        } catch (IOException e) {
            error = BulkConnection.word(e);
        } finally {
            socket.close();
            server.buffers.give(input);
            server.buffers.give(output);
        }
        report(request, error);
    }

    private void bulk(Request request) throws IOException {
        if (request.chunkBytes() > 0) {
            socket.noDelay();
        }
        ByteGate slow =
                Receiver.slow(
                        request.pauseAtBytes(),
                        request.pauseMillis(),
                        request.readBytesPerSecond());
        ByteGate reset = resetAt(request.resetAtBytes());
        receiver.begin(
                System.nanoTime(),
                request.millis(),
                bytes -> {
                    slow.moved(bytes);
                    reset.moved(bytes);
                });
        switch (request.halfClose()) {
            case NONE -> together(request, reset);
            case CLIENT -> {
                receiveUp(request);
                receiver.expectEnd();
                sendDown(request, reset);
                sendVerdict(request);
            }
            case SERVER -> {
                sendDown(request, reset);
                socket.shutdownWrite();
                receiveUp(request);
                receiver.expectEnd();
                server.verdict(request.id()).complete(current());
            }
        }
    }

    private void together(Request request, ByteGate reset) throws IOException {
        Task sender = new Task("load-serve", socket, () -> sendDown(request, reset));
        if (request.up() && request.down()) {
            sender.start();
        } else {
            sendDown(request, reset);
        }
        sender.guard(() -> receiveUp(request));
        sendVerdict(request);
        receiver.expectEnd();
    }

    private void sendDown(Request request, ByteGate reset) throws IOException {
        if (!request.down()) {
            return;
        }
        BlockWriter writer =
                new BlockWriter(
                        socket,
                        output,
                        request.downSeed(),
                        request.chunkBytes(),
                        request.sha(),
                        reset);
        if (request.millis() > 0) {
            writer.sendUntil(System.nanoTime() + request.millis() * 1_000_000);
        } else {
            writer.sendBytes(request.downBytes());
        }
    }

    private void receiveUp(Request request) throws IOException {
        if (!request.up()) {
            return;
        }
        BlockReader reader = new BlockReader(request.seed(), request.sha());
        try {
            receiver.receive(reader, request.chunkBytes());
        } finally {
            verdict = receiver.verdict(reader);
        }
    }

    private void sendVerdict(Request request) throws IOException {
        if (request.up()) {
            current().encode(output, 0);
            socket.sendAll(output, 0, Verdict.BYTES);
        }
    }

    private Verdict current() {
        return verdict == null ? Verdict.NOTHING : verdict;
    }

    private void exchange(Request request) throws IOException {
        socket.noDelay();
        long resetSeed = request.downSeed();
        for (long i = 0; receiver.receiveExactly(request.requestBytes()); i++) {
            if (Pattern.mismatch(input, 0, request.seed(), i, 0, request.requestBytes()) >= 0) {
                throw new LoadException("request-content-corrupt");
            }
            Pattern.fill(output, 0, resetSeed, i, 0, request.responseBytes());
            socket.sendAll(output, 0, request.responseBytes());
        }
    }

    private void query(Request request) throws IOException {
        try {
            Verdict answer = server.verdict(request.id()).get(QUERY_SECONDS, TimeUnit.SECONDS);
            answer.encode(output, 0);
            socket.sendAll(output, 0, Verdict.BYTES);
        } catch (TimeoutException e) {
            throw new LoadException("query-unknown");
        } catch (InterruptedException | ExecutionException e) {
            throw new LoadException("query-interrupted");
        } finally {
            server.forget(request.id());
        }
    }

    private ByteGate resetAt(long bytes) {
        if (bytes < 0) {
            return ByteGate.OPEN;
        }
        return n -> {
            if (moved.addAndGet(n) >= bytes) {
                throw new ResetAsAsked();
            }
        };
    }

    private void report(@Nullable Request request, @Nullable String error) {
        if (request != null && request.kind() == Request.Kind.EXCHANGE && error == null) {
            return; // thousands of them: only failures are worth a line
        }
        server.report(
                String.format(
                        Locale.ROOT,
                        "kind=%s id=%x error=%s%s",
                        request == null ? "-" : request.kind(),
                        request == null ? 0 : request.id(),
                        error == null ? "-" : error,
                        verdict == null ? "" : " " + verdict.text("up_")));
    }
}
