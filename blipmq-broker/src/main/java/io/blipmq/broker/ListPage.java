package io.blipmq.broker;

/**
 * Which part of a list is asked for. Immutable.
 *
 * @param after begins behind this cursor; 0: at the list's beginning
 * @param limit at most so many items
 */
public record ListPage(long after, int limit) {}
