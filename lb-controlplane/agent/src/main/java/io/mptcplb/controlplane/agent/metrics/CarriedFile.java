package io.mptcplb.controlplane.agent.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has been scraped, kept for the next agent: one that began at zero beside an older dataplane
 * would let counters fall, and Prometheus would count again what it has already counted.
 *
 * <p>Text, a series a line: {@code before} or {@code last}, metric, index name, value, between
 * tabs. Replaced whole, never written in place.
 */
final class CarriedFile {
    private static final String HEAD = "mptcplb-carried-1";
    private static final long BYTES_MAX = 64L << 20;
    private static final String BEFORE = "before";
    private static final String LAST = "last";

    private final Path path;

    /**
     * What the file holds.
     *
     * @param epoch the dataplane that was scraped last
     * @param before what counters had reached when it began
     * @param last its own figures at the last look
     */
    record Content(Snapshot.Epoch epoch, Map<SeriesKey, Long> before, Map<SeriesKey, Long> last) {}

    CarriedFile(Path path) {
        this.path = path;
    }

    /**
     * Nothing when there is no file.
     *
     * @throws IOException when it cannot be read, or is not what an agent wrote
     */
    Optional<Content> read() throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        if (Files.size(path) > BYTES_MAX) {
            throw new IOException(path + ": longer than any agent writes");
        }
        List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        try {
            return Optional.of(parse(lines));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static Content parse(List<String> lines) {
        String[] head = lines.get(0).split("\t", -1);
        if (!head[0].equals(HEAD)) {
            throw new IllegalArgumentException("no file of carried counters");
        }
        Map<SeriesKey, Long> before = new HashMap<>();
        Map<SeriesKey, Long> last = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split("\t", -1);
            Map<SeriesKey, Long> into =
                    switch (words[0]) {
                        case BEFORE -> before;
                        case LAST -> last;
                        default -> throw new IllegalArgumentException("unknown line " + line);
                    };
            into.put(new SeriesKey(words[1], words[2]), Long.parseLong(words[3]));
        }
        return new Content(
                new Snapshot.Epoch(Long.parseLong(head[1]), Long.parseLong(head[2])), before, last);
    }

    void write(Content content) throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        text.append('\t').append(content.epoch().startUnixNanos());
        text.append('\t').append(content.epoch().random()).append('\n');
        append(text, BEFORE, content.before());
        append(text, LAST, content.last());
        Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
        Files.writeString(temporary, text);
        Files.move(
                temporary,
                path,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static void append(StringBuilder text, String kind, Map<SeriesKey, Long> series) {
        series.forEach((key, value) -> {
            if (value != 0) {
                text.append(kind).append('\t').append(key.metric()).append('\t');
                text.append(key.index()).append('\t').append(value).append('\n');
            }
        });
    }
}
