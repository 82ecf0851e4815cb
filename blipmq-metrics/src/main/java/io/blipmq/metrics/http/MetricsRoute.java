package io.blipmq.metrics.http;

import io.blipmq.metrics.MetricsRegistry;

/** The metrics. Immutable. */
final class MetricsRoute implements Route {
    private final MetricsRegistry metrics;

    MetricsRoute(MetricsRegistry metrics) {
        this.metrics = metrics;
    }

    @Override
    public Reply answer(Request request) {
        return new Reply(Reply.OK, MetricsRegistry.contentType(), metrics.expose());
    }
}
