/**
 * Version 1 of BlipMQ's protocol: a client asks for each message with POLL.
 *
 * <p><b>Owner.</b> The broker thread.
 *
 * <p><b>Read first</b> {@code Blip1Session}, whose {@code onRequest} names the handler of each request; then
 * {@code PublishHandler}, the shortest way of a message into the broker. The version is frozen: a client of the first day
 * must get the same bytes, so what may change here is how, not what.
 */
package io.blipmq.net.blip1;
