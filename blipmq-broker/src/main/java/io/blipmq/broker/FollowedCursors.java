package io.blipmq.broker;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Moves the cursors of subscriptions on a node that applies what another one has decided, where nobody reads. Owned by the core
 * thread.
 *
 * <p>Such a node never stops replaying. Without this, what is settled would be remembered behind cursors that never move; and
 * with one message that is never settled it would be all that comes after it.
 */
final class FollowedCursors {
    private final BrokerLimits limits;
    private final int inFlightMax;
    private final Set<StoredSubscription> touched = new LinkedHashSet<>();

    FollowedCursors(BrokerLimits limits, int inFlightMax) {
        this.limits = limits;
        this.inFlightMax = inFlightMax;
    }

    /** A message of a subscription has been settled. */
    void onSettled(StoredSubscription subscription) {
        touched.add(subscription);
    }

    /** After a turn's commands. */
    void advance() {
        for (StoredSubscription subscription : touched) {
            if (!subscription.life().isGone()) {
                subscription.follow(limits.sweptMax(), inFlightMax + limits.delayedMax());
            }
        }
        touched.clear();
    }
}
