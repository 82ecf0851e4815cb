package io.blipmq.client;

/**
 * A message was accepted; at QoS 1 that means stored under the broker's fsync policy, for the subscriptions that it reached.
 * Immutable.
 *
 * @param subscriptions how many it reached; one that reaches none is not stored, unless it is to be delivered later
 */
public record Confirm(int subscriptions) {}
