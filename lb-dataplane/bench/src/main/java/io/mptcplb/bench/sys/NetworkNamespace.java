package io.mptcplb.bench.sys;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs code of this process in another network namespace. A namespace belongs to a thread, and
 * threads inherit it: what {@link #call} starts stays in the namespace, too.
 */
public final class NetworkNamespace {
    private final Path path;

    private NetworkNamespace(Path path) {
        this.path = path;
    }

    /** A namespace as {@code ip netns add} names it. */
    public static NetworkNamespace named(String name) {
        return new NetworkNamespace(Path.of("/run/netns", name));
    }

    /** Runs the task on a new thread in the namespace and waits for its result. */
    public <T> T call(String threadName, Callable<T> task) throws Exception {
        FutureTask<T> future =
                new FutureTask<>(() -> {
                    enter();
                    return task.call();
                });
        Thread.ofPlatform().name(threadName).daemon().start(future);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Moves the calling thread, for good. */
    private void enter() throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            int fd =
                    Linux.check(
                            "open " + path,
                            Linux.open(arena.allocateFrom(path.toString()), Linux.O_RDONLY));
            try {
                Linux.check("setns " + path, Linux.setns(fd, Linux.CLONE_NEWNET));
            } finally {
                Linux.close(fd);
            }
        }
    }
}
