package io.mptcplb.app;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.ProcessImage;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts the dataplane and waits for its end. Exits with 0 after SIGTERM or SIGINT, with a status
 * of sysexits.h and one line when it cannot serve, with 1 when the worker failed: then the
 * supervisor starts it again. Asked on the control socket to begin anew, it does so under the same
 * process id.
 */
public final class Main {
    private static final int CRASHED = 1;

    /** No status: the process goes on as another one. */
    private static final int AGAIN = -1;

    private static final String CANNOT_START = "cannot start: ";
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private Main() {}

    public static void main(String[] words) {
        Log log = new Log(System.err);
        int status;
        try {
            if (words.length == 1 && words[0].equals(Arguments.REHEARSE)) {
                status = rehearse(log);
            } else if (words.length > 1 && words[0].equals(Arguments.SHIELD)) {
                status = shield(List.of(words).subList(1, words.length), log);
            } else {
                status = serve(Arguments.parse(words), log);
            }
        } catch (StartupException e) {
            log.line(CANNOT_START + e.getMessage());
            status = e.status();
        }
        // Not exit: the shutdown hook waits for this thread.
        Runtime.getRuntime().halt(status);
    }

    private static int serve(Arguments arguments, Log log) throws StartupException {
        FirstConfig config = new FirstConfig(arguments.config(), log);
        if (arguments.waits()) {
            config.await();
        }
        try {
            int status = serve(arguments, read(arguments.config()), config, log);
            return status == AGAIN ? becomeNext(log) : status;
        } catch (StartupException e) {
            if (!arguments.waits()) {
                throw e;
            }
            log.line(CANNOT_START + e.getMessage());
            config.awaitAfter(e);
            return becomeNext(log);
        }
    }

    /** DPDK starts once in a process, but a process may become another one. */
    private static int becomeNext(Log log) {
        log.line("beginning anew");
        try {
            ProcessImage.replace(List.of(Arguments.NO_WARM_UP));
        } catch (IOException | DpdkException e) {
            log.line("cannot begin anew: " + e.getMessage());
        }
        return CRASHED;
    }

    private static int serve(Arguments arguments, LbConfig config, FirstConfig file, Log log)
            throws StartupException {
        Thread main = Thread.currentThread();
        @Nullable Preload preload = null;
        if (arguments.warmUp()) {
            preload = preload(log);
        }
        try (Dataplane dataplane = Dataplane.start(arguments, config, log)) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("stop")
                                    .unstarted(() -> stop(dataplane, main, log)));
            file.served();
            log.line("serving configuration " + config.generation());
            if (preload == null) {
                preload = preload(log); // clients wait for nothing that can be done beside them
            }
            Throwable failure = dataplane.await();
            if (failure == null) {
                return dataplane.restarts() ? AGAIN : 0;
            }
            log.line("the worker failed: " + failure);
            failure.printStackTrace();
            return CRASHED;
        } finally {
            Reference.reachabilityFence(preload);
        }
    }

    /** Opens no device: what a JVM learns here can be kept for the ones that serve. */
    private static int rehearse(Log log) throws StartupException {
        Preload preload = preload(log);
        try {
            WarmUp.train(log);
            return 0;
        } finally {
            Reference.reachabilityFence(preload);
        }
    }

    /** For who has the rights, before the one who serves; the chains stay until somebody's end. */
    private static int shield(List<String> devices, Log log) throws StartupException {
        for (String device : devices) {
            if (KernelAddresses.of(device).isEmpty()) {
                throw new StartupException(
                        StartupException.UNAVAILABLE, "the kernel has no address on " + device);
            }
        }
        Shield.raise(List.of(), devices);
        log.line("what is for our TCP ports is hidden on " + String.join(", ", devices));
        return 0;
    }

    private static Preload preload(Log log) throws StartupException {
        long startNanos = System.nanoTime();
        try {
            Preload preload = Preload.run();
            log.line(
                    "initialised "
                            + preload.classes()
                            + " classes and "
                            + preload.strings().size()
                            + " strings in "
                            + (System.nanoTime() - startNanos) / NANOS_PER_MILLI
                            + " ms");
            return preload;
        } catch (IOException e) {
            throw new StartupException(StartupException.OS_ERROR, "our own classes: " + e);
        }
    }

    /** Runs in the JVM's shutdown: main ends the process by itself, with its own status. */
    private static void stop(Dataplane dataplane, Thread main, Log log) {
        log.line("stopping");
        dataplane.stop();
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static LbConfig read(Path path) throws StartupException {
        try {
            return ConfigFile.read(path);
        } catch (NoSuchFileException e) {
            throw new StartupException(
                    StartupException.NO_INPUT, "there is no configuration " + path);
        } catch (IOException e) {
            throw new StartupException(
                    StartupException.NO_INPUT, "configuration " + path + ": " + e.getMessage());
        } catch (CodecException e) {
            throw new StartupException(
                    StartupException.BAD_DATA, "configuration " + path + ": " + e.getMessage());
        }
    }
}
