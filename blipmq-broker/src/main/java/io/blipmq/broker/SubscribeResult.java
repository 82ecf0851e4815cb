package io.blipmq.broker;

/**
 * What became of a request to subscribe or to attach. Immutable.
 *
 * @param subscriptionId 0 when it was refused
 */
public record SubscribeResult(Outcome outcome, long subscriptionId) {
    static SubscribeResult of(long subscriptionId) {
        return new SubscribeResult(Outcome.DONE, subscriptionId);
    }

    static SubscribeResult refused(Outcome outcome) {
        return new SubscribeResult(outcome, 0);
    }

    public boolean isDone() {
        return outcome.isDone();
    }
}
