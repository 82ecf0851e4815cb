package io.blipmq.metrics.http;

/**
 * Every limit of the endpoint, with its reason. Immutable.
 *
 * <p>A client that sends half a request, or does not read its answer, holds one thread until the JDK's server closes
 * its connection. The server takes its limits from system properties, once in the life of the process, so
 * {@link #apply} sets them before the first endpoint starts; a property that is set already stays as it is.
 */
final class HttpLimits {
    /** Enough for a scraper, a health check and a person while two clients are stuck. */
    static final int THREADS = 4;
    /** A burst of honest clients; what comes on top is answered 503. */
    static final int QUEUED_REQUESTS = 16;
    /** Requests that wait for their 503; what comes on top loses its connection. */
    static final int QUEUED_REFUSALS = 16;
    /** Connections that the kernel holds for the server. */
    static final int ACCEPT_BACKLOG = 50;

    /** How long a debug page waits for the core; less than the patience of a health check. */
    static final int CORE_WAIT_SECONDS = 2;
    /** Subscriptions listed when the request does not say. */
    static final int SUBSCRIPTIONS_DEFAULT = 1_000;
    /** Subscriptions listed at most: 10 MB of names of the greatest length. */
    static final int SUBSCRIPTIONS_MAX = 10_000;

    /** A request is a few hundred bytes, so it has come within this or never will; also from the connection on. */
    private static final int REQUEST_SECONDS = 3;
    /** The core's wait and a slow network. */
    private static final int RESPONSE_SECONDS = 15;
    /** How often the server looks for connections that have sent nothing; its own choice is 10 s. */
    private static final int SILENCE_CHECK_MILLIS = 1_000;
    /** Connections that may be open, so that they never use up the file descriptors that the broker needs. */
    static final int CONNECTIONS = 64;
    /** A scrape sends some hundred bytes of headers. */
    private static final int HEADER_BYTES = 32 * 1024;
    /** Not 0: the server would take every request for one whose body was not read, and close its connection. */
    private static final int BODY_BYTES = 1024;

    private HttpLimits() {}

    static void apply() {
        set("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        set("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
        set("sun.net.httpserver.clockTick", SILENCE_CHECK_MILLIS);
        set("jdk.httpserver.maxConnections", CONNECTIONS);
        set("sun.net.httpserver.maxReqHeaderSize", HEADER_BYTES);
        // The body of a request is of no use here: behind this much of it the connection is closed.
        set("sun.net.httpserver.drainAmount", BODY_BYTES);
        // Headers and body are two writes, and the second is not to wait for the acknowledgement of the first.
        set("sun.net.httpserver.nodelay", "true");
    }

    private static void set(String property, Object value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value.toString());
        }
    }
}
