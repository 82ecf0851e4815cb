package io.blipmq.broker;

/**
 * How long and how many publish ids are remembered. Immutable.
 *
 * @param windowMillis within which a second message with the same id is a duplicate
 * @param entriesMax ids of all keys and topics together; the oldest are forgotten first
 * @param bytesMax memory for them, likewise
 */
public record DeduplicationOptions(long windowMillis, int entriesMax, long bytesMax) {
    /** The defaults of the configuration. */
    public static DeduplicationOptions defaults() {
        return new DeduplicationOptions(120_000, 100_000, 32L << 20);
    }
}
