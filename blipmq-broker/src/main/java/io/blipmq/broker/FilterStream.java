package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.protocol.name.TopicFilter;

/** The messages of all topics that match a filter, for the subscriptions to it. Owned by the core thread. */
final class FilterStream extends MessageStream {
    /** @param number no other stream since the start has it */
    FilterStream(long number, TopicFilter filter, NewLog newLog, PositionMemory positions) {
        super(number, filter.text(), filter, newLog, positions);
    }
}
