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
        for (Map<?, ?> item : Yaml.maps(Yaml.map(Yaml.load(objects)), "items")) {
            String kind = Yaml.text(item, "kind");
            if (kind.endsWith("Binding")) {
                Map<?, ?> role = Yaml.map(item, "roleRef");
                accounts.put(
                        Yaml.text(role, "kind") + Yaml.text(role, "name"),
                        Yaml.list(item, "subjects"));
            } else {
                rules.put(
                        kind + Yaml.text(Yaml.map(item, "metadata"), "name"),
                        Yaml.list(item, "rules"));
            }
        }
        Set<String> granted = new TreeSet<>();
        accounts.forEach((role, subjects) -> {
            for (Object subject : subjects) {
                String account = Yaml.text(Yaml.map(subject), "name");
                for (Object rule : Objects.requireNonNull(rules.get(role), role)) {
                    addRule(granted, account, Yaml.map(rule));
                }
            }
        });
        return granted;
    }

    private static void addRule(Set<String> granted, String account, Map<?, ?> rule) {
        for (Object group : Yaml.list(rule, "apiGroups")) {
            for (Object resource : Yaml.list(rule, "resources")) {
                for (Object verb : Yaml.list(rule, "verbs")) {
                    granted.add(right(account, "" + verb, "" + resource, "" + group));
                }
            }
        }
    }

    /**
     * What accounts of a namespace did since then, in the same form. An API server that begins does
     * not know all roles yet, and forbids for a moment what it allows at any other time.
     *
     * @throws WalkException names what one of them was forbidden, and never allowed
     */
    static Set<String> used(Path auditLog, String namespace, Instant since) throws IOException {
        String prefix = "system:serviceaccount:" + namespace + ":";
        Set<String> used = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        try (Stream<String> lines = Files.lines(auditLog)) {
            lines.filter(line -> line.contains(prefix))
                    .map(line -> Yaml.map(Yaml.load(line)))
                    .filter(event -> !time(event).isBefore(since))
                    .forEach(event -> {
                        Map<?, ?> object = Yaml.map(event, "objectRef");
                        String sub = Yaml.text(object, "subresource");
                        String right =
                                right(
                                        Yaml.text(Yaml.map(event, "user"), "username")
                                                .substring(prefix.length()),
                                        Yaml.text(event, "verb"),
                                        Yaml.text(object, "resource")
                                                + (sub.isEmpty() ? "" : "/" + sub),
                                        Yaml.text(object, "apiGroup"));
                        Object code = Yaml.map(event, "responseStatus").get("code");
                        (Objects.equals(code, FORBIDDEN) ? refused : used).add(right);
                        if (Objects.equals(code, CREATED)) {
                            // An apply of what was not there is called a patch, and needs both.
                            used.add(right.replace(": patch ", ": create "));
                        }
                    });
        }
        refused.removeAll(used);
        if (!refused.isEmpty()) {
            throw new WalkException("forbidden: " + String.join(", ", refused));
        }
        return used;
    }

    private static Instant time(Map<?, ?> event) {
        return Instant.parse(Yaml.text(event, "requestReceivedTimestamp"));
    }

    private static String right(String account, String verb, String resource, String group) {
        return account + ": " + verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }
}
