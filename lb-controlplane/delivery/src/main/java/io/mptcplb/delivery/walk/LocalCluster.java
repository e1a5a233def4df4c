package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The cluster that {@code k8s/local-cluster} makes, whose processes are this machine's.
 *
 * @param script that made it
 */
record LocalCluster(Path script) {
    /** How its nodes are named, in the arguments of their agents. */
    private static final String NODES = "--node=mlc-node";

    static LocalCluster of(Site site) {
        return new LocalCluster(site.root().resolve("k8s/local-cluster/cluster"));
    }

    /** Kills every agent on its nodes, without a word to them; how many there were. */
    static int killAgents() {
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

    void killServer() throws IOException {
        run("kill", "kube-apiserver");
    }

    /** Starts what has ended, and waits until it answers. */
    void up() throws IOException {
        run("up", "0");
    }

    private void run(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = script.toString();
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new WalkException(script + " " + words[0] + ": " + text.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WalkException(script + ": interrupted");
        }
    }
}
