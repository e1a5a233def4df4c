package io.mptcplb.policy;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.ConfigChange.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What changes from one configuration to the next, for people to read before or after. */
public final class ConfigDiff {
    /** Fixed when the dataplane starts. */
    private static final List<String> AT_START = List.of("workers", "buffers", "sizes", "ports");

    private ConfigDiff() {}

    /** What changes for the dataplane; nothing but the generation is no change. */
    public static List<ConfigChange> between(LbConfig before, LbConfig after) {
        return between(new ConfigOutline().add(before), new ConfigOutline().add(after));
    }

    /** What changes for the dataplane and for the path manager. */
    public static List<ConfigChange> between(
            Compilation.Compiled before, Compilation.Compiled after) {
        return between(
                new ConfigOutline().add(before.config()).add(before.paths()),
                new ConfigOutline().add(after.config()).add(after.paths()));
    }

    private static List<ConfigChange> between(ConfigOutline before, ConfigOutline after) {
        List<ConfigChange> changes = new ArrayList<>();
        for (String path : paths(before, after)) {
            Map<String, String> old = before.objects().get(path);
            Map<String, String> now = after.objects().get(path);
            if (old == null && now != null) {
                changes.add(change(Kind.ADDED, path, "", summary(now)));
            } else if (old != null && now == null) {
                changes.add(change(Kind.REMOVED, path, summary(old), ""));
            } else if (old != null && now != null) {
                addChanges(path, old, now, changes);
            }
        }
        before.orders()
                .forEach((path, old) -> {
                    List<String> now = after.orders().getOrDefault(path, List.of());
                    if (!old.equals(now) && new HashSet<>(old).equals(new HashSet<>(now))) {
                        changes.add(
                                change(
                                        Kind.CHANGED,
                                        path + " in order",
                                        String.join(", ", old),
                                        String.join(", ", now)));
                    }
                });
        return changes;
    }

    /** All places, those of one member of a list beside each other. */
    private static List<String> paths(ConfigOutline before, ConfigOutline after) {
        Map<String, Map<String, Set<String>>> lists = new LinkedHashMap<>();
        Stream.concat(before.objects().keySet().stream(), after.objects().keySet().stream())
                .forEach(path ->
                        lists.computeIfAbsent(upTo(path, "["), list -> new LinkedHashMap<>())
                                .computeIfAbsent(upTo(path, "]"), one -> new LinkedHashSet<>())
                                .add(path));
        return lists.values().stream()
                .flatMap(list -> list.values().stream())
                .flatMap(Set::stream)
                .toList();
    }

    private static String upTo(String path, String end) {
        int at = path.indexOf(end);
        return at < 0 ? path : path.substring(0, at);
    }

    private static void addChanges(
            String path,
            Map<String, String> before,
            Map<String, String> after,
            List<ConfigChange> changes) {
        Map<String, String> all = new LinkedHashMap<>(before);
        all.putAll(after);
        for (String key : all.keySet()) {
            String old = before.getOrDefault(key, "");
            String now = after.getOrDefault(key, "");
            if (!old.equals(now)) {
                String place = path.equals(ConfigOutline.TOP) ? key : path + "." + key;
                changes.add(change(Kind.CHANGED, place, old, now));
            }
        }
    }

    private static ConfigChange change(Kind kind, String path, String before, String after) {
        boolean needsRestart = AT_START.stream().anyMatch(path::startsWith);
        return new ConfigChange(kind, path, before, after, needsRestart);
    }

    private static String summary(Map<String, String> leaves) {
        return leaves.entrySet().stream()
                .map(leaf -> leaf.getKey() + " " + leaf.getValue())
                .collect(Collectors.joining("; "));
    }
}
