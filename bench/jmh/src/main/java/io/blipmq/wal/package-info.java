/** Microbenchmarks of how a frame of the log is made, in this package because its layout is not public. */
package io.blipmq.wal;
