package io.blipmq.broker;

/**
 * What a request about dead letters has done. Immutable.
 *
 * @param count letters that were sent back or dropped
 * @param next the tag to go on after; 0: there is nothing to go on with
 * @param through the newest letter's tag when the first of the requests was handled; 0: there was none
 * @param gone letters that stayed since the subscription they failed in is gone
 * @param full letters that stayed since their subscription, or the log's disk, has no room
 */
public record LettersResult(long count, long next, long through, long gone, long full) {}
