package io.blipmq.broker;

import java.time.Instant;

/** A QoS 0 subscription: it lives with its connection and holds nothing that has to be kept. Owned by the core thread. */
final class PassingSubscription extends Subscription {
    /** Their ids start here, far above any sequence number, which durable ones have as ids. */
    static final long FIRST_ID = 1L << 62;

    private final Client client;
    private final LiveCursor cursor;
    private final long createdMillis;
    private Attachment attachment;

    PassingSubscription(long id, Topic topic, Client client, long createdMillis) {
        super(id, topic);
        this.client = client;
        this.createdMillis = createdMillis;
        this.cursor = topic.openLive();
    }

    @Override
    boolean belongsTo(Client other) {
        return client == other;
    }

    @Override
    OwnerId owner() {
        return client.owner();
    }

    @Override
    Client reader() {
        return client;
    }

    /** From now on its messages are pushed. */
    void attachment(Attachment newAttachment) {
        attachment = newAttachment;
    }

    @Override
    Attachment attachment() {
        return attachment;
    }

    @Override
    int deliverNext(DeliverySink sink, Delivering delivering) {
        delivering.dropExpired(cursor);
        if (!cursor.hasNext()) {
            return 0;
        }
        cursor.deliverNext(sink, topic().name());
        return 1;
    }

    @Override
    int pushNext(long countMax, Delivering delivering) {
        delivering.dropExpired(cursor);
        if (!cursor.hasNext()) {
            return 0;
        }
        int pushed = cursor.push(attachment, countMax);
        if (!cursor.hasNext()) {
            topic().onCaughtUp(attachment);
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
        topic().closeLive(cursor);
        return lost;
    }

    @Override
    SubscriptionInfo info(Delivering delivering) {
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
                        ? Math.max(0, delivering.nowMillis() - cursor.nextPublishedMillis())
                        : SubscriptionInfo.NO_MESSAGE,
                false,
                client.name(),
                client.address());
    }
}
