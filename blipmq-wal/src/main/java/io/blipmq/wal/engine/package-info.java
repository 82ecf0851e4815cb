/**
 * Opens logs, and wires the parts of a running one: the only package that sees all others. Owned by the thread that opens the
 * log.
 *
 * <p>Start reading at {@link io.blipmq.wal.engine.WalEngine}; {@link io.blipmq.wal.engine.OfflineLog} is the log of a daemon
 * that does not run. Only the daemon opens logs; everybody else gets a {@link io.blipmq.wal.Wal}. Nothing is decided here
 * but what is made of what, and the order of a start: lock, repair if that is wanted, recover, wire.
 */
package io.blipmq.wal.engine;
