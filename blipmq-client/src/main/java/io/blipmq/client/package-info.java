/**
 * A client of protocol version 2: publish with confirms, subscribe under credit, settle, reconnect, look and act.
 *
 * <p>A client has one thread, on which its connection, its unconfirmed messages and its subscriptions live; other threads reach
 * them through {@link io.blipmq.client.ClientThread}'s mailbox. Handlers run on another thread, or an executor of the user's. It
 * sees {@code io.blipmq.protocol} for the bytes and nothing of the daemon. Start reading at
 * {@link io.blipmq.client.BlipClient}, then {@link io.blipmq.client.ClientCore}.
 */
package io.blipmq.client;
