package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The cluster that {@code k8s/local-cluster} makes, whose processes are this machine's.
 *
 * @param script that made it
 */
record LocalCluster(Path script) {
    /** How its nodes are named, in the arguments of their agents. */
    private static final String NODES = "--node=mlc-node";

    /** Of the API server's Service. */
    private static final int API_PORT = 443;

    /** An argument that a dataplane has, and nobody beside it. */
    private static final String DATAPLANES = "--state";

    /** Empty where the site's cluster is another one. */
    static Optional<LocalCluster> of(Site site) throws IOException {
        Path script = site.root().resolve("k8s/local-cluster/cluster");
        boolean isOurs = run(script, "kubeconfig").strip().equals(site.kubeconfig().toString());
        return isOurs ? Optional.of(new LocalCluster(script)) : Optional.empty();
    }

    /** Kills every agent on its nodes, without a word to them; how many there were. */
    int killAgents() {
        List<ProcessHandle> agents =
                ProcessHandle.allProcesses()
                        .filter(process -> has(process, word -> word.startsWith(NODES)))
                        .toList();
        agents.forEach(ProcessHandle::destroyForcibly);
        return agents.size();
    }

    /** Kills the operator of a pod, without a word to it. */
    void killOperator(String pod) throws WalkException {
        List<ProcessHandle> operators = processes("POD_NAME=" + pod);
        if (operators.size() != 1) {
            throw new WalkException("processes of the operator %s: %s".formatted(pod, operators));
        }
        operators.getFirst().destroyForcibly();
    }

    /** Sends a signal, such as STOP, to the dataplane of a pod. */
    void signalDataplane(String pod, String signal) throws IOException {
        List<ProcessHandle> dataplanes =
                processes("HOSTNAME=" + pod).stream()
                        .filter(process -> has(process, DATAPLANES::equals))
                        .toList();
        if (dataplanes.size() != 1) {
            throw new WalkException("dataplanes of the pod %s: %s".formatted(pod, dataplanes));
        }
        Command.run(List.of("kill", "-s", signal, "" + dataplanes.getFirst().pid()));
    }

    private static boolean has(ProcessHandle process, Predicate<String> argument) {
        return process.info().arguments().stream().flatMap(Arrays::stream).anyMatch(argument);
    }

    /** Runs a command in a pod's network namespace, with the programs of this machine. */
    String inNetworkOf(String pod, String... words) throws IOException {
        List<ProcessHandle> processes = processes("HOSTNAME=" + pod);
        if (processes.isEmpty()) {
            throw new WalkException("nothing runs in pod " + pod);
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "--net=/proc/" + processes.getFirst().pid() + "/ns/net"));
        command.addAll(List.of(words));
        return Command.run(command);
    }

    /**
     * The connections that a pod has to the API server carry nothing from now on, and nobody is
     * told; new ones do. Until {@link #unsilence}.
     *
     * @return how many
     */
    int silence(String pod) throws IOException {
        List<String> ports =
                connections(pod, "dport = :" + API_PORT)
                        .map(Connection::local)
                        .map(local -> local.substring(local.lastIndexOf(':') + 1))
                        .toList();
        inNetworkOf(
                pod,
                "nft",
                """
                add table inet silence
                add chain inet silence in { type filter hook input priority 0; }
                add chain inet silence out { type filter hook output priority 0; }
                add rule inet silence in tcp sport API tcp dport { MINE } drop
                add rule inet silence out tcp dport API tcp sport { MINE } drop
                """
                        .replace("API", "" + API_PORT)
                        .replace("MINE", String.join(", ", ports)));
        return ports.size();
    }

    /** Two ends, as ss writes them. */
    record Connection(String local, String peer) {}

    /** What a pod has, by a filter of ss. */
    Stream<Connection> connections(String pod, String filter) throws IOException {
        String established =
                inNetworkOf(
                        pod,
                        "ss",
                        "--tcp",
                        "--numeric",
                        "--no-header",
                        "state",
                        "established",
                        filter);
        return established
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .map(words -> new Connection(words[2], words[3]));
    }

    /** What {@link #silence} has done ends. */
    void unsilence(String pod) throws IOException {
        inNetworkOf(pod, "nft", "delete table inet silence");
    }

    /** Bytes that came in over an interface of a pod since it was made. */
    long received(String pod, String interfaceName) throws IOException {
        return new NetworkDevices(inNetworkOf(pod, "cat", "/proc/self/net/dev"))
                .received(interfaceName);
    }

    /** Those with a variable in their environment, as containers get it from their pod. */
    private static List<ProcessHandle> processes(String variable) {
        return ProcessHandle.allProcesses()
                .filter(process -> environment(process).contains(variable))
                .toList();
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            Path file = Path.of("/proc", "" + process.pid(), "environ");
            return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Kills one of the cluster's programs, such as kube-apiserver, until {@link #up}. */
    void kill(String program) throws IOException {
        run(script, "kill", program);
    }

    /**
     * Kills the API server and its company, as with the machine that they run on: those who were
     * left alone would come back to it ever later, after up to half a minute.
     */
    void killServers() throws IOException {
        for (String program :
                List.of("kube-apiserver", "kube-controller-manager", "kube-scheduler")) {
            kill(program);
        }
    }

    /** Pulls all cables of a node: to everybody else it is gone. */
    void cut(String node) throws IOException {
        run(script, "cut", node);
    }

    void mend(String node) throws IOException {
        run(script, "mend", node);
    }

    /** Starts what has ended, and waits until it answers. */
    void up() throws IOException {
        run(script, "up", "0");
    }

    private static String run(Path script, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(words));
        return Command.run(command);
    }
}
