/** Microbenchmarks of how a frame of the log is made. */
package io.blipmq.wal.segment;
