package io.mptcplb.app;

import io.mptcplb.contract.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a configuration that somebody puts into the state directory: the first one, and another
 * one while the last cannot be served. Main thread; a signal ends the process meanwhile.
 */
final class FirstConfig {
    private static final long LOOK_NANOS = 50_000_000L;

    /** What was missing may be there now: a device that was late, for one. */
    private static final long TRY_AGAIN_NANOS = 15_000_000_000L;

    private final Path config;
    private final Path refused;
    private final Log log;

    /** The one that is tried; a later one may be there before it is refused. */
    private Optional<FileTime> tried = Optional.empty();

    FirstConfig(Path config, Log log) {
        this.config = config;
        this.log = log;
        refused = config.resolveSibling(ConfigFile.REFUSED);
    }

    /** Until there is one, which is to be read then. */
    void await() {
        if (stamp().isEmpty()) {
            log.line("waiting for a configuration: " + config);
            awaitOther(Optional.empty(), Long.MAX_VALUE);
        }
        tried = stamp();
    }

    /** Until there is another one than that which cannot be served, or it is worth another try. */
    void awaitAfter(StartupException why) {
        try {
            Files.writeString(refused, why.getMessage() + "\n");
        } catch (IOException e) {
            log.line("cannot write " + refused + ": " + e);
        }
        log.line("waiting for another configuration: " + config);
        awaitOther(tried, TRY_AGAIN_NANOS);
    }

    /** The configuration at hand is served. */
    void served() {
        try {
            Files.deleteIfExists(refused);
        } catch (IOException e) {
            log.line("cannot delete " + refused + ": " + e);
        }
    }

    private void awaitOther(Optional<FileTime> known, long mostNanos) {
        long startNanos = System.nanoTime();
        while (stamp().equals(known) && System.nanoTime() - startNanos < mostNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** It is replaced whole: what is there can be read. */
    private Optional<FileTime> stamp() {
        try {
            return Optional.of(
                    Files.readAttributes(config, BasicFileAttributes.class).lastModifiedTime());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
