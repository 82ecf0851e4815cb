package io.blipmq.wal.segment;

/** The records from one sequence number to another, both included. Immutable. */
public record SequenceRange(long first, long last) {}
