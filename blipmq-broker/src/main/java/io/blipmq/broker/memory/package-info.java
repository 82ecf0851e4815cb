/**
 * Messages that their readers take from memory: for a subscription at QoS 0 all of its topic, for a durable one those
 * at QoS 0. A topic has a log for either kind of subscription, with a cursor for each reader; the chunks of all logs
 * share one budget. Owned by the core thread.
 *
 * <p>Neighbours: {@code broker}, whose topics own the logs and whose subscriptions own the cursors. Start reading at
 * {@link io.blipmq.broker.memory.MemoryLog}, then at {@link io.blipmq.broker.memory.MessageMemory}, which decides what
 * gives way. How long a message may wait here is up to the reader, who drops what is too old.
 */
package io.blipmq.broker.memory;
