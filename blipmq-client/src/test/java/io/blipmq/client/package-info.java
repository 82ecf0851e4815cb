/**
 * Tests of the client against {@link io.blipmq.client.ScriptedServer}, a server on the loopback that does what a test tells
 * it; the command line's tests use it too.
 */
package io.blipmq.client;
