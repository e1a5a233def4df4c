package io.mptcplb.controlplane.app;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the admin API of an agent. */
final class AgentClient {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final int BAD_REQUEST = 400;

    private final URI base;

    AgentClient(URI base) {
        this.base = base;
    }

    /** The agent says no, or cannot be asked. */
    static final class NoAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        private final String field;
        private final int exitStatus;

        NoAnswerException(String field, String rule, int exitStatus) {
            super(rule);
            this.field = field;
            this.exitStatus = exitStatus;
        }

        /** What of the request it is about. */
        String field() {
            return field;
        }

        int exitStatus() {
            return exitStatus;
        }
    }

    JsonObject get(String path, Map<String, String> parameters)
            throws NoAnswerException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(path, parameters)).GET());
    }

    JsonObject post(String path, JsonObject body) throws NoAnswerException, InterruptedException {
        return ask(
                HttpRequest.newBuilder(uri(path, Map.of()))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.encode())));
    }

    JsonObject postYaml(String path, String file, String text)
            throws NoAnswerException, InterruptedException {
        return ask(
                HttpRequest.newBuilder(uri(path, Map.of("file", file)))
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(text)));
    }

    /** A name as one step of a path. */
    static String step(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI uri(String path, Map<String, String> parameters) {
        String query =
                parameters.entrySet().stream()
                        .map(each -> each.getKey() + "=" + step(each.getValue()))
                        .sorted()
                        .collect(Collectors.joining("&"));
        return base.resolve("/api/v1" + path + (query.isEmpty() ? "" : "?" + query));
    }

    private JsonObject ask(HttpRequest.Builder request)
            throws NoAnswerException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build()) {
            var answer = http.send(request.timeout(ANSWER_MAX).build(), BodyHandlers.ofString());
            JsonObject json = new JsonObject(answer.body());
            if (answer.statusCode() < BAD_REQUEST) {
                return json;
            }
            JsonObject error = json.getJsonObject("error", new JsonObject());
            throw new NoAnswerException(
                    error.getString("field", "request"),
                    error.getString("rule", "status " + answer.statusCode()),
                    answer.statusCode() < 500 ? Main.BAD_DATA : Main.UNAVAILABLE);
        } catch (IOException e) {
            throw new NoAnswerException(
                    "agent",
                    "no agent answers at " + base + ": is the box running? (--agent URL)",
                    Main.UNAVAILABLE);
        } catch (DecodeException e) {
            throw new NoAnswerException(
                    "agent", base + " answers, but not as an agent does", Main.UNAVAILABLE);
        }
    }
}
