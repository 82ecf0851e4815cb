package io.blipmq.net;

/**
 * A wire protocol: a guest of the event loop, which a listener names for the connections that it accepts. Called on the
 * broker thread.
 *
 * <p>A protocol that is known only by its first bytes begins with a session that reads these, and hands the connection
 * over to another one: {@link SessionHost#handOver}.
 */
public interface Protocol {

    /**
     * Begins the session of a connection that was accepted.
     *
     * @param host the session's connection, for as long as it lives
     */
    Session begin(SessionHost host);
}
