/** Microbenchmarks of an open log. */
package io.blipmq.wal.engine;
