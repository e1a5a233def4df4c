package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Frames of some interfaces of one namespace, in one file. */
public final class Capture implements AutoCloseable {
    /** Enough for every header and option, not for payload. */
    public static final int HEADERS_ONLY = 192;

    /** All of every frame: checksums can be verified. */
    public static final int WHOLE_FRAMES = 65_535;

    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private static final Pattern DROPPED = Pattern.compile("received/dropped on .*: \\d+/(\\d+)");

    private final LabProcess dumpcap;
    private final Path file;

    private Capture(LabProcess dumpcap, Path file) {
        this.dumpcap = dumpcap;
        this.file = file;
    }

    /** Captures when it returns. */
    public static Capture start(
            Lab lab, LabNamespace host, String name, int frameBytesMax, String... devices)
            throws IOException {
        Path file = lab.directory().resolve(name + ".pcapng");
        List<String> command =
                new ArrayList<>(
                        List.of("dumpcap", "-q", "-B", "64", "-s", "" + frameBytesMax, "-w"));
        command.add(file.toString());
        for (String device : devices) {
            command.add("-i");
            command.add(device);
        }
        LabProcess dumpcap = host.start("capture-" + name, command);
        dumpcap.awaitLine("^File: ", START_LIMIT);
        return new Capture(dumpcap, file);
    }

    /** Ends it; the file is whole then. A frame that the capture itself lost is a failure. */
    public Path stop() throws IOException {
        // The kernel hands frames over in blocks, the last one when its time is up: what stands
        // there at the end is lost.
        LabEvents.settled("capture " + file.getFileName(), () -> Files.size(file));
        dumpcap.close();
        dumpcap.await(START_LIMIT);
        for (String line : dumpcap.lines()) {
            Matcher dropped = DROPPED.matcher(line);
            if (dropped.find() && !dropped.group(1).equals("0")) {
                throw dumpcap.failed("lost frames");
            }
        }
        return file;
    }

    @Override
    public void close() {
        dumpcap.close();
    }
}
