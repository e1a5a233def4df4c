package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an interface has carried so far, by its host's kernel; bytes are of whole frames. A device
 * without checksum and segmentation offloads counts what a wire would have seen.
 */
public record InterfaceCounters(
        long rxBytes, long rxFrames, long rxDropped, long txBytes, long txFrames, long txDropped) {
    private static final Path FILE = Path.of("/proc/thread-self/net/dev");
    private static final int TX_COLUMN = 8;
    private static final int DROPPED_COLUMN = 3;

    /** Reads a device of the calling thread's namespace. */
    static InterfaceCounters read(String device) throws IOException {
        for (String line : Files.readAllLines(FILE)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(device)) {
                String[] words = line.substring(colon + 1).strip().split("\\s+", -1);
                return new InterfaceCounters(
                        Long.parseLong(words[0]),
                        Long.parseLong(words[1]),
                        Long.parseLong(words[DROPPED_COLUMN]),
                        Long.parseLong(words[TX_COLUMN]),
                        Long.parseLong(words[TX_COLUMN + 1]),
                        Long.parseLong(words[TX_COLUMN + DROPPED_COLUMN]));
            }
        }
        throw new LabException("no interface " + device);
    }
}
