package io.blipmq.client;

import java.time.Instant;

/**
 * A message that is to be delivered later, in {@link BlipAdmin#scheduled}. Immutable.
 *
 * @param number by which it is cancelled
 * @param bodyBytes how large its body is
 */
public record ScheduledMessage(long number, String topic, Instant due, long bodyBytes) {}
