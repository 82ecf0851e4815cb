package io.blipmq.wal;

/** The records from one sequence number to another, both included. Immutable. */
record SequenceRange(long first, long last) {}
