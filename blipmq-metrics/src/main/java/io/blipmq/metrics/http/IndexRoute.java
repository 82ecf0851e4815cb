package io.blipmq.metrics.http;

/** What there is. Immutable. */
final class IndexRoute implements Route {
    private static final String TEXT = """
            BlipMQ
            /metrics              metrics in the Prometheus text format
            /healthz              200 while the process works
            /readyz               200 while clients are served
            /debug/subscriptions  the subscriptions as JSON (?limit=N)
            /debug/runtime        the runtime console, with enable_tokio_console = true (?format=text)""";

    @Override
    public Reply answer(Request request) {
        return Reply.text(Reply.OK, TEXT);
    }
}
