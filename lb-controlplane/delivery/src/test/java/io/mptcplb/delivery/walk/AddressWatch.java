package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command.Outcome;
import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks again and again, whenever the API server answers, at who announces which virtual address
 * and which Service has it: there must never be two.
 */
final class AddressWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Pattern ADDRESS = Pattern.compile("\\d+(?:\\.\\d+){3}");

    /** Per object its kind, namespace and name, and the addresses that it stands for. */
    private static final String LINES =
            "jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}"
                    + " {.spec.announces} {.status.loadBalancer.ingress[*].ip}{\"\\n\"}{end}";

    private final Kubernetes kubernetes;
    private final Thread thread;
    private final Set<String> findings = new TreeSet<>();
    private final Map<String, List<String>> announcers = new TreeMap<>();
    private int looks;
    private volatile boolean isClosed;

    private AddressWatch(Kubernetes kubernetes) {
        this.kubernetes = kubernetes;
        this.thread = Thread.ofPlatform().name("address-watch").daemon().unstarted(this::run);
    }

    static AddressWatch start(Kubernetes kubernetes) {
        AddressWatch watch = new AddressWatch(kubernetes);
        watch.thread.start();
        return watch;
    }

    private void run() {
        while (!isClosed) {
            try {
                look();
            } catch (IOException e) {
                add("kubectl cannot be run: " + e);
            }
            LabEvents.pause(PAUSE);
        }
    }

    private void look() throws IOException {
        Outcome said =
                kubernetes.attempt(
                        "",
                        "get",
                        "dataplanenodes.mptcplb.io,services",
                        "--all-namespaces",
                        "--request-timeout=2s",
                        "--output",
                        LINES);
        if (said.status() == 0) {
            judge(said.output());
        }
    }

    private synchronized void judge(String lines) {
        looks++;
        Map<String, String> owners = new TreeMap<>();
        for (String line : lines.lines().toList()) {
            String[] words = line.split(" ", 3);
            Matcher addresses = ADDRESS.matcher(words[2]);
            while (addresses.find()) {
                String other = owners.put(words[0] + addresses.group(), words[1]);
                if (other != null) {
                    add("%s: %s and %s".formatted(addresses.group(), other, words[1]));
                }
                if (words[0].equals("DataplaneNode")) {
                    announces(words[1], addresses.group());
                }
            }
        }
    }

    private void announces(String node, String address) {
        List<String> before = announcers.computeIfAbsent(address, none -> new ArrayList<>());
        if (before.isEmpty() || !before.getLast().equals(node)) {
            before.add(node);
        }
    }

    private synchronized void add(String finding) {
        findings.add(finding);
    }

    /** Addresses that were two objects' at one time, and what else went wrong. */
    synchronized Set<String> findings() {
        return Set.copyOf(findings);
    }

    /** The nodes that have announced an address since the start, one after the other. */
    synchronized List<String> announcersOf(String address) {
        return List.copyOf(announcers.getOrDefault(address, List.of()));
    }

    synchronized int looks() {
        return looks;
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
