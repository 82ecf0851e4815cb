package io.blipmq.metrics.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A real endpoint on a free port, with a client of it. */
final class TestEndpoint implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** More than the endpoint gives a stuck client, less than the JDK's server gives it by itself. */
    private static final Duration PATIENCE_WITH_AN_END = Duration.ofSeconds(25);

    private final HttpEndpoint endpoint;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private TestEndpoint(HttpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    static TestEndpoint start(HttpBindings bindings) throws IOException {
        return new TestEndpoint(
                HttpEndpoint.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), bindings));
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("GET", path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(request(method, path).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path) {
        return client.sendAsync(request("GET", path).build(), BodyHandlers.ofString());
    }

    /** A connection that has sent these bytes and nothing more. */
    Socket connectAndSend(String bytes) throws IOException {
        Socket socket =
                new Socket(endpoint.address().getAddress(), endpoint.address().getPort());
        socket.setSoTimeout((int) PATIENCE_WITH_AN_END.toMillis());
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    @Override
    public void close() {
        endpoint.close();
    }

    private HttpRequest.Builder request(String method, String path) {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        return HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, BodyPublishers.noBody());
    }
}
