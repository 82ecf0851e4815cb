/**
 * Where a topic's stored messages are in the journal, and how far each subscription has read them. Owned by the core thread.
 *
 * <p>Neighbours: {@code journal}, which holds the messages, and {@code broker}, whose topics own the logs and whose
 * subscriptions own the cursors. Start reading at {@link io.blipmq.broker.backlog.MessageLog}, then at {@link
 * io.blipmq.broker.backlog.MessageCursor}.
 */
package io.blipmq.broker.backlog;
