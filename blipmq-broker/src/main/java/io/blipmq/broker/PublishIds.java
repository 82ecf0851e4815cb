package io.blipmq.broker;

import io.blipmq.broker.journal.ReplicatedSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The publish ids of messages that are stored. Owned by the core thread. A function of the log: what is forgotten, and when,
 * follows from the times in the commands and from settings.
 *
 * <p>An id is forgotten when one is remembered whose message was published a window later, or when there are too many: the
 * oldest first. One that is still here may be older than the window, so who asks looks at its time. Times hardly ever go back
 * from one message to the next; where they do, by less than a second after a restart, an id stays a moment longer.
 */
final class PublishIds {
    private final Map<PublishId, PublishId> ids = new HashMap<>();
    private final Consumer<PublishId> beforeForgotten;
    private PublishId oldest;
    private PublishId newest;
    private long bytes;

    /** @param beforeForgotten is told of each that is going to be forgotten */
    PublishIds(Consumer<PublishId> beforeForgotten) {
        this.beforeForgotten = beforeForgotten;
    }

    /** The one that is equal, or null. */
    PublishId find(PublishId id) {
        return ids.get(id);
    }

    /** A message is stored under an id, the newest of all. */
    void remember(PublishId id, ReplicatedSettings settings) {
        while (oldest != null && !oldest.isRemembered(id.publishedMillis, settings.deduplicationMillis())) {
            forget(oldest);
        }
        PublishId former = ids.get(id);
        if (former != null) {
            forget(former);
        }
        add(id);
        while (isTooMany(settings) && oldest != newest) {
            forget(oldest);
        }
    }

    private boolean isTooMany(ReplicatedSettings settings) {
        return ids.size() > settings.publishIds() || bytes > settings.publishIdBytes();
    }

    /** Adds one that a checkpoint holds, the newest of all. */
    void restore(PublishId id) {
        add(id);
    }

    private void add(PublishId id) {
        ids.put(id, id);
        bytes += id.bytes();
        id.older = newest;
        if (newest == null) {
            oldest = id;
        } else {
            newest.newer = id;
        }
        newest = id;
    }

    private void forget(PublishId id) {
        beforeForgotten.accept(id);
        ids.remove(id);
        bytes -= id.bytes();
        if (id.older == null) {
            oldest = id.newer;
        } else {
            id.older.newer = id.newer;
        }
        if (id.newer == null) {
            newest = id.older;
        } else {
            id.newer.older = id.older;
        }
    }

    /** Messages of this range are lost: what is sent again is to be stored. */
    void forgetMessages(long firstSequence, long lastSequence) {
        for (PublishId id = oldest; id != null; id = id.newer) {
            if (firstSequence <= id.sequence && id.sequence <= lastSequence) {
                forget(id);
            }
        }
    }

    /** The clock has jumped: what is remembered is no older than it was. */
    void moveTimes(long millis) {
        for (PublishId id = oldest; id != null; id = id.newer) {
            id.publishedMillis += millis;
        }
    }

    /** Where a walk through all of them begins, by their messages' numbers; null when there is none. */
    PublishId oldest() {
        return oldest;
    }
}
