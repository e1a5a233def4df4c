package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the accounts of a release may do, and what they did: a right that nobody has used is one too
 * many, and a refusal is one too few.
 */
final class Rights {
    private static final int CREATED = 201;
    private static final int FORBIDDEN = 403;

    private Rights() {}

    /** Rights as "ACCOUNT: VERB RESOURCE.GROUP", from the roles that are bound to accounts. */
    static Set<String> granted(Kubernetes kubernetes, String release) throws IOException {
        String objects =
                kubernetes.kubectl(
                        "get",
                        "roles,clusterroles,rolebindings,clusterrolebindings",
                        "--all-namespaces",
                        "--selector",
                        "app.kubernetes.io/instance=" + release,
                        "--output",
                        "json");
        Map<String, List<?>> rules = new HashMap<>();
        Map<String, List<?>> accounts = new HashMap<>();
        for (Object object : list(map(load(objects)), "items")) {
            Map<?, ?> item = map(object);
            String kind = text(item, "kind");
            if (kind.endsWith("Binding")) {
                Map<?, ?> role = map(item.get("roleRef"));
                accounts.put(text(role, "kind") + text(role, "name"), list(item, "subjects"));
            } else {
                rules.put(kind + text(map(item.get("metadata")), "name"), list(item, "rules"));
            }
        }
        Set<String> granted = new TreeSet<>();
        accounts.forEach((role, subjects) -> {
            for (Object subject : subjects) {
                String account = text(map(subject), "name");
                for (Object rule : Objects.requireNonNull(rules.get(role), role)) {
                    addRule(granted, account, map(rule));
                }
            }
        });
        return granted;
    }

    private static void addRule(Set<String> granted, String account, Map<?, ?> rule) {
        for (Object group : list(rule, "apiGroups")) {
            for (Object resource : list(rule, "resources")) {
                for (Object verb : list(rule, "verbs")) {
                    granted.add(right(account, "" + verb, "" + resource, "" + group));
                }
            }
        }
    }

    /**
     * What accounts of a namespace did since then, in the same form.
     *
     * @throws WalkException names what one of them was forbidden
     */
    static Set<String> used(Path auditLog, String namespace, Instant since) throws IOException {
        String prefix = "system:serviceaccount:" + namespace + ":";
        Set<String> used = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        try (Stream<String> lines = Files.lines(auditLog)) {
            lines.filter(line -> line.contains(prefix))
                    .map(line -> map(load(line)))
                    .filter(event -> !time(event).isBefore(since))
                    .forEach(event -> {
                        Map<?, ?> object = map(event.get("objectRef"));
                        String sub = text(object, "subresource");
                        String right =
                                right(
                                        text(map(event.get("user")), "username")
                                                .substring(prefix.length()),
                                        text(event, "verb"),
                                        text(object, "resource") + (sub.isEmpty() ? "" : "/" + sub),
                                        text(object, "apiGroup"));
                        Object code = map(event.get("responseStatus")).get("code");
                        (Objects.equals(code, FORBIDDEN) ? refused : used).add(right);
                        if (Objects.equals(code, CREATED)) {
                            // An apply of what was not there is called a patch, and needs both.
                            used.add(right.replace(": patch ", ": create "));
                        }
                    });
        }
        if (!refused.isEmpty()) {
            throw new WalkException("forbidden: " + String.join(", ", refused));
        }
        return used;
    }

    private static Instant time(Map<?, ?> event) {
        return Instant.parse(text(event, "requestReceivedTimestamp"));
    }

    private static String right(String account, String verb, String resource, String group) {
        return account + ": " + verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }

    /** JSON is YAML. */
    private static Object load(String json) {
        return new Load(LoadSettings.builder().build()).loadFromString(json);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(Map<?, ?> map, String key) {
        return map.get(key) instanceof List<?> list ? list : List.of();
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }
}
