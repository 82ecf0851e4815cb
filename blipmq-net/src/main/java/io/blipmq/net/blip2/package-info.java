/**
 * Version 2 of BlipMQ's protocol: the broker pushes messages to subscriptions that have credit, and says why it closes
 * a connection.
 *
 * <p><b>Owner.</b> The broker thread.
 *
 * <p><b>Read first</b> {@code Blip2Session}, whose {@code onRequest} names the handler of each request; then
 * {@code PublishBatchHandler} (messages in), {@code DeliverWriter} (messages out) and {@code Blip2Answers}.
 *
 * <p><b>A request</b> has its type in {@code io.blipmq.protocol.FrameType}, its bytes in a layout and an encoder of
 * {@code io.blipmq.protocol.v2}, its handler and a line in {@code onRequest}, its answer in {@code Blip2Answers}, and a
 * {@code V2Nack} for each refusal; those of the broker go through {@code BrokerRefusals}. The version is frozen as
 * {@code docs/protocol.md} describes it: what it lacks is a matter of a new version, as {@code FrameLayout} says.
 */
package io.blipmq.net.blip2;
