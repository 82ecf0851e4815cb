/**
 * Version 2 of BlipMQ's protocol: the broker pushes messages to subscriptions that have credit, and says why it closes a
 * connection.
 *
 * <p><b>Owner.</b> The broker thread.
 *
 * <p><b>Read first</b> {@code Blip2Session}, whose {@code onRequest} names the handler of each request; then
 * {@code PublishBatchHandler} (messages in), {@code DeliverWriter} (messages out) and {@code Blip2Answers}. The version is frozen
 * in {@code docs/protocol.md}.
 */
package io.blipmq.net.blip2;
