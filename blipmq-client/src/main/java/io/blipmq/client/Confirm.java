package io.blipmq.client;

/**
 * A message was accepted; at QoS 1 that means stored under the broker's fsync policy, for the subscriptions that it reached.
 * Immutable.
 *
 * @param subscriptions how many it reached; one that reaches none is not stored, unless it is to be delivered later
 * @param isDuplicate whether a message with the same id had been stored before, so that this one was not stored again
 */
public record Confirm(int subscriptions, boolean isDuplicate) {}
