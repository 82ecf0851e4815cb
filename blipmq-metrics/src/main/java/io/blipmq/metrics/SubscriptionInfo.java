package io.blipmq.metrics;

import java.time.Instant;

/**
 * What an operator may know of a subscription; never whose it is.
 *
 * @param since when it was attached or detached
 * @param backlog messages that wait for their first delivery
 * @param inFlight messages delivered and not settled
 * @param oldestAgeMillis age of the oldest message that is not settled, {@link #NO_MESSAGE} when there is none
 * @param deadLetter whether it collects dead letters
 */
public record SubscriptionInfo(
        long id,
        String topic,
        int qos,
        boolean attached,
        Instant since,
        long backlog,
        long inFlight,
        long oldestAgeMillis,
        boolean deadLetter) {
    /** The age of the oldest message when there is no message. */
    public static final long NO_MESSAGE = -1;
}
