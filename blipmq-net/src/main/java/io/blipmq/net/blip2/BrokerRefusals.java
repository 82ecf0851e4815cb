package io.blipmq.net.blip2;

import io.blipmq.broker.Broker;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.V2Nack;

/** What the broker's refusals are called in version 2. Stateless. */
final class BrokerRefusals {
    private BrokerRefusals() {}

    /** @param result what the broker returned, negative and not {@link Broker#BUSY} */
    static Refusal of(long result) {
        if (result == Broker.DISK_FULL) {
            return V2Nack.DISK_FULL;
        }
        if (result == Broker.SHUTTING_DOWN) {
            return V2Nack.SHUTTING_DOWN;
        }
        if (result == Broker.TOO_MANY_SUBSCRIPTIONS) {
            return V2Nack.TOO_MANY_SUBSCRIPTIONS;
        }
        if (result == Broker.TOO_MANY_OF_CONNECTION) {
            return V2Nack.TOO_MANY_OF_CONNECTION;
        }
        if (result == Broker.NAME_HELD) {
            return V2Nack.NAME_HELD;
        }
        if (result == Broker.OTHER_TOPIC) {
            return V2Nack.OTHER_TOPIC;
        }
        if (result == Broker.UNKNOWN_TARGET) {
            return V2Nack.UNKNOWN_TARGET;
        }
        if (result == Broker.UNKNOWN) {
            return V2Nack.UNKNOWN_SUBSCRIPTION;
        }
        throw new IllegalStateException("the broker refused with " + result);
    }
}
