package io.blipmq.wal;

/** Which records of one key are still needed, see {@link Liveness}. Immutable. */
@FunctionalInterface
public interface KeyLiveness {

    boolean isLive(long sequence);
}
