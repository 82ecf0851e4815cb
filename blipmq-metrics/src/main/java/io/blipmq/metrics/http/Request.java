package io.blipmq.metrics.http;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** What of a request a route may look at. */
record Request(String path, Map<String, String> query, String accept) {

    static Request of(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        return new Request(uri.getPath(), parse(uri.getQuery()), accept == null ? "" : accept);
    }

    private static Map<String, String> parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String part : query.split("&")) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                parameters.put(name, equals < 0 ? "" : part.substring(equals + 1));
            }
        }
        return parameters;
    }
}
