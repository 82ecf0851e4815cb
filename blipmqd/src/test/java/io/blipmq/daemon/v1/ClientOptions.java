package io.blipmq.daemon.v1;

import java.time.Duration;

/**
 * How long a client waits.
 *
 * @param connectTimeout for the connection itself; the handshake then falls under {@code silenceTimeout}
 * @param silenceTimeout how long a call waits with no byte moving in either direction before it gives up
 */
public record ClientOptions(Duration connectTimeout, Duration silenceTimeout) {
    /** 5 s to connect, 30 s of silence. */
    public static final ClientOptions DEFAULTS = new ClientOptions(Duration.ofSeconds(5), Duration.ofSeconds(30));

    public ClientOptions {
        requirePositive(connectTimeout, "connectTimeout");
        requirePositive(silenceTimeout, "silenceTimeout");
    }

    public ClientOptions withConnectTimeout(Duration timeout) {
        return new ClientOptions(timeout, silenceTimeout);
    }

    public ClientOptions withSilenceTimeout(Duration timeout) {
        return new ClientOptions(connectTimeout, timeout);
    }

    private static void requirePositive(Duration timeout, String name) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive, not " + timeout);
        }
    }
}
