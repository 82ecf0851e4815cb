package io.blipmq.metrics.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    private HttpEndpoint(HttpServer server, HttpWorkers workers) {
        this.server = server;
        this.workers = workers;
    }

    /**
     * Listens on an address and serves from then on.
     *
     * @throws IOException when it cannot listen there; its message says where, for what, why and what to do
     */
    public static HttpEndpoint start(InetSocketAddress address, HttpBindings bindings) throws IOException {
        HttpLimits.apply();
        HttpServer server = on(address, () -> HttpServer.create(address, HttpLimits.ACCEPT_BACKLOG));
        HttpWorkers workers = new HttpWorkers();
        server.setExecutor(workers);
        server.createContext("/", new Router(routes(bindings)));
        // Started by a daemon thread, the server's own thread is one too.
        CompletableFuture.runAsync(server::start, workers).join();
        LOG.debug("Serving metrics on http://{}/metrics", ListenFailure.hostAndPort(server.getAddress()));
        return new HttpEndpoint(server, workers);
    }

    /**
     * Looks whether {@link #start} could listen on an address, without listening there.
     *
     * @throws IOException as {@link #start}
     */
    public static void checkAddress(InetSocketAddress address) throws IOException {
        on(address, () -> {
            try (SocketChannel channel = SocketChannel.open()) {
                return channel.setOption(StandardSocketOptions.SO_REUSEADDR, true)
                        .bind(address);
            }
        });
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
