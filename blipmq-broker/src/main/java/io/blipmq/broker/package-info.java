/**
 * The broker core: topics, subscriptions, deliveries, retry and dead letters, and the turn that drives them.
 *
 * <p>Everything here is owned by the one core thread, unless a class says otherwise; other threads enter through the
 * {@link io.blipmq.broker.Mailbox}. Sessions of {@code blipmq-net} call the services that {@link io.blipmq.broker.Broker}
 * gives out. Below this package, none of which sees it: {@code journal}, the command log and what must survive; {@code
 * backlog}, where stored messages are and how far they have been read; {@code memory}, what is kept in memory alone; {@code
 * message}, how a message on its way is described. Start reading at {@link io.blipmq.broker.Broker}.
 */
package io.blipmq.broker;
