package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** A network namespace of a test's own; gone when closed. Needs root. */
public final class NetworkNamespace implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("open"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("setns"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    public final String name;

    public NetworkNamespace(String suffix) {
        name = "dpdkt-" + ProcessHandle.current().pid() + "-" + suffix;
        run("ip", "netns", "add", name);
        try {
            exec("ip", "link", "set", "lo", "up");
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** A veth pair between two namespaces, up, without IPv6 chatter and with honest checksums. */
    public static void link(
            NetworkNamespace left, String leftName, NetworkNamespace right, String rightName) {
        left.exec(
                "ip",
                "link",
                "add",
                leftName,
                "type",
                "veth",
                "peer",
                rightName,
                "netns",
                right.name);
        left.prepare(leftName);
        right.prepare(rightName);
    }

    private void prepare(String interfaceName) {
        exec("sysctl", "-qw", "net.ipv6.conf." + interfaceName + ".disable_ipv6=1");
        exec("ethtool", "-K", interfaceName, "tx", "off");
        exec("ip", "link", "set", interfaceName, "up");
    }

    /** Runs a command inside; its output. */
    public String exec(String... command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
        line.addAll(List.of(command));
        return run(line.toArray(String[]::new));
    }

    public static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + ": " + status + " " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Calls {@code body} on a thread that is in this namespace; what it opens there stays there.
     */
    public <T> T inside(Callable<T> body) {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                enter();
                                result.set(body.call());
                            } catch (Throwable thrown) {
                                failure.set(thrown);
                            }
                        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return result.get();
    }

    private void enter() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom("/run/netns/" + name).address();
            int descriptor = (int) OPEN.invokeExact(path, O_RDONLY_CLOEXEC);
            if (descriptor < 0 || (int) SETNS.invokeExact(descriptor, CLONE_NEWNET) != 0) {
                throw new IllegalStateException("cannot enter " + name);
            }
            new Posix(arena).close(descriptor);
        }
    }

    @Override
    public void close() {
        run("ip", "netns", "del", name);
    }
}
