package io.blipmq.net.blip2;

/**
 * What a client of version 2 has said of itself in HELLO. Immutable.
 *
 * @param name for an operator's eyes
 * @param instance the same on all connections of one client, and no other's; empty: it does not say
 * @param heartbeatMillis in which it sends something, as it is kept to here; 0: it need not
 */
record Greeting(String name, byte[] instance, long heartbeatMillis) {}
