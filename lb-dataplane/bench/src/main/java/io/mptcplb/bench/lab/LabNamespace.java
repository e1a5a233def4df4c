package io.mptcplb.bench.lab;

import io.mptcplb.bench.sys.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** One host of the laboratory. */
public final class LabNamespace {
    private static final Duration LISTEN_LIMIT = Duration.ofSeconds(10);
    private static final long LISTEN_POLL_NANOS = 20_000_000;

    private final String name;
    private final Path directory;
    private final List<LabProcess> processes = new CopyOnWriteArrayList<>();

    LabNamespace(String name, Path directory) {
        this.name = name;
        this.directory = directory;
    }

    /** The name that {@code ip netns} knows. */
    public String name() {
        return name;
    }

    /** Runs a command to its end; its output. A failure is a {@link LabException}. */
    public String run(String... command) throws IOException {
        return Command.run(inside(List.of(command)));
    }

    /** Runs a shell script that stops at its first failing command. */
    public String script(String script) throws IOException {
        return Command.run(inside(List.of("sh", "-ec", script)));
    }

    /** As {@link #run}, with text as standard input. */
    public String runWithInput(String input, String... command) throws IOException {
        Command.Outcome outcome = Command.attempt(inside(List.of(command)), input);
        if (outcome.status() != 0) {
            throw new LabException(
                    name + ": " + String.join(" ", command) + "\n" + outcome.output());
        }
        return outcome.output();
    }

    /** As {@link #run}, standard output alone: some tools complain of what does not matter here. */
    private String output(String... command) throws IOException {
        return Command.output(inside(List.of(command)));
    }

    /** Runs a command that may fail. */
    Command.Outcome attempt(String... command) throws IOException {
        return Command.attempt(inside(List.of(command)), "");
    }

    /** Starts a program that runs until it is closed, or the lab is. */
    public LabProcess start(String processName, List<String> command) throws IOException {
        Path log = directory.resolve(processName + ".log");
        LabProcess process = LabProcess.start(name, processName, log, command);
        processes.add(process);
        return process;
    }

    /** Runs code of this process in the namespace, on a thread of its own; sockets stay in it. */
    public <T> T call(Callable<T> task) throws Exception {
        return NetworkNamespace.named(name).call(name, task);
    }

    /** Waits until some socket, TCP or MPTCP, listens on the port. */
    public void awaitListening(int port, LabProcess owner) throws IOException {
        long deadlineNanos = System.nanoTime() + LISTEN_LIMIT.toNanos();
        while (output("ss", "-Hltn", "sport = :" + port).isBlank()) {
            if (!owner.alive()) {
                throw owner.failed("ended before it listened on " + port);
            }
            if (deadlineNanos - System.nanoTime() < 0) {
                throw owner.failed("does not listen on " + port);
            }
            LockSupport.parkNanos(LISTEN_POLL_NANOS);
        }
    }

    /**
     * The kernel's SNMP counters under the names that nstat prints, such as {@code
     * MPTcpExtMPJoinSynAckRx}. Counters that the kernel leaves out are 0: use {@link
     * KernelCounters#get}.
     */
    public KernelCounters counters() throws IOException {
        return read(KernelCounters::read);
    }

    /** The MPTCP sockets, as {@code ss -M} shows them. */
    public List<MptcpSocket> mptcpSockets() throws IOException {
        return MptcpSocket.parse(output("ss", "-HMnie"));
    }

    /** What one of its interfaces has carried so far. */
    public InterfaceCounters interfaceCounters(String device) throws IOException {
        return read(() -> InterfaceCounters.read(device));
    }

    private <T> T read(Callable<T> task) throws IOException {
        try {
            return call(task);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the programs that were started here, then whatever else still runs in it. */
    void endProcesses() {
        processes.forEach(LabProcess::close);
        processes.clear();
        endStrangers(name);
    }

    /**
     * Ends every process inside a namespace of ours: children of our programs, and what a killed
     * run left behind.
     */
    static void endStrangers(String namespace) {
        if (!Files.exists(Path.of("/run/netns", namespace))) {
            return;
        }
        try {
            for (String pid : Command.run("ip", "netns", "pids", namespace).split("\\s+", -1)) {
                if (!pid.isBlank()) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(LabNamespace::kill);
                }
            }
        } catch (IOException e) {
            System.err.println("lab: " + e.getMessage());
        }
    }

    private static void kill(ProcessHandle process) {
        if (process.equals(ProcessHandle.current())) {
            throw new IllegalStateException("the lab's own process lives in the namespace");
        }
        process.destroyForcibly();
    }

    private List<String> inside(List<String> command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
        words.addAll(command);
        return words;
    }
}
