package io.mptcplb.controlplane.agent.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StatusPageTest {
    private static final long SECONDS = 20;

    @Test
    void asked_isOneFileThatNeedsNothingFromElsewhere() throws Exception {
        HttpResponse<String> answer = ask();
        List<String> addresses =
                Pattern.compile("https?:[^\"' ]+")
                        .matcher(answer.body())
                        .results()
                        .map(MatchResult::group)
                        .toList();

        assertEquals(List.of("http://www.w3.org/2000/svg"), addresses, "a name, not an address");
        assertFalse(answer.body().contains("@import"));
        assertFalse(answer.body().contains(" src="));
    }

    /** Names come from peers and configurations. */
    @Test
    void asked_makesNoMarkupOfWhatItIsTold() throws Exception {
        String page = ask().body();

        for (String way :
                List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")) {
            assertFalse(page.contains(way), way);
        }
    }

    @Test
    void asked_browserIsToldToTrustNothingElse() throws Exception {
        HttpResponse<String> answer = ask();
        String policy = answer.headers().firstValue("content-security-policy").orElse("");

        assertTrue(policy.startsWith("default-src 'none'; connect-src 'self';"), policy);
        assertTrue(policy.contains("script-src 'sha256-"), policy);
        assertEquals("nosniff", answer.headers().firstValue("x-content-type-options").orElse(""));
    }

    private static HttpResponse<String> ask() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Router router = Router.router(vertx);
            router.get("/").handler(new StatusPage());
            HttpServer server =
                    vertx.createHttpServer()
                            .requestHandler(router)
                            .listen(0, "127.0.0.1")
                            .await(SECONDS, TimeUnit.SECONDS);
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + server.actualPort() + "/"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } finally {
            vertx.close().await(SECONDS, TimeUnit.SECONDS);
        }
    }
}
