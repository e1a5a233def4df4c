package io.mptcplb.app;

import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Starts the dataplane and waits for its end. Exits with 0 after SIGTERM or SIGINT, with a status
 * of sysexits.h and one line when it cannot serve, with 1 when the worker failed: then the
 * supervisor starts it again.
 */
public final class Main {
    private static final int CRASHED = 1;
    private static final long REHEARSAL_NANOS = 1_500_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private Main() {}

    public static void main(String[] words) {
        Log log = new Log(System.err);
        int status;
        try {
            Arguments arguments = Arguments.parse(words);
            status = serve(arguments, read(arguments.config()), log);
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
        if (arguments.warmUp()) {
            rehearse(log);
        }
        try (Dataplane dataplane = Dataplane.start(arguments, config, log)) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("stop")
                                    .unstarted(() -> stop(dataplane, main, log)));
            log.line("serving configuration " + config.generation());
            Throwable failure = dataplane.await();
            if (failure == null) {
                return 0;
            }
            log.line("the worker failed: " + failure);
            failure.printStackTrace();
            return CRASHED;
        }
    }

    /** Compiles the packet path by use; what fails there is said, and serving goes on. */
    private static void rehearse(Log log) {
        long startNanos = System.nanoTime();
        Rehearsal.Outcome outcome = Rehearsal.play(System::nanoTime, startNanos + REHEARSAL_NANOS);
        long millis = (System.nanoTime() - startNanos) / NANOS_PER_MILLI;
        String failed = outcome.failed();
        log.line(
                "rehearsed "
                        + outcome.scenes()
                        + " scenes with "
                        + outcome.frames()
                        + " frames in "
                        + millis
                        + " ms"
                        + (failed == null ? "" : "; " + failed + " DID NOT END"));
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
