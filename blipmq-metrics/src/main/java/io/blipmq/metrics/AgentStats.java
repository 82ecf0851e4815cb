package io.blipmq.metrics;

/**
 * How busy an agent's thread was: shares are between 0 and 1.
 *
 * @param currentTurnNanos how long the running turn has taken, 0 between turns
 */
public record AgentStats(
        String agent,
        double busyShare1s,
        double busyShare10s,
        double busyShareSinceStart,
        long turns,
        long longestTurn10sNanos,
        long longestTurnNanos,
        long currentTurnNanos) {}
