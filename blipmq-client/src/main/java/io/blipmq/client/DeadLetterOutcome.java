package io.blipmq.client;

/**
 * What came of sending dead letters back, or of dropping them. Immutable.
 *
 * @param count letters that were sent back or dropped
 * @param gone letters that stay, since the subscription that they failed in is gone: they can be sent to another one
 * @param full letters that stay, since their subscription has as many unsettled deliveries as it may, or the disk is full
 * @param next 0 when these were all of the selection; else for {@link DeadLetterSelection#behind}
 * @param through likewise: the newest letter there was at the beginning
 */
public record DeadLetterOutcome(long count, long gone, long full, long next, long through) {
    /** Both together, this one first. */
    public DeadLetterOutcome and(DeadLetterOutcome later) {
        return new DeadLetterOutcome(
                count + later.count, gone + later.gone, full + later.full, later.next, later.through);
    }
}
