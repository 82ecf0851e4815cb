package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.memory.MemoryCursor;
import java.time.Instant;
import java.util.List;

/** A QoS 0 subscription: it lives with its connection and holds nothing that has to be kept. Owned by the core thread. */
final class MemorySubscription extends Subscription {
    /** Their ids start here, far above any sequence number, which durable ones have as ids. */
    static final long FIRST_ID = 1L << 62;

    private final Client client;
    private final MemoryCursor cursor;
    private final long createdMillis;
    private Attachment attachment;

    MemorySubscription(long id, MessageStream topic, Client client, long createdMillis) {
        super(id, topic);
        this.client = client;
        this.createdMillis = createdMillis;
        this.cursor = topic.openMemory();
    }

    @Override
    boolean belongsTo(Client other) {
        return client == other;
    }

    @Override
    OwnerId owner() {
        return client.owner();
    }

    /** From now on its messages are pushed. */
    void attachment(Attachment newAttachment) {
        attachment = newAttachment;
    }

    @Override
    PushTarget target() {
        return attachment;
    }

    @Override
    Attachment attachment(Client asking) {
        return asking == client ? attachment : null;
    }

    @Override
    int deliverNext(DeliverySink sink, Deliveries deliveries) {
        deliveries.dropExpired(cursor);
        if (!cursor.hasNext()) {
            return 0;
        }
        cursor.takeNext(sink.deliver(0, 0, topic().name(), cursor.nextPayloadBytes()));
        return 1;
    }

    @Override
    int pushNext(Attachment to, long countMax, Deliveries deliveries) {
        deliveries.dropExpired(cursor);
        if (!cursor.hasNext()) {
            return 0;
        }
        int pushed = cursor.push(to, countMax);
        if (!cursor.hasNext()) {
            topic().onCaughtUp(to);
        }
        return pushed;
    }

    @Override
    int unsettledCount() {
        return 0;
    }

    @Override
    long backlog() {
        return cursor.backlog();
    }

    /** @return how many messages were waiting and are lost */
    long close() {
        long lost = cursor.backlog();
        topic().closeMemory(cursor);
        return lost;
    }

    @Override
    SubscriptionInfo info(Deliveries deliveries) {
        return new SubscriptionInfo(
                id(),
                topic().toString(),
                "",
                0,
                false,
                true,
                Instant.ofEpochMilli(createdMillis),
                cursor.backlog(),
                0,
                DeliveryCounts.NONE,
                cursor.hasNext()
                        ? Math.max(0, deliveries.nowMillis() - cursor.nextPublishedMillis())
                        : SubscriptionInfo.NO_MESSAGE,
                false,
                topic().filter() != null,
                client.name(),
                client.address(),
                List.of(),
                0);
    }
}
