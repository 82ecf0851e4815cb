package io.blipmq.client;

/** A topic in {@link BlipAdmin#topics}. Immutable. */
public record TopicInfo(String name, long durableSubscriptions, long passingSubscriptions) {}
