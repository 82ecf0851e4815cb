/**
 * How messages are described while they are on their way: views over a buffer, used for one message, or one batch,
 * after the other. Owned by whoever describes messages with them.
 *
 * <p>Neighbours: the handlers of {@code blipmq-net}, which describe what has come in, the decoder of {@code journal},
 * which describes what is stored, and whoever in the broker takes these. Start reading at
 * {@link io.blipmq.broker.message.MessageView}.
 */
package io.blipmq.broker.message;
