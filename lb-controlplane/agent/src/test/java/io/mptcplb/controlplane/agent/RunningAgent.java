package io.mptcplb.controlplane.agent;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A real agent in this process, over its real socket and its real HTTP server. */
final class RunningAgent implements AutoCloseable {
    static final String CONFIG =
            """
            ports:
              - name: isp-a
                device: eth0
                role: client
                addresses: [198.51.100.10/24]
              - name: isp-b
                device: eth1
                role: client
                addresses: [203.0.113.10/24]
              - name: lan
                device: eth2
                role: backend
                addresses: [192.0.2.10/24]
            virtualServers:
              - name: web
                addresses: [198.51.100.10, 203.0.113.10]
                port: 443
                pool: web
            pools:
              - name: web
                backends:
                  - {name: web-1, address: 192.0.2.20, port: 8080}
            """;

    private static final long START_SECONDS_MAX = 20;
    private static final long AWAIT_SECONDS = 10;

    final Path state;
    final Path file;
    final List<String> said = new CopyOnWriteArrayList<>();
    private final Agent agent;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Its files lie in {@code state}; the configuration is written unless it is there. */
    RunningAgent(Path state) throws Exception {
        this.state = state;
        file = state.resolve("lb.yaml");
        if (!Files.exists(file)) {
            Files.writeString(file, CONFIG);
        }
        agent =
                Agent.start(new AgentOptions(state, file, AgentOptions.HTTP_HOST, 0), said::add)
                        .await(START_SECONDS_MAX, TimeUnit.SECONDS);
    }

    static Path socket(Path state) {
        return state.resolve("control.sock");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.httpPort() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    JsonObject get(String path) throws Exception {
        return new JsonObject(send(request("/api/v1" + path)).body());
    }

    HttpResponse<String> post(String path, String type, String body) throws Exception {
        return send(
                request("/api/v1" + path)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> postJson(String path, String body) throws Exception {
        return post(path, "application/json", body);
    }

    int status(String path) throws Exception {
        return send(request(path)).statusCode();
    }

    /** Asks until the answer is as wanted. */
    JsonObject await(String path, Predicate<JsonObject> wanted) throws Exception {
        JsonObject answer = new JsonObject();
        for (long end = deadlineNanos(); System.nanoTime() < end; pause()) {
            answer = get(path);
            if (wanted.test(answer)) {
                return answer;
            }
        }
        throw new AssertionError(path + ": " + answer.encodePrettily() + "\nsaid: " + said);
    }

    void awaitReady() throws Exception {
        for (long end = deadlineNanos(); System.nanoTime() < end; pause()) {
            if (status("/readyz") == 200) {
                return;
            }
        }
        throw new AssertionError("not ready: " + send(request("/readyz")).body() + " " + said);
    }

    void awaitSaid(String part) {
        for (long end = deadlineNanos(); System.nanoTime() < end; pause()) {
            if (said.stream().anyMatch(line -> line.contains(part))) {
                return;
            }
        }
        throw new AssertionError("nobody said '" + part + "': " + said);
    }

    /** The sum of the samples of a metric, or of those whose line begins so; 0 without any. */
    double metric(String name) throws Exception {
        return send(request("/metrics"))
                .body()
                .lines()
                .filter(line ->
                        line.startsWith(name) && " {,".indexOf(line.charAt(name.length())) >= 0)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long deadlineNanos() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }

    @Override
    public void close() throws TimeoutException {
        http.close();
        agent.close().await(START_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
