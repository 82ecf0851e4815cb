package io.blipmq.broker;

/**
 * What the core counts. Gauges go up and down, the others only up; {@link BrokerCounters} lists the gauges, which are
 * counted again when the state is replaced.
 */
public enum BrokerMetric {
    /** Gauge: topics that exist. */
    TOPICS,
    /** Gauge: filters of topics that exist. */
    FILTERS,
    /** Gauge: subscriptions, detached ones too. */
    SUBSCRIPTIONS,
    /** Gauge: durable subscriptions without a connection. */
    SUBSCRIPTIONS_DETACHED,
    /** Gauge: deliveries that are not settled, those waiting for redelivery too. */
    IN_FLIGHT,
    /** Gauge: those of them that wait for a delay. */
    DELAYED,
    /** Gauge: messages that are to be published later. */
    SCHEDULED,
    /** Publishes accepted, of either QoS. */
    PUBLISHED,
    /** Publishes confirmed and not stored, because a message with the same publish id had been. */
    DUPLICATES,
    /** Deliveries, redeliveries too. */
    DELIVERED,
    REDELIVERED,
    ACKNOWLEDGED,
    /** Deliveries that a client gave back to be delivered again. */
    NACKED,
    /** Deliveries that a client sent to the dead letters. */
    REJECTED,
    /** Messages moved to a dead-letter topic. */
    DEAD_LETTERED,
    /** Dead letters sent back to the subscription they failed in. */
    REDRIVEN,
    /** Dead letters dropped by a client. */
    PURGED,
    /** QoS 0 messages that a subscription lost because it fell behind or memory was short. */
    DROPPED_QUEUE_FULL,
    /** QoS 0 messages that waited for a subscription when its connection ended. */
    DROPPED_CONNECTION_ENDED,
    DROPPED_TTL_EXPIRED,
    DROPPED_DEAD_LETTER_EXPIRED,
    /** Durable subscriptions removed because they stayed detached for too long. */
    SUBSCRIPTIONS_EXPIRED,
    /** Durable subscriptions removed because their detached backlog grew too large. */
    SUBSCRIPTIONS_OVERGROWN,
    /** Durable subscriptions removed because a client asked for it. */
    SUBSCRIPTIONS_DELETED,
    /** Named subscriptions that moved to another connection while one held them. */
    SUBSCRIPTIONS_TAKEN_OVER,
    /** How often the filters of a topic have been looked for. */
    ROUTES_FOUND,
    REFUSED_DISK_FULL,
    REFUSED_SHUTTING_DOWN
}
