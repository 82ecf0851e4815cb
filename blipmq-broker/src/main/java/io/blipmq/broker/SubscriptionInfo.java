package io.blipmq.broker;

import java.time.Instant;
import java.util.List;

/**
 * What an operator, or a client of its key, may know of a subscription; never whose key that is. Immutable.
 *
 * @param name empty when it has none
 * @param durable whether it outlives its connection
 * @param since when it was attached or detached
 * @param backlog messages that wait to be delivered, for the first time or again
 * @param backlogBytes payload bytes of the QoS 1 messages that are not settled: what {@code detached_backlog_bytes} limits
 * @param deliveries what was delivered and is not settled
 * @param oldestAgeMillis age of the oldest message that waits or is not settled, {@link #NO_MESSAGE} when there is none
 * @param deadLetters whether it collects dead letters
 * @param filter whether its topic is a filter of topics
 * @param clientName of the connection that is attached, empty when there is none
 * @param clientAddress of that connection
 * @param members the oldest {@link #MEMBERS_MAX} of a group of competing consumers; empty when it is not shared
 * @param memberCount how many there are
 */
public record SubscriptionInfo(
        long id,
        String topic,
        String name,
        int qos,
        boolean durable,
        boolean attached,
        Instant since,
        long backlog,
        long backlogBytes,
        DeliveryCounts deliveries,
        long oldestAgeMillis,
        boolean deadLetters,
        boolean filter,
        String clientName,
        String clientAddress,
        List<Member> members,
        int memberCount) {
    /** Members that are told of. */
    public static final int MEMBERS_MAX = 100;

    /** The age of the oldest message when there is no message. */
    public static final long NO_MESSAGE = -1;

    /**
     * A connection that shares a subscription. Immutable.
     *
     * @param credit messages that may be pushed to it now; {@link AttachRequest#UNLIMITED_CREDIT}: without limit
     * @param inHand deliveries that it has and has not settled
     */
    public record Member(String clientName, String clientAddress, long credit, int inHand) {}
}
