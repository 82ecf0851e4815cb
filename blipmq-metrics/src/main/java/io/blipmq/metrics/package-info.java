/**
 * What the daemon tells about itself: the metrics, the recorders behind them, and the records of the debug pages.
 *
 * <p>Nothing here belongs to the core or the log thread except {@link io.blipmq.metrics.DutyCycle}, which an agent's
 * thread writes. Everything else reads snapshots that those threads have published: a scrape never touches broker
 * state, however slow it is. The daemon binds each {@link io.blipmq.metrics.Metric} to its source;
 * {@code io.blipmq.metrics.http} serves the result. Start reading at {@link io.blipmq.metrics.Metric}.
 */
package io.blipmq.metrics;
