package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/**
 * The durable subscriptions of one topic, oldest first. Owned by the core thread. A subscription carries its neighbours, so
 * that one of many thousand leaves by one step and the others keep their order.
 */
final class StoredList implements Iterable<StoredSubscription> {
    private StoredSubscription first;
    private StoredSubscription last;
    private int size;

    void add(StoredSubscription subscription) {
        subscription.olderOfTopic = last;
        if (last == null) {
            first = subscription;
        } else {
            last.newerOfTopic = subscription;
        }
        last = subscription;
        size++;
    }

    /** Takes a subscription out that is in this list. */
    void remove(StoredSubscription subscription) {
        StoredSubscription older = subscription.olderOfTopic;
        StoredSubscription newer = subscription.newerOfTopic;
        if (older == null) {
            first = newer;
        } else {
            older.newerOfTopic = newer;
        }
        if (newer == null) {
            last = older;
        } else {
            newer.olderOfTopic = older;
        }
        subscription.olderOfTopic = null;
        subscription.newerOfTopic = null;
        size--;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The oldest one of an owner that is as asked for; or null. */
    StoredSubscription first(OwnerId owner, Predicate<StoredSubscription> asked, WorkMeter work) {
        for (StoredSubscription candidate : this) {
            work.add(1);
            if (candidate.owner().equals(owner) && asked.test(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** The list must not change meanwhile. */
    @Override
    public Iterator<StoredSubscription> iterator() {
        return new Iterator<>() {
            private StoredSubscription next = first;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public StoredSubscription next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                StoredSubscription found = next;
                next = found.newerOfTopic;
                return found;
            }
        };
    }
}
