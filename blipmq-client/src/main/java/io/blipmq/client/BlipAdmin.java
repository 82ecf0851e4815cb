package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Thread-safe: looks at what belongs to the client's key, and acts on dead letters and scheduled messages. Every call
 * waits for the broker's answer.
 *
 * <p>Lists are taken page by page: while they are, things may change.
 */
public final class BlipAdmin {
    /** Items in one page: small beside a frame, whatever they are. */
    private static final int PAGE_ITEMS = 256;

    /** Dead letters in one request: its answer comes soon, however large they are. */
    private static final long LETTERS_MAX = 256;

    private static final byte[] NO_NAME = {};

    private final BlipClient client;

    BlipAdmin(BlipClient client) {
        this.client = client;
    }

    public List<TopicInfo> topics() {
        return all(ListLayout.TOPICS, 0, Integer.MAX_VALUE, ListItems::topic);
    }

    public List<SubscriptionInfo> subscriptions() {
        return all(ListLayout.SUBSCRIPTIONS, 0, Integer.MAX_VALUE, ListItems::subscription);
    }

    /** The subscription with this id. */
    public Optional<SubscriptionInfo> subscription(long id) {
        return all(ListLayout.SUBSCRIPTIONS, id, Integer.MAX_VALUE, ListItems::subscription).stream()
                .filter(subscription -> subscription.id() == id)
                .findFirst();
    }

    /** The subscription with this name. */
    public Optional<SubscriptionInfo> subscription(String name) {
        byte[] nameBytes = Names.text(name, "a subscription's name", Names.SUBSCRIPTION_BYTES_MAX);
        List<SubscriptionInfo> found = new ArrayList<>();
        if (nameBytes.length > 0) {
            forEach(ListLayout.SUBSCRIPTIONS, 0, nameBytes, 1, ListItems::subscription, found::add);
        }
        return found.stream().findFirst();
    }

    /** The unsettled deliveries of a subscription, at most so many. */
    public List<DeliveryInfo> deliveries(long subscription, int max) {
        return all(ListLayout.DELIVERIES, subscription, max, ListItems::delivery);
    }

    /**
     * The messages that a durable subscription holds, delivered or not, in the order of publishing, at most so many.
     * They stay as they are: looking at them delivers nothing and spends no attempt. QoS 0 messages are not among them.
     */
    public List<WaitingMessage> messages(long subscription, int max) {
        return all(ListLayout.MESSAGES, subscription, max, ListItems::message);
    }

    /** Likewise, one after another: only some of them are in memory at a time, however large they are. */
    public void messages(long subscription, int max, Consumer<WaitingMessage> each) {
        forEach(ListLayout.MESSAGES, subscription, NO_NAME, max, ListItems::message, each);
    }

    /** The dead letters in a dead-letter subscription, oldest first, at most so many. */
    public List<DeadLetterMessage> deadLetters(long subscription, int max) {
        return all(ListLayout.DEAD_LETTERS, subscription, max, ListItems::deadLetter);
    }

    /** Likewise, one after another: only some of them are in memory at a time, however large they are. */
    public void deadLetters(long subscription, int max, Consumer<DeadLetterMessage> each) {
        forEach(ListLayout.DEAD_LETTERS, subscription, NO_NAME, max, ListItems::deadLetter, each);
    }

    /**
     * Puts dead letters back into the subscription that each failed in, as if they had never been delivered there.
     *
     * @param subscription that of the dead letters
     */
    public DeadLetterOutcome redrive(long subscription, DeadLetterSelection which) {
        return redrive(subscription, which, 0);
    }

    /**
     * Likewise, but into a durable subscription that is given, whatever its topic is.
     *
     * @param target its id; 0: the one that each failed in
     */
    public DeadLetterOutcome redrive(long subscription, DeadLetterSelection which, long target) {
        return eachPart(which, part -> act("redriving", ListLayout.REDRIVE, subscription, part, target));
    }

    /** Drops dead letters for good. */
    public DeadLetterOutcome purge(long subscription, DeadLetterSelection which) {
        return eachPart(which, part -> act("purging", ListLayout.PURGE, subscription, part, 0));
    }

