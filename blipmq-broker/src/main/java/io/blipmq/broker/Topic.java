package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.protocol.name.Topics;

/** A topic that has subscriptions. Owned by the core thread. */
final class Topic extends MessageStream {
    /** The filters that match it, as {@link FilterTable} found them; of an earlier time when {@link Route#isValid} says no. */
    private Route route = Route.NONE;

    /** @param number no other stream since the start has it */
    Topic(long number, byte[] name, NewLog newLog, PositionMemory positions) {
        super(number, name, null, newLog, positions);
    }

    Route route() {
        return route;
    }

    void route(Route newRoute) {
        route = newRoute;
    }

    @Override
    boolean isDeadLetters() {
        return Topics.isDeadLetters(name());
    }
}
