package io.blipmq.client;

import java.util.Objects;

/** Where a daemon listens: a host name or literal address, and a port. */
public record BlipAddress(String host, int port) {
    /** The port that a daemon listens on unless it is told otherwise. */
    public static final int DEFAULT_PORT = 5555;

    private static final String SCHEME = "blip://";
    private static final String FORMS = "expected blip://host:port or host:port";

    public BlipAddress {
        Objects.requireNonNull(host, "host");
        if (host.isBlank()) {
            throw new IllegalArgumentException("the address names no host: " + FORMS);
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    /**
     * Reads {@code blip://host:port}, {@code host:port} or {@code host}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException if the text is none of these; its message never repeats credentials
     */
    public static BlipAddress parse(String text) {
        String rest = withoutScheme(text.strip());
        if (rest.indexOf('@') >= 0) {
            throw new IllegalArgumentException("the address must not hold a user or a key: " + FORMS);
        }
        int hostEnd = rest.startsWith("[") ? rest.indexOf(']') + 1 : rest.lastIndexOf(':');
        if (hostEnd < 0) {
            return new BlipAddress(rest, DEFAULT_PORT);
        }
        String host = rest.substring(0, hostEnd);
        String port = rest.substring(hostEnd);
        boolean bracketed = host.startsWith("[");
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': an IPv6 address must be in brackets, as in [::1]:5555");
        }
        String name = bracketed ? host.substring(1, host.length() - 1) : host;
        return new BlipAddress(name, port.isEmpty() ? DEFAULT_PORT : port(text, port));
    }

    private static String withoutScheme(String text) {
        String rest = text;
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            if (!text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                throw new IllegalArgumentException(
                        "'" + text.substring(0, scheme) + "' is not a supported scheme: " + FORMS);
            }
            rest = text.substring(SCHEME.length());
        }
        return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    }

    private static int port(String text, String colonAndPort) {
        try {
            if (colonAndPort.startsWith(":")) {
                return Integer.parseInt(colonAndPort.substring(1));
            }
        } catch (NumberFormatException e) {
            // Answered below, with the text as it was given.
        }
        throw new IllegalArgumentException("'" + text + "' is not an address: " + FORMS);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
