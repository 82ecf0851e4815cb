package io.blipmq.broker;

/** A message that is to be published later. Immutable. */
public record ScheduledInfo(long number, String topic, long dueMillis, int bodyBytes) {}
