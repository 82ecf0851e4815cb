package io.blipmq.broker;

/**
 * What a key may know of a subscription of its own. Immutable.
 *
 * @param topic in UTF-8; not to be changed
 * @param name in UTF-8, empty when it has none; not to be changed
 * @param durable whether it outlives its connection
 * @param backlog messages that wait to be delivered, for the first time or again
 * @param deliveries what was delivered and is not settled
 * @param oldestAgeMillis age of its oldest QoS 1 message that is not settled, {@link SubscriptionInfo#NO_MESSAGE} when
 *     there is none
 * @param clientName of the connection that is attached, empty when there is none
 * @param clientAddress of that connection
 */
public record SubscriptionDetails(
        long id,
        int qos,
        byte[] topic,
        byte[] name,
        boolean durable,
        boolean attached,
        boolean deadLetters,
        long backlog,
        DeliveryCounts deliveries,
        long oldestAgeMillis,
        String clientName,
        String clientAddress) {}
