package io.blipmq.client;

import java.time.Duration;
import java.time.Instant;

/**
 * An unsettled delivery as the broker sees it. Immutable.
 *
 * @param state {@code in flight}, {@code due} or {@code becoming a dead letter}
 * @param deadline time that is left to settle it, or until it is due again
 */
public record DeliveryInfo(long tag, int attempt, String state, Duration deadline, Instant published, long bytes) {}
