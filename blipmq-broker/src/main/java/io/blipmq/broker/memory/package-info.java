/**
 * Messages that are kept in memory alone: a log for each topic, in chunks that share one budget, and a cursor for each
 * reader. Owned by the core thread.
 *
 * <p>Neighbours: {@code broker}, whose topics own the logs and whose subscriptions own the cursors. Start reading at {@link
 * io.blipmq.broker.memory.MemoryLog}.
 */
package io.blipmq.broker.memory;
