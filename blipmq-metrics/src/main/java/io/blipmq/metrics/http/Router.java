package io.blipmq.metrics.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request and sends what it answers. Thread-safe, called by the endpoint's threads. */
final class Router implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final String ALLOWED_METHODS = "GET, HEAD";

    /** What the JDK copies out of the heap at once, which is direct memory. */
    private static final int SLICE_BYTES = 16 * 1024;

    private volatile Map<String, Route> routes;

    Router(Map<String, Route> routes) {
        this.routes = Map.copyOf(routes);
    }

    /** Other routes from now on. */
    void serve(Map<String, Route> newRoutes) {
        routes = Map.copyOf(newRoutes);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Reply answer(HttpExchange exchange) {
        if (HttpWorkers.isOverloaded()) {
            return Reply.text(Reply.UNAVAILABLE, "busy: too many requests at once, try again");
        }
        Request request = Request.of(exchange);
        Route route = routes.get(request.path());
        if (route == null) {
            return Reply.text(Reply.NOT_FOUND, "not found: GET / lists what there is");
        }
        if (!isReading(exchange)) {
            exchange.getResponseHeaders().set("Allow", ALLOWED_METHODS);
            return Reply.text(Reply.METHOD_NOT_ALLOWED, "method not allowed: use GET or HEAD");
        }
        return answer(route, request);
    }

    private static Reply answer(Route route, Request request) {
        try {
            return route.answer(request);
        } catch (RuntimeException e) {
            LOG.error("Cannot answer {}", request.path(), e);
            return Reply.text(Reply.INTERNAL_ERROR, "internal error: the daemon's log has the details");
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", reply.contentType());
        headers.set("Cache-Control", "no-store");
        if (hasBody(exchange)) {
            headers.set("Connection", "close");
        }
        if ("HEAD".equals(exchange.getRequestMethod())) {
            headers.set("Content-Length", Integer.toString(reply.body().length));
            exchange.sendResponseHeaders(reply.status(), -1);
        } else {
            exchange.sendResponseHeaders(reply.status(), reply.body().length);
            for (int at = 0; at < reply.body().length; at += SLICE_BYTES) {
                exchange.getResponseBody().write(reply.body(), at, Math.min(SLICE_BYTES, reply.body().length - at));
            }
            // Sends it, and only then waits for the rest of a body that the request has announced.
            exchange.getResponseBody().close();
        }
    }

    private static boolean isReading(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        return "GET".equals(method) || "HEAD".equals(method);
    }

    private static boolean hasBody(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        return headers.containsKey("Transfer-Encoding")
                || !"0"
                        .equals(headers.getOrDefault("Content-Length", List.of("0"))
                                .get(0));
    }
}
