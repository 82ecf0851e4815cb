/**
 * How a message is described while it is on its way: views over a buffer, used for one message after the other. Owned by
 * whoever describes messages with them.
 *
 * <p>Neighbours: all other packages of the broker, which see this one. Start reading at {@link
 * io.blipmq.broker.message.MessageView}.
 */
package io.blipmq.broker.message;
