package io.mptcplb.bench.compare;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time of a process, from its threads' schedstat: that counts the network work which the kernel
 * does in interrupts on top of them, too, unlike the ticks of /proc/PID/stat.
 */
final class CpuTime {
    private CpuTime() {}

    /** Of the threads alone whose names begin so. */
    static long nanos(long pid, String names) throws IOException {
        long nanos = 0;
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                nanos += ofThread(thread, names);
            }
        }
        return nanos;
    }

    /** Of a process and of all that it has started, by now. */
    static long nanosOfTree(ProcessHandle process) throws IOException {
        long nanos = nanos(process.pid(), "");
        for (ProcessHandle child : process.descendants().toList()) {
            nanos += nanos(child.pid(), "");
        }
        return nanos;
    }

    private static long ofThread(Path thread, String names) throws IOException {
        try {
            if (!Files.readString(thread.resolve("comm")).startsWith(names)) {
                return 0;
            }
            String text = Files.readString(thread.resolve("schedstat"));
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        } catch (NoSuchFileException e) {
            return 0; // it ended while we looked
        }
    }
}
