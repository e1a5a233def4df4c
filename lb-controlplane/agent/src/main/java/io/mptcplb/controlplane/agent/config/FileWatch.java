package io.mptcplb.controlplane.agent.config;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a file has another content: written in place, or replaced. It is told once it has
 * stood still for one look, so that an editor may take its time.
 */
final class FileWatch {
    private static final long INTERVAL_MILLIS = 40;

    private final Vertx vertx;
    private final Path file;
    private final Runnable onChange;
    private @Nullable Stamp read;
    private @Nullable Stamp seen;
    private boolean looking;
    private long timer = -1;

    /** What tells one content from another without reading it. */
    private record Stamp(@Nullable Object key, long modifiedNanos, long bytes) {
        static Optional<Stamp> of(Path file) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(
                        new Stamp(
                                attributes.fileKey(),
                                attributes
                                        .lastModifiedTime()
                                        .to(java.util.concurrent.TimeUnit.NANOSECONDS),
                                attributes.size()));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * A file's text, or why there is none.
     *
     * @param text empty when it cannot be read
     * @param why empty when it could
     */
    record Content(String text, String why) {
        boolean isReadable() {
            return why.isEmpty();
        }
    }

    FileWatch(Vertx vertx, Path file, Runnable onChange) {
        this.vertx = vertx;
        this.file = file;
        this.onChange = onChange;
    }

    /** From now on; what the file holds now is the first change. */
    void start() {
        timer = vertx.setPeriodic(INTERVAL_MILLIS, due -> look());
    }

    void close() {
        vertx.cancelTimer(timer);
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        vertx.executeBlocking(() -> Stamp.of(file), true)
                .onComplete(done -> {
                    looking = false;
                    if (done.succeeded()) {
                        consider(done.result().orElse(null));
                    }
                });
    }

    /** A file that is gone says nothing: it is being replaced, or will be missed at next start. */
    private void consider(@Nullable Stamp now) {
        Stamp before = seen;
        seen = now;
        if (now != null && now.equals(before) && !now.equals(read)) {
            read = now;
            onChange.run();
        }
    }

    /** The text of a file, or why there is none. */
    static Content readText(Path file) {
        try {
            return new Content(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .toString(),
                    "");
        } catch (CharacterCodingException e) {
            return new Content("", file + " is not UTF-8 text");
        } catch (IOException e) {
            return new Content("", "cannot read " + file + ": " + e.getMessage());
        }
    }
}
