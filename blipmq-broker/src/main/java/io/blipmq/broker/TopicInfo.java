package io.blipmq.broker;

/**
 * What a key may know of a topic, or of a filter of topics: its own subscriptions to it. Immutable.
 *
 * @param durable how many of the key's subscriptions outlive their connection
 * @param temporary how many end with their connection
 */
public record TopicInfo(String name, boolean filter, int durable, int temporary) {}
