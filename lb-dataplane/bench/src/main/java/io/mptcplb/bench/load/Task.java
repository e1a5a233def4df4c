package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The second thread of a connection that moves both ways. When one side fails, the other is woken;
 * the failure that came first is the one that is reported.
 */
final class Task {
    /** What a thread of a connection does. */
    interface Body {
        void run() throws IOException;
    }

    private final Thread thread;
    private final StreamSocket socket;
    private @Nullable IOException first;
    private boolean started;

    Task(String name, StreamSocket socket, Body body) {
        this.socket = socket;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> attempt(body));
    }

    void start() {
        started = true;
        thread.start();
    }

    /** Runs the body on this thread, then waits for the other; throws the first failure of both. */
    void guard(Body body) throws IOException {
        attempt(body);
        if (started) {
            joinUninterrupted();
        }
        synchronized (this) {
            if (first != null) {
                throw first;
            }
        }
    }

    private void attempt(Body body) {
        try {
            body.run();
        } catch (IOException e) {
            synchronized (this) {
                if (first == null) {
                    first = e;
                }
            }
            socket.interrupt();
        }
    }

    private void joinUninterrupted() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                socket.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
