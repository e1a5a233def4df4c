package io.mptcplb.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time: of a process, from its threads' schedstat: that counts the network work which the
 * kernel does in interrupts on top of them, too, unlike the ticks of /proc/PID/stat.
 */
final class CpuTime {
    /** Of the first line of /proc/stat: see proc(5). */
    private static final int USER_FIELD = 1;

    private static final int IDLE_FIELD = 4;
    private static final int IOWAIT_FIELD = 5;
    private static final int SOFTIRQ_FIELD = 7;

    /** USER_HZ is 100 on every architecture that we run on. */
    private static final long TICK_NANOS = 10_000_000L;

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

    /**
     * All that the machine's CPUs have done so far, in nanoseconds: what a kernel does for a box in
     * interrupts that hit nobody, or somebody else, is in no process's time.
     */
    static long nanosOfMachine() throws IOException {
        String line;
        try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/stat"))) {
            line = lines.readLine();
        }
        String[] ticks = line.trim().split("\\s+", -1);
        long busy = 0;
        for (int i = USER_FIELD; i <= SOFTIRQ_FIELD; i++) {
            busy += i == IDLE_FIELD || i == IOWAIT_FIELD ? 0 : Long.parseLong(ticks[i]);
        }
        return busy * TICK_NANOS;
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
