package io.blipmq.broker;

/**
 * What ATTACHED tells. Immutable.
 *
 * @param existed whether the subscription existed before it was asked for
 * @param backlog messages that wait in it
 */
public record AttachedInfo(boolean existed, long backlog) {}
