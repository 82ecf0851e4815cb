package io.blipmq.broker;

/**
 * Dead letters that something is to be done with. Immutable.
 *
 * @param subscriptionId the dead-letter subscription that holds them
 * @param count at most so many
 */
public record DeadLetterRequest(long subscriptionId, long count, LetterSelection which) {}
