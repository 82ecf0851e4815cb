package io.blipmq.metrics.http;

import com.sun.net.httpserver.HttpServer;
import io.blipmq.metrics.Health;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves metrics, health and the debug pages over HTTP. Thread-safe.
 *
 * <p>A slow or stuck client harms nothing: threads, queues, connections and times are bounded by {@link HttpLimits}.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

    /** Makes something that has an address. */
    private interface Binding<T> {
        T bind() throws IOException;
    }

    private final HttpServer server;
    private final HttpWorkers workers;
    private final Router router;

    private HttpEndpoint(HttpServer server, HttpWorkers workers, Router router) {
        this.server = server;
        this.workers = workers;
        this.router = router;
    }

    /**
     * Listens on an address, and serves everything from then on.
     *
     * @throws IOException when it cannot listen there; its message says where, for what, why and what to do
     */
    public static HttpEndpoint start(InetSocketAddress address, HttpBindings bindings) throws IOException {
        return start(address, routes(bindings));
    }

    /**
     * Listens on an address, and serves the health pages of a process that starts; the others say that it does. {@link #serve}
     * follows.
     *
     * @throws IOException as {@link #start(InetSocketAddress, HttpBindings)}
     */
    public static HttpEndpoint start(InetSocketAddress address, Supplier<Health> health, Supplier<Health> readiness)
            throws IOException {
        return start(address, startingRoutes(health, readiness));
    }

    private static HttpEndpoint start(InetSocketAddress address, Map<String, Route> routes) throws IOException {
        HttpLimits.apply();
        HttpServer server = on(address, () -> HttpServer.create(address, HttpLimits.ACCEPT_BACKLOG));
        HttpWorkers workers = new HttpWorkers();
        server.setExecutor(workers);
        Router router = new Router(routes);
        server.createContext("/", router);
        // Started by a daemon thread, the server's own thread is one too.
        CompletableFuture.runAsync(server::start, workers).join();
        LOG.debug("Serving metrics on http://{}/metrics", ListenFailure.hostAndPort(server.getAddress()));
        return new HttpEndpoint(server, workers, router);
    }

    /** Serves everything from now on. */
    public void serve(HttpBindings bindings) {
        router.serve(routes(bindings));
    }

    /** Where it listens: the port that was given when 0 was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        server.stop(0);
        workers.shutdown();
    }

    private static <T> T on(InetSocketAddress address, Binding<T> binding) throws IOException {
        try {
            if (address.isUnresolved()) {
                throw new IOException("unknown host");
            }
            return binding.bind();
        } catch (IOException e) {
            throw ListenFailure.explain(address, e);
        }
    }

    private static Map<String, Route> startingRoutes(Supplier<Health> health, Supplier<Health> readiness) {
        Route notYet = new HealthRoute(readiness);
        Map<String, Route> routes = new LinkedHashMap<>();
        routes.put("/", new IndexRoute());
        routes.put("/metrics", notYet);
        routes.put("/healthz", new HealthRoute(health));
        routes.put("/readyz", notYet);
        routes.put("/debug/subscriptions", notYet);
        routes.put("/debug/runtime", notYet);
        return routes;
    }

    private static Map<String, Route> routes(HttpBindings bindings) {
        Map<String, Route> routes = new LinkedHashMap<>();
        routes.put("/", new IndexRoute());
        routes.put("/metrics", new MetricsRoute(bindings.metrics()));
        routes.put("/healthz", new HealthRoute(bindings.health()));
        routes.put("/readyz", new HealthRoute(bindings.readiness()));
        routes.put("/debug/subscriptions", new SubscriptionsRoute(bindings.subscriptions()));
        routes.put(
                "/debug/runtime",
                bindings.runtime().<Route>map(RuntimeRoute::new).orElse(RuntimeRoute.DISABLED));
        return routes;
    }
}
