package io.blipmq.broker.simulation;

import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.journal.OwnerId;
import java.util.ArrayList;
import java.util.List;

/** Which publish ids the broker remembers, as far as they are stored. Owned by the simulation's thread. */
final class ModelPublishIds {
    private static final int BYTES = 160;
    private static final int OWNER_AND_LENGTH_BYTES = 17;

    private final DeduplicationOptions options;
    /** Oldest first. */
    private final List<Remembered> remembered;

    /** What an id names a message by. */
    record Key(OwnerId owner, String topic, String id) {
        private int bytes() {
            return BYTES + 2 * (OWNER_AND_LENGTH_BYTES + id.length() + topic.length());
        }
    }

    private record Remembered(Key key, long sequence, long millis) {}

    ModelPublishIds(DeduplicationOptions options) {
        this(options, List.of());
    }

    private ModelPublishIds(DeduplicationOptions options, List<Remembered> remembered) {
        this.options = options;
        this.remembered = new ArrayList<>(remembered);
    }

    ModelPublishIds copy() {
        return new ModelPublishIds(options, remembered);
    }

    /** A message is stored. */
    void apply(long sequence, Command command) {
        Key key = command.publishId();
        while (!remembered.isEmpty() && !isWithin(remembered.get(0).millis, command.millis())) {
            remembered.remove(0);
        }
        remembered.removeIf(older -> older.key.equals(key));
        remembered.add(new Remembered(key, sequence, command.millis()));
        while (isTooMany() && remembered.size() > 1) {
            remembered.remove(0);
        }
    }

    private boolean isTooMany() {
        int bytes = remembered.stream().mapToInt(id -> id.key.bytes()).sum();
        return remembered.size() > options.entriesMax() || bytes > options.bytesMax();
    }

    private boolean isWithin(long millis, long laterMillis) {
        return laterMillis - millis < options.windowMillis();
    }

    /**
     * The message that one published now is a duplicate of; 0: there is none.
     *
     * @param notApplied what is appended and not stored
     */
    long firstOf(Key key, long nowMillis, List<History.Entry> notApplied) {
        for (int i = notApplied.size() - 1; i >= 0; i--) {
            History.Entry entry = notApplied.get(i);
            if (key.equals(entry.command().publishId())) {
                return isWithin(entry.command().millis(), nowMillis) ? entry.sequence() : 0;
            }
        }
        return remembered.stream()
                .filter(id -> id.key.equals(key) && isWithin(id.millis, nowMillis))
                .mapToLong(Remembered::sequence)
                .findFirst()
                .orElse(0);
    }

    /** The clock has jumped. */
    void moveTimes(long millis) {
        remembered.replaceAll(id -> new Remembered(id.key, id.sequence, id.millis + millis));
    }
}
