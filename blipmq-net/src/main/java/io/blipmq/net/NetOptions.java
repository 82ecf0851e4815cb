package io.blipmq.net;

/**
 * What the server needs to know. Immutable.
 *
 * @param connectionsMax connections beyond it are closed, once they have been told so if their protocol can say it
 * @param budgets what the connections may take together
 * @param limits how much is done at a time, and held for one connection
 * @param times how long is waited for what
 */
public record NetOptions(int connectionsMax, NetBudgets budgets, NetLimits limits, NetTimes times) {

    /** With the limits and times that the server has unless something else is said. */
    public NetOptions(int connectionsMax, NetBudgets budgets) {
        this(connectionsMax, budgets, NetLimits.defaults(), NetTimes.defaults());
    }

    public NetOptions {
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("connectionsMax must be at least 1, not " + connectionsMax);
        }
    }
}
