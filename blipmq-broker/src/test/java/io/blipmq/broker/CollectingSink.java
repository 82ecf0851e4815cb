package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.MessageMemory;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes what is pushed to one connection apart. */
final class CollectingSink implements PushSink {
    private static final byte[] TOPIC = {1};

    private final List<Pushed> pushed = new ArrayList<>();
    private final List<TakenOver> takenOver = new ArrayList<>();
    private int roomFor = Integer.MAX_VALUE;
    private Pushed open;
    private ByteBuffer entry;
    private int copies;
    /** Of what is pushed next, when the broker names it. */
    private String topic;

    /** One message. */
    record Pushed(
            long subscription,
            String topic,
            int qos,
            long tag,
            int attempt,
            long publishedMillis,
            byte[] properties,
            byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    record TakenOver(long subscription, String successor) {}

    private long position;
    private long written;
    private boolean stalled;

    /** From now on nothing of what is pushed leaves the machine, or everything does. */
    void stall(boolean nowStalled) {
        stalled = nowStalled;
        written = stalled ? written : position;
    }

    /** It has room for so many more calls. */
    void roomFor(int pushes) {
        roomFor = pushes;
    }

    @Override
    public boolean hasRoom() {
        finish();
        return roomFor > 0;
    }

    @Override
    public void ofTopic(ByteBuffer names, int offset, int length) {
        byte[] name = new byte[length];
        names.get(offset, name);
        topic = new String(name, StandardCharsets.UTF_8);
    }

    private String takeTopic() {
        String taken = topic;
        topic = null;
        return taken;
    }

    @Override
    public void pushEntries(
            long subscriptionId, long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
        finish();
        roomFor--;
        copies++;
        ByteBuffer source = entries.slice(offset, length);
        int at = 0;
        Pushed head = new Pushed(subscriptionId, takeTopic(), 0, 0, 0, publishedMillis, null, null);
        for (int i = 0; i < count; i++) {
            pushed.add(message(head, source, at));
            at += EntryLayout.bytesAt(source, at);
        }
        if (at != length) {
            throw new AssertionError(count + " entries of " + length + " bytes end at " + at);
        }
    }

    @Override
    public ByteBuffer push(long subscriptionId, long deliveryTag, int attempt, long publishedMillis, int entryBytes) {
        finish();
        roomFor--;
        position += entryBytes;
        stall(stalled);
        open = new Pushed(subscriptionId, takeTopic(), 1, deliveryTag, attempt, publishedMillis, null, null);
        entry = ByteBuffer.allocateDirect(entryBytes + 3).position(1).limit(entryBytes + 1);
        return entry;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long written() {
        return written;
    }

    private void finish() {
        if (open != null) {
            if (entry.hasRemaining() || EntryLayout.bytesAt(entry, 1) != entry.limit() - 1) {
                throw new AssertionError("not exactly one entry: " + entry);
            }
            pushed.add(message(open, entry, 1));
            open = null;
        }
    }

    private static Pushed message(Pushed head, ByteBuffer source, int at) {
        byte[] properties = new byte[EntryLayout.propertiesLength(source, at)];
        if (properties.length > 0) {
            source.get(EntryLayout.propertiesOffset(at), properties);
        }
        byte[] body = new byte[EntryLayout.bodyLength(source, at)];
        source.get(EntryLayout.bodyOffset(source, at), body);
        return new Pushed(
                head.subscription,
                head.topic,
                head.qos,
                head.tag,
                head.attempt,
                head.publishedMillis,
                properties,
                body);
    }

    @Override
    public void onTakenOver(long subscriptionId, String successor) {
        takenOver.add(new TakenOver(subscriptionId, successor));
    }

    /** Everything that was pushed. */
    List<Pushed> pushed() {
        finish();
        return pushed;
    }

    /** Everything that was pushed since the last call. */
    List<Pushed> take() {
        finish();
        List<Pushed> taken = new ArrayList<>(pushed);
        pushed.clear();
        return taken;
    }

    /** The bodies of {@link #take}. */
    List<String> takeTexts() {
        return take().stream().map(Pushed::text).toList();
    }

    List<TakenOver> takenOver() {
        return takenOver;
    }

    /** How many runs of QoS 0 messages were copied. */
    int copies() {
        return copies;
    }

    /** A reader with credit without limit, whose messages come here. */
    Attachment attachment() {
        return attachment(AttachRequest.UNLIMITED_CREDIT);
    }

    Attachment attachment(long creditBytes) {
        long unlimited = AttachRequest.UNLIMITED_CREDIT;
        AttachRequest request = new AttachRequest(
                0,
                TOPIC,
                false,
                BrokerState.NO_NAME,
                false,
                false,
                false,
                0,
                0,
                false,
                false,
                unlimited,
                creditBytes,
                1);
        Client client = new Client(new OwnerId(1, 1), "", "", this);
        MemoryLog log =
                new MemoryLog(new MessageMemory(1 << 20, BrokerLimits.defaults().chunkSizes()), 1, false, lost -> {});
        PositionMemory positions = new PositionMemory(1, 8, 8, cost -> {}, message -> {});
        Topic topic = new Topic(1, TOPIC, ofSeveral -> log, positions);
        return new Attachment(client, new MemorySubscription(1, topic, client, 0), request, false);
    }
}
