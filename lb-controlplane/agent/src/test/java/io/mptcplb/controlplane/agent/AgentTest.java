package io.mptcplb.controlplane.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
    @TempDir Path state;

    @Test
    void started_healthAsked_isOk() throws Exception {
        Agent agent =
                Agent.start(
                                new AgentOptions(
                                        state, state.resolve("lb.yaml"), AgentOptions.HTTP_HOST, 0))
                        .await(20, TimeUnit.SECONDS);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + agent.httpPort()
                                                            + "/healthz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertEquals(200, answer.statusCode());
        } finally {
            agent.close().await(20, TimeUnit.SECONDS);
        }
    }
}
