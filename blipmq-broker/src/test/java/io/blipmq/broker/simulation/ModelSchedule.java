package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.UnscheduleReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The {@link Model}'s messages that are to be published later. Owned by the simulation's thread. */
final class ModelSchedule {
    private static final Comparator<Scheduled> TURN =
            Comparator.comparingLong(Scheduled::dueMillis).thenComparingLong(Scheduled::number);
    private static final Comparator<Scheduled> LISTED =
            Comparator.comparingLong(Scheduled::bucket).thenComparingLong(Scheduled::number);
    private static final int RECORD_BYTES = 16 + 22 + 9 + 18;

    private final Model model;
    /** Those that are stored, by number. */
    private final TreeMap<Long, Scheduled> scheduled = new TreeMap<>();
    /** Those that are appended and not stored. */
    private final Map<Long, Scheduled> coming = new HashMap<>();
    /** Numbers of those whose end is appended and not stored. */
    private final Set<Long> ending = new HashSet<>();
    /** What a bucket's messages take in the log until the last of them has ended. */
    private final Map<Long, List<Long>> bytesOfBuckets = new HashMap<>();
    /** What a client cancels just now. */
    private long cancelling;

    record Scheduled(
            long number,
            OwnerId owner,
            String topic,
            String properties,
            String payload,
            long publishedMillis,
            long dueMillis) {
        long bucket() {
            return DueTimes.bucketOf(dueMillis);
        }

        static Scheduled of(Command command) {
            return new Scheduled(
                    command.sequence(),
                    command.owner(),
                    command.topic(),
                    command.text(),
                    command.payload(),
                    command.millis(),
                    command.expiresMillis());
        }
    }

    ModelSchedule(Model model) {
        this.model = model;
    }

    // --- starts

    /** Which are scheduled, for a snapshot. */
    List<Scheduled> kept() {
        return List.copyOf(scheduled.values());
    }

    void restore(List<Scheduled> kept) {
        scheduled.clear();
        coming.clear();
        ending.clear();
        bytesOfBuckets.clear();
        kept.forEach(this::add);
    }

    private void add(Scheduled message) {
        scheduled.put(message.number, message);
        long bytes =
                (RECORD_BYTES + message.properties.length() / 2 + message.payload.length() + message.topic.length() + 7)
                        / 8
                        * 8;
        bytesOfBuckets
                .computeIfAbsent(message.bucket(), bucket -> new ArrayList<>())
                .add(bytes);
    }

    // --- what is asked for

    /** Any that is stored, whoever's it is; 0 when there is none. */
    long any(int choice) {
        List<Long> numbers = List.copyOf(scheduled.keySet());
        return numbers.isEmpty() ? 0 : numbers.get(choice % numbers.size());
    }

    void beforeCancel(long number) {
        cancelling = number;
    }

    void onCancelled(SimulatedClient client, long number, boolean wasScheduled, boolean appended) {
        cancelling = 0;
        Scheduled message = scheduled.get(number);
        boolean own = message != null && message.owner.equals(client.owner());
        Check.that(wasScheduled == appended, () -> number + " is said to be cancelled: " + wasScheduled);
        Check.that(
                wasScheduled || !own || ending.contains(number),
                () -> message + " was scheduled and is not said to be cancelled");
    }

    /** What a client's listing has to show behind a message. */
    List<Scheduled> listed(OwnerId owner, long after, long afterMillis) {
        return scheduled.values().stream()
                .filter(message -> message.owner.equals(owner))
                .filter(message -> after == 0
                        || message.bucket() > DueTimes.bucketOf(afterMillis)
                        || message.bucket() == DueTimes.bucketOf(afterMillis) && message.number > after)
                .sorted(LISTED)
                .toList();
    }

    // --- what the broker made of it

    void onScheduleAppended(Command command) {
        Check.that(command.expiresMillis() > model.nowMillis(), () -> "due before it was scheduled: " + command);
        coming.put(command.sequence(), Scheduled.of(command));
    }

    void onDueAppended(Command command) {
        Scheduled message = scheduled.get(command.tag());
        requireTurn(message, command);
        long ttlMillis = ttlMillis(message);
        long expires = ttlMillis == 0 ? 0 : message.dueMillis + ttlMillis;
        Check.that(
                command.topic().equals(message.topic)
                        && command.letters() == message.dueMillis
                        && command.millis() == model.nowMillis()
                        && command.expiresMillis() == expires,
                () -> message + " is published as " + command + ", expected to expire at " + expires);
        ending.add(command.tag());
    }

    private long ttlMillis(Scheduled message) {
        long own = Texts.ttlMillis(message.properties);
        return own == 0 ? model.options().messageTtlMillis() : own;
    }

    /** Nothing else that is stored, or on its way, is to be published before it. */
    private void requireTurn(Scheduled message, Command command) {
        Check.that(
                message != null && !ending.contains(message.number) && message.dueMillis <= model.nowMillis(),
                () -> "not due, at " + model.nowMillis() + ": " + message + ", " + command);
        Stream.concat(scheduled.values().stream(), coming.values().stream())
                .filter(other -> !ending.contains(other.number))
                .min(TURN)
                .filter(first -> first.number != message.number)
                .ifPresent(first -> {
                    throw new AssertionError(message + " is published before " + first);
                });
    }

    void onUnscheduleAppended(Command command) {
        Scheduled message = scheduled.get(command.tag());
        if (command.code() == UnscheduleReason.CANCELLED.ordinal()) {
            Check.that(
                    message != null && !ending.contains(message.number) && cancelling == message.number,
                    () -> "nobody cancelled " + message);
        } else {
            requireTurn(message, command);
            Check.that(
                    model.durable().values().stream()
                            .noneMatch(reader -> Subscribed.reads(reader.topic, message.topic)),
                    () -> message + " ends although its topic has a subscription");
        }
        ending.add(command.tag());
    }

    // --- what a command does

    void applySchedule(Command command) {
        coming.remove(command.sequence());
        add(Scheduled.of(command));
    }

    /** @return the message that is published */
    Scheduled applyEnd(Command command) {
        Scheduled message = scheduled.remove(command.tag());
        Check.that(message != null, () -> "not scheduled: " + command);
        ending.remove(command.tag());
        if (scheduled.values().stream().noneMatch(other -> other.bucket() == message.bucket())) {
            bytesOfBuckets.remove(message.bucket());
        }
        return message;
    }

    // --- checks

    int count() {
        return scheduled.size();
    }

    /** When the last of them is due; 0 when there is none. */
    long lastDueMillis() {
        return scheduled.values().stream().mapToLong(Scheduled::dueMillis).max().orElse(0);
    }

    /** What they may take in the log: records of one each. */
    List<Long> recordBytes() {
        return bytesOfBuckets.values().stream().flatMap(List::stream).toList();
    }
}
