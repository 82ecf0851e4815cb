package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import java.nio.ByteBuffer;

/** The name of a durable subscription or a group, which is its owner's. Immutable. */
record SubscriptionName(OwnerId owner, ByteBuffer text) {
    static SubscriptionName of(OwnerId owner, byte[] text) {
        return new SubscriptionName(owner, ByteBuffer.wrap(text));
    }
}
