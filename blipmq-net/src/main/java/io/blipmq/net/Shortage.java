package io.blipmq.net;

/**
 * Which room is so short that those who hold it without using it should give it back. Immutable.
 *
 * @param ofInput whether a packet has found no room to be assembled in
 * @param ofOutput whether output takes most of its room
 */
record Shortage(boolean ofInput, boolean ofOutput) {}
