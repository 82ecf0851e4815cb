/**
 * A small client for the v1 protocol: publish, subscribe, poll, acknowledge, and PING as the commit barrier.
 *
 * <p>A client belongs to the thread that uses it and starts no thread of its own. It sees {@code io.blipmq.protocol} for
 * the bytes and nothing of the daemon. Start reading at {@link io.blipmq.client.BlipClient}, then
 * {@link io.blipmq.client.Connection}, which moves bytes both ways at once so that neither side waits for the other.
 */
package io.blipmq.client;
