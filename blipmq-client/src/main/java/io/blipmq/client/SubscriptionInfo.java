package io.blipmq.client;

import java.time.Duration;
import java.util.Optional;

/**
 * A subscription as the broker sees it. Immutable.
 *
 * @param name empty when it has none
 * @param durable whether it stays when nobody is attached
 * @param deadLetters whether it holds a topic's dead letters
 * @param backlog messages that wait to be delivered, for the first time or again
 * @param unsettled deliveries that are not settled, those that wait to be delivered again included
 * @param oldestAge of its oldest message, if it has one
 * @param clientName who is attached, as that client calls itself
 * @param clientAddress and where it is
 */
public record SubscriptionInfo(
        long id,
        int qos,
        boolean durable,
        boolean attached,
        boolean deadLetters,
        String topic,
        String name,
        long backlog,
        long unsettled,
        Optional<Duration> oldestAge,
        String clientName,
        String clientAddress) {}
