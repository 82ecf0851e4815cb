package io.blipmq.net;

/** PING: its PONG confirms everything before it. Stateless. */
final class PingHandler {
    private PingHandler() {}

    static boolean onFrame(Session session, long correlationId) {
        session.answers().pong(correlationId);
        return true;
    }
}
