package io.blipmq.client;

/**
 * Hears how it stands with a client's connection, on the client's own thread, which it must not keep waiting: calls of the
 * client that wait throw {@link IllegalStateException} there.
 */
@FunctionalInterface
public interface ConnectionListener {
    /** @param reason why there is no connection, or none any more; else empty */
    void onState(ConnectionState state, String reason);
}
