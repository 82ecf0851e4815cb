package io.blipmq.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Immutable. Everything an operator can set, validated; {@link Key} says what each one means.
 *
 * @param runtimeConsole whether {@code GET /debug/runtime} is served
 */
public record Settings(
        Endpoint broker,
        Endpoint metrics,
        Log log,
        Delivery delivery,
        Retention retention,
        Deduplication deduplication,
        Limits limits,
        ApiKeys apiKeys,
        boolean runtimeConsole) {

    /** An address to listen on; port 0 is any free one. */
    public record Endpoint(String host, int port) {

        /** Whether only this machine can reach the address, as far as its text says; no name is looked up. */
        public boolean isLoopback() {
            return host.equalsIgnoreCase("localhost")
                    || HostNames.literal(host)
                            .map(address -> address.isLoopbackAddress())
                            .orElse(false);
        }

        boolean isWildcard() {
            return HostNames.literal(host)
                    .map(address -> address.isAnyLocalAddress())
                    .orElse(false);
        }

        /** Whether listening on both fails because one takes the other's port. */
        boolean collidesWith(Endpoint other) {
            boolean sameHost = host.equalsIgnoreCase(other.host) || isWildcard() || other.isWildcard();
            return port != 0 && port == other.port && sameHost;
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * The log on disk.
     *
     * @param path the log's directory, absolute
     */
    public record Log(Path path, FsyncPolicy fsyncPolicy, int segmentBytes, WalRecovery recovery) {}

    /**
     * How messages reach a subscription.
     *
     * @param maxRetries deliveries in all; 0 is without limit
     * @param ackTimeoutMillis of polled deliveries; it doubles with each
     * @param pushAckTimeoutMillis of pushed ones, unless the client asks for another
     * @param messageTtlMillis 0 is without limit
     */
    public record Delivery(
            int maxRetries,
            long retryBackoffMillis,
            long ackTimeoutMillis,
            long pushAckTimeoutMillis,
            long messageTtlMillis,
            int maxInFlight,
            int qos0QueueMessages) {}

    /** How long what nobody fetches is kept. */
    public record Retention(long subscriptionExpiryMillis, long detachedBacklogBytes, long deadLetterMillis) {}

    /** How long and how many publish ids are remembered. */
    public record Deduplication(long windowMillis, int entriesMax) {}

    /** Limits of the whole daemon. */
    public record Limits(int maxConnections, int maxSubscriptionsPerConnection, long shutdownDrainMillis) {}

    /** What is wrong between settings that are right alone, if anything. */
    Optional<String> collision() {
        if (!broker.collidesWith(metrics)) {
            return Optional.empty();
        }
        return Optional.of("%s is already taken by bind_addr and port (%s); give the metrics a port of their own"
                .formatted(metrics, broker));
    }
}
