package io.blipmq.client;

import java.time.Instant;

/**
 * Why a message is a dead letter. Immutable.
 *
 * @param subscription the id of the one that it failed in
 * @param attempts how often it had been delivered there
 * @param reason {@code retries exhausted}, or what its rejection said
 * @param since when it became one
 */
public record DeadLetter(long subscription, int attempts, String reason, Instant since) {}
