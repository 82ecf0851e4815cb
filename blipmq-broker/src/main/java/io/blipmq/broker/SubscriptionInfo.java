package io.blipmq.broker;

/**
 * One subscription as an operator sees it. Immutable.
 *
 * @param detachedSinceMillis wall-clock time since when it has no connection, 0 while it has one
 * @param backlog messages that wait to be delivered
 * @param inFlight deliveries that are not settled
 * @param oldestMillis wall-clock time when the oldest unsettled QoS 1 message was published, 0 when there is none
 */
public record SubscriptionInfo(
        long id,
        String topic,
        int qos,
        long detachedSinceMillis,
        long backlog,
        long inFlight,
        long oldestMillis,
        boolean deadLetters) {}
