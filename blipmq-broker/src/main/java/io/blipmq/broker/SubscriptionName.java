package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import java.nio.ByteBuffer;

/** A durable subscription's name, which is its owner's. Immutable. */
record SubscriptionName(OwnerId owner, ByteBuffer text) {
    static SubscriptionName of(OwnerId owner, byte[] text) {
        return new SubscriptionName(owner, ByteBuffer.wrap(text));
    }
}
