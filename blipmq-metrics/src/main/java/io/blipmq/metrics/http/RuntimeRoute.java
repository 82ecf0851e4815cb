package io.blipmq.metrics.http;

import io.blipmq.metrics.RuntimeSnapshot;
import java.util.function.Supplier;

/** The runtime console: JSON, or a table for people. Immutable. */
final class RuntimeRoute implements Route {
    private static final String JSON = "json";
    private static final String TEXT = "text";

    /** Stands in its place when it is not enabled. */
    static final Route DISABLED = request -> Reply.text(
            Reply.NOT_FOUND,
            "the runtime console is off: set enable_tokio_console = true (BLIPMQ_ENABLE_TOKIO_CONSOLE=true)");

    private final Supplier<RuntimeSnapshot> source;

    RuntimeRoute(Supplier<RuntimeSnapshot> source) {
        this.source = source;
    }

    @Override
    public Reply answer(Request request) {
        RuntimeSnapshot snapshot = source.get();
        return switch (format(request)) {
            case TEXT -> Reply.text(Reply.OK, RuntimeText.of(snapshot));
            case JSON -> Reply.json(Json.write(json -> RuntimeJson.write(json, snapshot)));
            default -> Reply.text(Reply.BAD_REQUEST, "format must be json or text, as in ?format=text");
        };
    }

    private static String format(Request request) {
        String byDefault = request.accept().contains("text/plain") ? TEXT : JSON;
        return request.query().getOrDefault("format", byDefault);
    }
}
