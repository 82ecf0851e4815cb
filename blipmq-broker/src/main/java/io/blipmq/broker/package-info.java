/**
 * The broker core: topics, subscriptions, delivery, retry and dead letters.
 *
 * <p>Everything here is owned by the one core thread, unless a class says otherwise; other threads enter through the
 * {@link io.blipmq.broker.Mailbox}. Sessions of {@code blipmq-net} call {@link io.blipmq.broker.Broker}, and the broker
 * writes what must survive to the {@link io.blipmq.broker.Journal}. Start reading at {@link io.blipmq.broker.Broker}.
 */
package io.blipmq.broker;
