package io.blipmq.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.metrics.FixedMetrics;
import io.blipmq.metrics.Health;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileClientsTest {
    private final CountDownLatch healthIsKnown = new CountDownLatch(1);
    private TestEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = TestEndpoint.start(new HttpBindings(
                FixedMetrics.ofTheGuide().registry(),
                this::slowHealth,
                Health::ok,
                limit -> CompletableFuture.completedFuture(List.of()),
                Optional.empty()));
    }

    @AfterEach
    void close() {
        healthIsKnown.countDown();
        endpoint.close();
    }

    private Health slowHealth() {
        try {
            return healthIsKnown.await(1, TimeUnit.MINUTES) ? Health.ok() : Health.down("never known");
        } catch (InterruptedException e) {
            return Health.down("interrupted");
        }
    }

    @Test
    void scrapesGoOnWhileClientsAreStuckInHalfARequest() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < HttpLimits.THREADS - 1; i++) {
                stuck.add(endpoint.connectAndSend("GET /metrics HTTP/1.1\r\nHost: h"));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(200);
            }
            for (Socket socket : stuck) {
                assertThat(socket.getInputStream().read())
                        .as("the end of the connection")
                        .isEqualTo(-1);
            }
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsThatSendNothingAreClosed() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * HttpLimits.CONNECTIONS; i++) {
                silent.add(endpoint.connectAndSend(""));
            }
            for (Socket socket : silent) {
                assertThat(socket.getInputStream().read())
                        .as("the end of the connection")
                        .isEqualTo(-1);
            }
            assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void stuckClientsOnEveryThreadHoldUpScrapesOnlyUntilTheirTimeIsUp() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * HttpLimits.THREADS; i++) {
                stuck.add(endpoint.connectAndSend("G"));
            }
            assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void aBodyThatNeverComesEndsItsConnection() throws Exception {
        String head = "POST /metrics HTTP/1.1\r\nHost: h\r\n";
        try (Socket announced = endpoint.connectAndSend(head + "Content-Length: 1000000\r\n\r\n");
                Socket chunked = endpoint.connectAndSend(head + "Transfer-Encoding: chunked\r\n\r\n")) {
            for (Socket socket : List.of(announced, chunked)) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith("HTTP/1.1 405 ").endsWith("use GET or HEAD\n");
            }
        }
    }

    @Test
    void aConnectionIsKeptForTheNextRequest() throws Exception {
        String request = "GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n";
        try (Socket socket = endpoint.connectAndSend(request)) {
            expectReady(socket);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            expectReady(socket);
        }
    }

    private static void expectReady(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nok\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("a byte after %s", answer).isNotEqualTo(-1);
            answer.append((char) next);
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void garbageEndsItsConnectionOnly() throws Exception {
        for (String garbage : List.of("\0\1\2\3\r\n\r\n", "GET\r\n\r\n", "GET mailto:a HTTP/1.1\r\n\r\n", "\r\n\r\n")) {
            try (Socket socket = endpoint.connectAndSend(garbage)) {
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("200");
            }
        }
        assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void requestsBeyondTheQueueAreRefused() throws Exception {
        int served = HttpLimits.THREADS + HttpLimits.QUEUED_REQUESTS;
        int refused = 5;
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < served + refused; i++) {
            answers.add(endpoint.getAsync("/healthz"));
        }

        HttpResponse<?> first = (HttpResponse<?>) CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new))
                .get(1, TimeUnit.MINUTES);
        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.body()).isEqualTo("busy: too many requests at once, try again\n");

        healthIsKnown.countDown();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
        assertThat(answers.stream().filter(answer -> answer.join().statusCode() == 200))
                // The thread that started the server is idle, and may take its first request only after the queue was
                // full.
                .hasSizeBetween(served - 1, served + refused - 1);
        assertThat(endpoint.get("/healthz").statusCode()).isEqualTo(200);
    }
}
