package io.mptcplb.controlplane.agent;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.controlplane.agent.config.TextFile;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What operators ordered above the configuration, on disk: a new agent finds it there, and a new
 * dataplane is told again.
 *
 * @param paths in the order given
 * @param draining names of virtual servers
 */
record OrderFile(List<SetPathPriority> paths, TreeSet<String> draining) {

    static OrderFile empty() {
        return new OrderFile(List.of(), new TreeSet<>());
    }

    /**
     * @throws IOException when it is there and cannot be read, or says nothing that makes sense
     */
    static OrderFile read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return empty();
        }
        try {
            JsonObject json = new JsonObject(Files.readString(file));
            List<SetPathPriority> paths = new ArrayList<>();
            for (Object each : json.getJsonArray("paths", new JsonArray())) {
                paths.add(order((JsonObject) each));
            }
            TreeSet<String> draining = new TreeSet<>();
            json.getJsonArray("draining", new JsonArray())
                    .forEach(name -> draining.add((String) name));
            return new OrderFile(List.copyOf(paths), draining);
        } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
            throw new IOException(file + " is no file of orders: " + e.getMessage(), e);
        }
    }

    private static SetPathPriority order(JsonObject json) {
        return new SetPathPriority(
                new PathSelector(
                        text(json, "virtualServer"),
                        text(json, "port"),
                        text(json, "clients").map(IpPrefix::parse)),
                PathPriority.valueOf(json.getString("priority", "")));
    }

    private static Optional<String> text(JsonObject json, String key) {
        @Nullable String value = json.getString(key);
        return Optional.ofNullable(value);
    }

    void write(Path file) throws IOException {
        JsonArray orders = new JsonArray();
        for (SetPathPriority order : paths) {
            JsonObject json = new JsonObject();
            order.paths().virtualServer().ifPresent(name -> json.put("virtualServer", name));
            order.paths().port().ifPresent(name -> json.put("port", name));
            order.paths().clients().ifPresent(prefix -> json.put("clients", prefix.toString()));
            orders.add(json.put("priority", order.priority().name()));
        }
        JsonObject all =
                new JsonObject()
                        .put("paths", orders)
                        .put("draining", new JsonArray(List.copyOf(draining)));
        TextFile.replace(file, all.encodePrettily() + "\n");
    }
}
