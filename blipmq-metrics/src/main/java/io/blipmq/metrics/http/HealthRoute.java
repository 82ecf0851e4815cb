package io.blipmq.metrics.http;

import io.blipmq.metrics.Health;
import java.util.function.Supplier;

/** 200 with {@code ok}, or 503 with the reason. Immutable. */
final class HealthRoute implements Route {
    private final Supplier<Health> source;

    HealthRoute(Supplier<Health> source) {
        this.source = source;
    }

    @Override
    public Reply answer(Request request) {
        Health health = source.get();
        return Reply.text(health.isUp() ? Reply.OK : Reply.UNAVAILABLE, health.text());
    }
}
