package io.mptcplb.policy.path;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a trace in virtual time: lines at the margin are input, indented ones what came of it.
 *
 * <pre>
 * policy NAME scopes web,web@198.18.0.0/16 regular a,c backup b [hold 10s] [unmanaged yes] ...
 * at 0s apply                      the policies above are in force
 * at 0s begin | end | lost         of snapshots
 * at 0s rule port=a BACKUP         in a snapshot
 * at 1s link a down
 * at 1s flap a 100 600ms           down and up again, so often, a period each
 * at 2s sample a subflows 8 stalled 4 sent 1000000 again 0 srtt 20ms
 * at 3s set port=a server=web BACKUP
 * at 9s paths
 * at 9s client 192.0.2.7 at web
 * </pre>
 */
final class PathTrace {
    private final PathManager manager = new PathManager();
    private final List<PathPolicy> policies = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private long nowNanos;

    static String run(String trace) {
        PathTrace run = new PathTrace();
        trace.lines().filter(line -> !line.startsWith(" ")).forEach(run::line);
        return run.text.toString();
    }

    private void line(String line) {
        String[] words = line.strip().split("\\s+");
        if (words[0].equals("at")) {
            long untilNanos = nanos(words[1]);
            advance(untilNanos);
            text.append(line).append('\n');
            event(words);
        } else {
            text.append(line).append('\n');
            if (words[0].equals("policy")) {
                policies.add(policy(words));
            }
        }
    }

    private void advance(long untilNanos) {
        while (manager.nextDeadlineNanos() <= untilNanos) {
            nowNanos = Math.max(nowNanos, manager.nextDeadlineNanos());
            PathOutcome outcome = manager.onTime(nowNanos);
            if (!outcome.decisions().isEmpty() || !outcome.commands().isEmpty()) {
                text.append("  at ").append(Words.duration(nowNanos)).append('\n');
                print(outcome);
            }
        }
        nowNanos = untilNanos;
    }

    private void event(String[] words) {
        switch (words[2]) {
            case "apply" -> {
                take(new PathEvent.Policies(new PathTable(policies)));
                policies.clear();
            }
            case "begin" -> take(new PathEvent.SnapshotBegin());
            case "end" -> take(new PathEvent.SnapshotEnd());
            case "lost" -> take(new PathEvent.Lost());
            case "link" -> take(new PathEvent.Link(words[3], words[4].equals("up")));
            case "flap" -> flap(words[3], Integer.parseInt(words[4]), nanos(words[5]));
            case "sample" -> take(new PathEvent.Sample(sample(words)));
            case "rule" -> take(new PathEvent.Rule(paths(words), priority(words)));
            case "set" -> take(new PathEvent.Order(paths(words), priority(words)));
            case "paths" -> manager.paths(nowNanos).forEach(this::print);
            case "client" -> policyOf(IpAddress.parse(words[3]), words[5]);
            case "pass" -> {}
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    private void policyOf(IpAddress client, String virtualServer) {
        text.append("  follows ")
                .append(manager.policyOf(virtualServer, client).orElse("none"))
                .append('\n');
    }

    private void flap(String port, int times, long periodNanos) {
        long startNanos = nowNanos;
        for (int i = 0; i < times; i++) {
            advance(startNanos + i * periodNanos);
            takeSaying(new PathEvent.Link(port, false), " down");
            advance(startNanos + i * periodNanos + periodNanos / 2);
            takeSaying(new PathEvent.Link(port, true), " up");
        }
    }

    private void takeSaying(PathEvent event, String what) {
        PathOutcome outcome = manager.onEvent(event, nowNanos);
        if (!outcome.decisions().isEmpty() || !outcome.commands().isEmpty()) {
            text.append("  at ").append(Words.duration(nowNanos)).append(what).append('\n');
            print(outcome);
        }
    }

    private void take(PathEvent event) {
        print(manager.onEvent(event, nowNanos));
    }

    private void print(PathOutcome outcome) {
        outcome.decisions().forEach(decision -> text.append("  # ").append(decision).append('\n'));
        for (SetPathPriority command : outcome.commands()) {
            text.append("  -> ")
                    .append(Words.paths(command.paths()))
                    .append(": ")
                    .append(command.priority().text())
                    .append('\n');
        }
    }

    private void print(PathState state) {
        text.append("  ")
                .append(state.policy())
                .append(", ")
                .append(state.port())
                .append(state.up() ? ": " : " (down): ")
                .append(state.effective().text())
                .append(" by ")
                .append(state.decidedBy())
                .append(": ")
                .append(state.reason())
                .append('\n');
    }

    private static PathPolicy policy(String[] words) {
        Map<String, String> keys = keys(words, 2);
        List<PathScope> scopes = new ArrayList<>();
        for (String scope : list(keys.get("scopes"))) {
            String[] parts = scope.split("@");
            scopes.add(
                    new PathScope(
                            parts[0],
                            parts.length == 1
                                    ? Optional.empty()
                                    : Optional.of(IpPrefix.parse(parts[1]))));
        }
        FailoverConfig failover =
                new FailoverConfig(
                        !keys.containsKey("nolink"),
                        nanos(keys.getOrDefault("hold", "10s")),
                        Integer.parseInt(keys.getOrDefault("switches", "3")),
                        nanos(keys.getOrDefault("window", "60s")),
                        Integer.parseInt(keys.getOrDefault("stalled", "50")),
                        Integer.parseInt(keys.getOrDefault("again", "20")),
                        nanos(keys.getOrDefault("srtt", "0s")));
        return new PathPolicy(
                words[1],
                scopes,
                list(keys.getOrDefault("regular", "")),
                list(keys.getOrDefault("backup", "")),
                keys.containsKey("unmanaged") ? Optional.empty() : Optional.of(failover));
    }

    private static PathSample sample(String[] words) {
        Map<String, String> keys = keys(words, 4);
        return new PathSample(
                words[3],
                Long.parseLong(keys.getOrDefault("subflows", "8")),
                Long.parseLong(keys.getOrDefault("stalled", "0")),
                Long.parseLong(keys.getOrDefault("sent", "1000000")),
                Long.parseLong(keys.getOrDefault("again", "0")),
                nanos(keys.getOrDefault("srtt", "20ms")));
    }

    private static PathSelector paths(String[] words) {
        Optional<String> server = Optional.empty();
        Optional<String> port = Optional.empty();
        Optional<IpPrefix> clients = Optional.empty();
        for (String word : Arrays.copyOfRange(words, 3, words.length - 1)) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, word.indexOf('='))) {
                case "server" -> server = Optional.of(value);
                case "port" -> port = Optional.of(value);
                case "clients" -> clients = Optional.of(IpPrefix.parse(value));
                default -> throw new IllegalArgumentException(word);
            }
        }
        return new PathSelector(server, port, clients);
    }

    private static PathPriority priority(String[] words) {
        return PathPriority.valueOf(words[words.length - 1]);
    }

    private static Map<String, String> keys(String[] words, int from) {
        Map<String, String> keys = new HashMap<>();
        for (int i = from; i + 1 < words.length; i += 2) {
            keys.put(words[i], words[i + 1]);
        }
        return keys;
    }

    private static List<String> list(String words) {
        return words.isEmpty() ? List.of() : List.of(words.split(","));
    }

    private static long nanos(String text) {
        return text.endsWith("ms")
                ? Math.round(Double.parseDouble(text.substring(0, text.length() - 2)) * 1e6)
                : Math.round(Double.parseDouble(text.substring(0, text.length() - 1)) * 1e9);
    }
}
