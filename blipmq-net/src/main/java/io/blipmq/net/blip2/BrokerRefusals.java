package io.blipmq.net.blip2;

import io.blipmq.broker.Outcome;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.V2Nack;

/** What the broker's refusals are called in version 2. Stateless. */
final class BrokerRefusals {
    private BrokerRefusals() {}

    /** @param outcome neither {@link Outcome#DONE} nor {@link Outcome#BUSY} */
    static Refusal of(Outcome outcome) {
        return switch (outcome) {
            case DISK_FULL -> V2Nack.DISK_FULL;
            case SHUTTING_DOWN -> V2Nack.SHUTTING_DOWN;
            case NOT_LEADER -> V2Nack.NOT_LEADER;
            case TOO_MANY_SUBSCRIPTIONS -> V2Nack.TOO_MANY_SUBSCRIPTIONS;
            case TOO_MANY_OF_CONNECTION -> V2Nack.TOO_MANY_OF_CONNECTION;
            case NAME_HELD -> V2Nack.NAME_HELD;
            case OTHER_TOPIC -> V2Nack.OTHER_TOPIC;
            case OTHER_QOS -> V2Nack.OTHER_QOS;
            case UNKNOWN_TARGET -> V2Nack.UNKNOWN_TARGET;
            case UNKNOWN -> V2Nack.UNKNOWN_SUBSCRIPTION;
            case DONE, BUSY -> throw new IllegalArgumentException("the broker has not refused: " + outcome);
        };
    }
}
