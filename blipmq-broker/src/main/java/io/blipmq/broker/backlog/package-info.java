/**
 * Where a topic's stored messages are in the journal, and how far each subscription has read them. Owned by the core
 * thread.
 *
 * <p>Neighbours: {@code journal}, which holds the messages, and {@code broker}, whose topics own the logs and whose
 * subscriptions own the cursors. A subscription to dead letters has a log of its own. Start reading at
 * {@link io.blipmq.broker.backlog.MessageLog}, then at {@link io.blipmq.broker.backlog.MessageCursor}. Only the order
 * of messages is here: one that has been passed and is not settled is the subscription's ({@code Unsettled}), one that
 * is settled and has not been passed is in {@link io.blipmq.broker.backlog.SettledAhead}.
 */
package io.blipmq.broker.backlog;
