package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;

/** What became of a request. Whatever is not {@link #DONE} has changed nothing, unless the request says otherwise. */
public enum Outcome {
    DONE,
    /** The journal has no room now, or the rest of the request needs another turn: offer it again in a later turn. */
    BUSY,
    /** The log's disk is full. */
    DISK_FULL,
    /** Several nodes keep the log together, and this one does not lead. */
    NOT_LEADER,
    /** The daemon is shutting down. */
    SHUTTING_DOWN,
    /** There are as many subscriptions as the daemon holds. */
    TOO_MANY_SUBSCRIPTIONS,
    /** The connection has as many subscriptions as one may have. */
    TOO_MANY_OF_CONNECTION,
    /** The key has no such subscription, or the subscription no such delivery. */
    UNKNOWN,
    /** Another connection is attached to the subscription. */
    NAME_HELD,
    /** The subscription of this name is to another topic. */
    OTHER_TOPIC,
    /** The name is that of a durable subscription and is asked for by a group at QoS 0, or the other way round. */
    OTHER_QOS,
    /** Dead letters were to go to a subscription that the key does not have. */
    UNKNOWN_TARGET;

    public boolean isDone() {
        return this == DONE;
    }

    /** @param answer of the journal to an append: a sequence number, or one of {@link CommandLog}'s refusals */
    static Outcome ofAppend(long answer) {
        if (answer >= 0) {
            return DONE;
        }
        if (answer == CommandLog.NOT_LEADER) {
            return NOT_LEADER;
        }
        return answer == CommandLog.FULL ? DISK_FULL : BUSY;
    }
}
