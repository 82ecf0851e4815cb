package io.blipmq.broker;

import io.blipmq.broker.journal.ReplicatedSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What became of the newest of a subscription's messages that are dead letters, for acknowledgements that come late. Owned
 * by the core thread.
 *
 * <p>As many as may be unsettled are kept, as far as all subscriptions together have room, the oldest is forgotten first: what a client may have in hand it finds, and a
 * backlog of letters costs nothing here. Where a letter came from is not kept at all: its record says so.
 */
final class RecentLetters {
    private final Map<Long, Letter> byOrigin = new LinkedHashMap<>(4);
    private final StateMemory memory;

    RecentLetters(StateMemory memory) {
        this.memory = memory;
    }

    /**
     * A message in a dead-letter subscription.
     *
     * @param originTag of the message that it was
     * @param originRedriven whether that had come back from the dead letters before
     */
    record Letter(StoredSubscription deadLetters, long tag, long originTag, boolean originRedriven, int payloadLength) {

        /** Whether nobody has settled it, and its subscription is there. */
        private boolean isWaiting() {
            return !deadLetters.life().isGone() && deadLetters.isWaitingFor(tag);
        }
    }

    void add(Letter letter, ReplicatedSettings settings) {
        if (byOrigin.put(letter.originTag, letter) == null) {
            memory.addLetters(1);
        }
        if (byOrigin.size() > settings.lettersOfSubscription() || memory.letters() > settings.lettersInAll()) {
            byOrigin.remove(byOrigin.keySet().iterator().next());
            memory.addLetters(-1);
        }
    }

    /** A subscription to dead letters ends, and all that were in it. */
    void forget(StoredSubscription deadLetters) {
        int before = byOrigin.size();
        byOrigin.values().removeIf(letter -> letter.deadLetters == deadLetters);
        memory.addLetters(byOrigin.size() - before);
    }

    /** Its subscription ends. */
    void clear() {
        memory.addLetters(-byOrigin.size());
        byOrigin.clear();
    }

    /** The letter that a message has become and that waits; null when there is none, or it has been forgotten. */
    Letter find(long originTag) {
        Letter letter = byOrigin.get(originTag);
        return letter != null && letter.isWaiting() ? letter : null;
    }

    int count() {
        return byOrigin.size();
    }

    /** All that are remembered, oldest first. */
    void forEach(Consumer<Letter> action) {
        byOrigin.values().forEach(action);
    }
}
