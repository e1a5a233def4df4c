package io.mptcplb.bench.lab;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * A program that runs in a namespace, its output in a log file. Only ever ended by the process
 * handle it was started with.
 */
public final class LabProcess implements AutoCloseable {
    private static final long TERM_SECONDS = 3;
    private static final int LINES_KEPT_MAX = 10_000;

    private final String name;
    private final Process process;
    private final Path log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<String> lines = new ArrayList<>();
    private boolean outputEnded;

    private LabProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static LabProcess start(String namespace, String name, Path log, List<String> command)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(command);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        LabProcess started = new LabProcess(name, process, log);
        Thread.ofPlatform().name("log-" + name).daemon().start(started::copyOutput);
        return started;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /** The first lines of output so far, at most 10,000. */
    public List<String> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a line of output contains the pattern, and returns that line. */
    public String awaitLine(String pattern, Duration limit) throws IOException {
        Pattern wanted = Pattern.compile(pattern);
        long left = limit.toNanos();
        int seen = 0;
        lock.lock();
        try {
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.matcher(lines.get(seen)).find()) {
                        return lines.get(seen);
                    }
                }
                if (outputEnded) {
                    throw failed("ended before it said \"" + pattern + "\"");
                }
                if (left <= 0) {
                    throw failed("did not say \"" + pattern + "\" within " + limit);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while waiting for \"" + pattern + "\"");
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of the program and of its output; returns its exit status. */
    public int await(Duration limit) throws IOException {
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failed("still runs after " + limit);
            }
            long left = TimeUnit.SECONDS.toNanos(TERM_SECONDS);
            lock.lock();
            try {
                while (!outputEnded && left > 0) {
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while waiting for its end");
        }
    }

    /** SIGKILL: the program gets no chance to say good-bye (its kernel does). */
    public void kill() throws IOException {
        process.destroyForcibly();
        await(Duration.ofSeconds(TERM_SECONDS));
    }

    /** SIGTERM, then SIGKILL if that did not help within 3 s. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TERM_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(TERM_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The failure with the end of the program's own words. */
    LabException failed(String what) {
        List<String> all = lines();
        List<String> tail = all.subList(Math.max(0, all.size() - 10), all.size());
        return new LabException(
                name + " " + what + "; log " + log + "\n  " + String.join("\n  ", tail));
    }

    private void copyOutput() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter writer = Files.newBufferedWriter(log)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                writer.write(line);
                writer.newLine();
                writer.flush();
                add(line);
            }
        } catch (IOException e) {
            add("(output lost: " + e.getMessage() + ")");
        }
        lock.lock();
        try {
            outputEnded = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(String line) {
        lock.lock();
        try {
            if (lines.size() < LINES_KEPT_MAX) {
                lines.add(line);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
