package io.blipmq.metrics.http;

import io.blipmq.metrics.RuntimeSnapshot;
import java.util.function.Supplier;

/** The runtime console: JSON, or a table for people. Immutable. */
final class RuntimeRoute implements Route {
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
        return wantsText(request)
                ? Reply.text(Reply.OK, RuntimeText.of(snapshot))
                : Reply.json(Json.write(json -> RuntimeJson.write(json, snapshot)));
    }

    private static boolean wantsText(Request request) {
        String format = request.query().get("format");
        return format == null ? request.accept().contains("text/plain") : format.equals("text");
    }
}
