package io.mptcplb.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A document of a fleet and the name that its content gives it. */
record Revision(String name, JsonNode config) {
    private static final int HASH_BYTES = 8;

    static Revision of(String loadBalancer, ObjectNode config) {
        StringBuilder canonical = new StringBuilder(loadBalancer).append('\n');
        write(config, canonical);
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
            String name = loadBalancer + "-" + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
            return new Revision(name, config);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Keys in the order of their names, so that how a document was made does not matter. */
    private static void write(JsonNode node, StringBuilder out) {
        switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> sorted = new TreeMap<>();
                object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
                out.append('{');
                sorted.forEach((key, value) -> {
                    out.append('"').append(key).append("\":");
                    write(value, out);
                    out.append(',');
                });
                out.append('}');
            }
            case ArrayNode array -> {
                out.append('[');
                array.forEach(item -> {
                    write(item, out);
                    out.append(',');
                });
                out.append(']');
            }
            default -> out.append(node);
        }
    }

    /** The virtual addresses in a document. */
    static Set<String> addresses(JsonNode config) {
        Set<String> addresses = new TreeSet<>();
        for (JsonNode server : config.path("virtualServers")) {
            server.path("addresses").forEach(address -> addresses.add(address.asText()));
        }
        return addresses;
    }

    /** The entry of a list with a name; missing when there is none. */
    static JsonNode entry(JsonNode config, String list, String name) {
        for (JsonNode entry : config.path(list)) {
            if (entry.path("name").asText().equals(name)) {
                return entry;
            }
        }
        return config.path("");
    }
}
