package io.blipmq.client;

/**
 * A topic in {@link BlipAdmin#topics}, or a filter of topics. Immutable.
 *
 * @param filter whether it is a filter
 */
public record TopicInfo(String name, long durableSubscriptions, long passingSubscriptions, boolean filter) {}
