package io.blipmq.broker.memory;

/**
 * How large chunks are. Immutable.
 *
 * @param smallBytes of the first chunk of a log that was empty
 * @param bytes of the next
 * @param largeBytes of those for batches
 * @param pooledSmall spare small ones that are kept
 * @param pooled likewise of the next size
 */
public record ChunkSizes(int smallBytes, int bytes, int largeBytes, int pooledSmall, int pooled) {}
