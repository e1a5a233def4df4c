package io.mptcplb.app;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Starts the dataplane and waits for its end. Exits with 0 after SIGTERM or SIGINT, with a status
 * of sysexits.h and one line when it cannot serve, with 1 when the worker failed: then the
 * supervisor starts it again.
 */
public final class Main {
    private static final int CRASHED = 1;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private Main() {}

    public static void main(String[] words) {
        Log log = new Log(System.err);
        int status;
        try {
            if (words.length == 1 && words[0].equals(Arguments.REHEARSE)) {
                status = rehearse(log);
            } else {
                Arguments arguments = Arguments.parse(words);
                status = serve(arguments, read(arguments.config()), log);
            }
        } catch (StartupException e) {
            log.line("cannot start: " + e.getMessage());
            status = e.status();
        }
        // Not exit: the shutdown hook waits for this thread.
        Runtime.getRuntime().halt(status);
    }

    private static int serve(Arguments arguments, LbConfig config, Log log)
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
            log.line("serving configuration " + config.generation());
            if (preload == null) {
                preload = preload(log); // clients wait for nothing that can be done beside them
            }
            Throwable failure = dataplane.await();
            if (failure == null) {
                return 0;
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
