package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The cluster that {@code k8s/local-cluster} makes, whose processes are this machine's.
 *
 * @param script that made it
 */
record LocalCluster(Path script) {
    /** How its nodes are named, in the arguments of their agents. */
    private static final String NODES = "--node=mlc-node";

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
                        .filter(process ->
                                process.info().arguments().stream()
                                        .flatMap(Arrays::stream)
                                        .anyMatch(word -> word.startsWith(NODES)))
                        .toList();
        agents.forEach(ProcessHandle::destroyForcibly);
        return agents.size();
    }

    /** Kills one of the cluster's programs, such as kube-apiserver, until {@link #up}. */
    void kill(String program) throws IOException {
        run(script, "kill", program);
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