    /**
     * Messages that are to be delivered later, at most so many, one after another: in the order of their time to within
     * about two minutes, and then as they were published.
     */
    public void scheduled(int max, Consumer<ScheduledMessage> each) {
        int count = 0;
        long after = 0;
        long afterMillis = 0;
        do {
            ListItems.Page<ScheduledMessage> page = page(
                    ListLayout.SCHEDULED,
                    afterMillis,
                    NO_NAME,
                    Math.min(PAGE_ITEMS, max - count),
                    after,
                    ListItems::scheduled);
            page.items().forEach(each);
            count += page.items().size();
            after = page.items().isEmpty() ? 0 : page.next();
            if (after != 0) {
                afterMillis = page.items().get(page.items().size() - 1).due().toEpochMilli();
            }
        } while (after != 0 && count < max);
    }

    /** Likewise, all at once. */
    public List<ScheduledMessage> scheduled(int max) {
        List<ScheduledMessage> found = new ArrayList<>();
        scheduled(max, found::add);
        return found;
    }

    /**
     * Cancels a message that is to be delivered later.
     *
     * @param number of a {@link ScheduledMessage}
     * @return whether it was still to be delivered; if so it is not any more
     */
    public boolean cancelScheduled(long number) {
        return client.ask(
                "cancelling message " + Long.toUnsignedString(number),
                FrameType.DONE,
                ListLayout.cancelFrameBytes(),
                (to, id) -> RequestEncoder.cancel(to, id, number),
                (buffer, offset, length) ->
                        ListLayout.isDone(length) ? ListLayout.doneCount(buffer, offset) == 1 : null);
    }

    /** Deletes a durable subscription that nobody is attached to, with all it holds. */
    public void delete(String name) {
        delete("deleting the subscription " + name, 0, Names.text(name, "a name", Names.SUBSCRIPTION_BYTES_MAX));
    }

    /** Likewise by its id, which every subscription has: also one of version 1, or of dead letters. */
    public void delete(long subscription) {
        delete("deleting subscription " + Long.toUnsignedString(subscription), subscription, NO_NAME);
    }

    private void delete(String what, long subscription, byte[] name) {
        client.ask(
                what,
                FrameType.DETACHED,
                AttachLayout.detachFrameBytes(name.length),
                (to, id) -> RequestEncoder.detach(to, id, subscription, AttachLayout.DELETE_FLAG, name),
                (buffer, offset, length) -> AttachLayout.isDetached(buffer, offset, length) ? Boolean.TRUE : null);
    }

    /** Bit by bit, each of which goes on where the one before ended. */
    private static DeadLetterOutcome eachPart(
            DeadLetterSelection which, Function<DeadLetterSelection, DeadLetterOutcome> act) {
        DeadLetterOutcome part = act.apply(which);
        DeadLetterOutcome all = part;
        for (DeadLetterSelection left = which.behind(part); part.next() != 0 && left.count() > 0; ) {
            part = act.apply(left);
            all = all.and(part);
            left = left.behind(part);
        }
        return all;
    }

    private DeadLetterOutcome act(String what, int action, long subscription, DeadLetterSelection which, long target) {
        long count = Math.min(which.count(), LETTERS_MAX);
        LettersRequest request =
                new LettersRequest(which.tag(), which.after(), which.through(), which.failedIn(), target);
        LettersDone done = client.ask(
                what,
                FrameType.DONE,
                ListLayout.deadLettersFrameBytes(),
                (to, id) -> RequestEncoder.deadLetters(to, id, action, subscription, count, request),
                (buffer, offset, length) ->
                        LettersDone.isLettersDone(length) ? LettersDone.read(buffer, offset) : null);
        return new DeadLetterOutcome(done.count(), done.gone(), done.full(), done.next(), done.through());
    }

    private <T> List<T> all(int kind, long subscription, int max, ListItems.Reader<T> reader) {
        List<T> items = new ArrayList<>();
        forEach(kind, subscription, NO_NAME, max, reader, items::add);
        return items;
    }

    private <T> void forEach(
            int kind, long subscription, byte[] name, int max, ListItems.Reader<T> reader, Consumer<T> each) {
        int count = 0;
        long after = 0;
        do {
            ListItems.Page<T> page = page(kind, subscription, name, Math.min(PAGE_ITEMS, max - count), after, reader);
            page.items().forEach(each);
            count += page.items().size();
            after = page.next();
        } while (after != 0 && count < max);
    }

    private <T> ListItems.Page<T> page(
            int kind, long subscription, byte[] name, int limit, long after, ListItems.Reader<T> reader) {
        return client.ask(
                "a list",
                FrameType.LISTING,
                ListLayout.listFrameBytes(name.length),
                (to, id) -> RequestEncoder.list(to, id, kind, limit, subscription, after, name),
                (buffer, offset, length) -> ListItems.read(buffer, offset, length, reader));
    }
}
