package io.blipmq.broker.journal;

/**
 * Settings that the journalled state depends on. Immutable. On one node they are the node's own; where several keep a log
 * together they come from a command, so that all have the same, whatever each was configured with.
 *
 * @param lettersOfSubscription dead letters that a subscription remembers, for acknowledgements that come late
 * @param lettersInAll that all subscriptions together remember
 * @param deduplicationMillis for how long a publish id is remembered
 * @param publishIds how many are remembered
 * @param publishIdBytes the memory that they may take
 */
public record ReplicatedSettings(
        int lettersOfSubscription, long lettersInAll, long deduplicationMillis, int publishIds, long publishIdBytes) {}
