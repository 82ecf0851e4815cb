package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.memory.MemoryCursor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * A QoS 0 subscription: it lives with its connection, or with the members of its group, and holds nothing that has to be kept.
 * Owned by the core thread.
 */
final class MemorySubscription extends Subscription {
    /** Their ids start here, far above any sequence number, which durable ones have as ids. */
    static final long FIRST_ID = 1L << 62;

    private final OwnerId owner;
    /** Of the group; else empty. */
    private final byte[] name;
    /** Those that share it; null when one connection has it. */
    private final ConsumerGroup group;
    /** The one connection that has it; null for a group. */
    private final Client client;

    private final MemoryCursor cursor;
    private final long createdMillis;
    private Attachment attachment;

    MemorySubscription(long id, MessageStream topic, Client client, long createdMillis) {
        this(id, topic, client.owner(), BrokerState.NO_NAME, client, null, createdMillis);
    }

    private MemorySubscription(
            long id,
            MessageStream topic,
            OwnerId owner,
            byte[] name,
            Client client,
            ConsumerGroup group,
            long createdMillis) {
        super(id, topic);
        this.owner = owner;
        this.name = name;
        this.client = client;
        this.group = group;
        this.createdMillis = createdMillis;
        this.cursor = topic.openMemory();
    }

    /** One that a group shares, which has no members yet. */
    static MemorySubscription ofGroup(long id, MessageStream topic, OwnerId owner, byte[] name, long createdMillis) {
        return new MemorySubscription(id, topic, owner, name, null, new ConsumerGroup(), createdMillis);
    }

    /** Empty unless it is a group's. */
    byte[] name() {
        return name;
    }

    @Override
    int nameBytes() {
        return super.nameBytes() + name.length;
    }

    /** Those that share it; null when one connection has it. */
    ConsumerGroup group() {
        return group;
    }

    @Override
    boolean belongsTo(Client other) {
        return client == other;
    }

    @Override
    OwnerId owner() {
        return owner;
    }

    /** From now on its messages are pushed. */
    void attachment(Attachment newAttachment) {
        attachment = newAttachment;
    }

    @Override
    PushTarget target() {
        return group == null ? attachment : group;
    }

    @Override
    Attachment attachment(Client asking) {
        if (group != null) {
            return group.member(asking);
        }
        return asking == client ? attachment : null;
    }

    @Override
    int deliverNext(InFlight none, DeliverySink sink, Deliveries deliveries) {
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
        if (group == null && !cursor.hasNext()) {
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
        Client shown = group == null ? client : group.firstClient();
        return new SubscriptionInfo(
                id(),
                topic().toString(),
                new String(name, StandardCharsets.UTF_8),
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
                shown.name(),
                shown.address(),
                group == null ? List.of() : group.infos(),
                group == null ? 0 : group.size());
    }
}
