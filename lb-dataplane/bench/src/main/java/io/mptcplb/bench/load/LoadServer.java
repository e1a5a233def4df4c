package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.bench.sys.SysException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The backend: serves every kind of request on one port, a thread per connection. */
public final class LoadServer implements AutoCloseable {
    /** What becomes of an accepted connection. */
    public enum OnAccept {
        SERVE,
        /** Closed at once, with a FIN. */
        CLOSE,
        /** Reset at once. */
        RESET,
        /** Kept open, never read. */
        IGNORE
    }

    private static final int BACKLOG = 4096;

    final Buffers buffers = new Buffers();
    private final StreamSocket listener;
    private final OnAccept onAccept;
    private final Consumer<String> lines;
    private final ExecutorService sessions =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().name("load-serve-", 0).daemon().factory());
    private final Set<StreamSocket> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Long, CompletableFuture<Verdict>> verdicts =
            new ConcurrentHashMap<>();
    private final AtomicLong accepted = new AtomicLong();
    private final Thread acceptor;
    private volatile boolean closing;

    private LoadServer(StreamSocket listener, OnAccept onAccept, Consumer<String> lines) {
        this.listener = listener;
        this.onAccept = onAccept;
        this.lines = lines;
        acceptor = Thread.ofPlatform().name("load-accept").daemon().unstarted(this::acceptAll);
    }

    /** Listens when it returns. {@code lines} gets one line per connection, on any thread. */
    public static LoadServer start(
            InetSocketAddress local, boolean mptcp, OnAccept onAccept, Consumer<String> lines)
            throws SysException {
        LoadServer server =
                new LoadServer(StreamSocket.listen(mptcp, local, BACKLOG), onAccept, lines);
        server.acceptor.start();
        return server;
    }

    /** The usual backend: plain TCP, serving, quiet. */
    public static LoadServer start(InetSocketAddress local) throws SysException {
        return start(local, false, OnAccept.SERVE, line -> {});
    }

    public InetSocketAddress address() throws SysException {
        return listener.localAddress();
    }

    /** Connections accepted so far. */
    public long accepted() {
        return accepted.get();
    }

    /** Connections not yet closed. */
    public int openConnections() {
        return open.size();
    }

    /** Waits until the server ends; for a main that has nothing else to do. */
    void join() throws InterruptedException {
        acceptor.join();
    }

    @Override
    public void close() {
        closing = true;
        listener.interrupt();
        open.forEach(StreamSocket::abort);
        sessions.shutdownNow();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.close();
    }

    CompletableFuture<Verdict> verdict(long id) {
        return verdicts.computeIfAbsent(id, key -> new CompletableFuture<>());
    }

    void forget(long id) {
        verdicts.remove(id);
    }

    void report(String line) {
        lines.accept(line);
    }

    private void acceptAll() {
        while (!closing) {
            try {
                StreamSocket socket = listener.accept();
                accepted.incrementAndGet();
                open.add(socket);
                sessions.execute(() -> serve(socket));
            } catch (SysException e) {
                if (!closing) {
                    lines.accept("accept error=" + SysException.name(e.errno()));
                }
                if (e.errno() != SysException.ECONNABORTED) {
                    return;
                }
            }
        }
    }

    private void serve(StreamSocket socket) {
        try {
            switch (onAccept) {
                case SERVE -> new ServerSession(this, socket).run();
                case CLOSE -> socket.close();
                case RESET -> {
                    socket.abort();
                    socket.close();
                }
                case IGNORE -> {
                    return;
                }
            }
        } finally {
            if (onAccept != OnAccept.IGNORE) {
                open.remove(socket);
            }
        }
    }
}
