package io.blipmq.broker.simulation;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.BatchResult;
import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.DeadLetterProgress;
import io.blipmq.broker.DeadLetterRequest;
import io.blipmq.broker.LetterSelection;
import io.blipmq.broker.ListPage;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.PushSink;
import io.blipmq.broker.ScheduleProgress;
import io.blipmq.broker.ScheduledInfo;
import io.blipmq.broker.SettleAction;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.broker.SubscribeResult;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A connection of protocol version 2: what it is pushed, and what it asks for. Owned by the simulation's thread. */
final class PushedClient extends SimulatedClient {
    /** Why it rejects whatever it rejects. */
    static final byte[] REASON = Texts.bytes("bad");

    private final BatchResult batch = new BatchResult();
    private final SettleRequest settlement = new SettleRequest();
    private final SettleResult settled = new SettleResult();
    private final DeadLetterProgress letters = new DeadLetterProgress();
    private final ScheduleProgress schedule = new ScheduleProgress();
    private final Set<Long> takenOver = new HashSet<>();
    private long attachNumber;
    /** Null before the first. */
    private AttachRequest lastAsked;

    private int room = Integer.MAX_VALUE;
    /** Deliveries that it was pushed, and how many of these have left the broker's machine. */
    private long pushed;

    private long written;
    private boolean stalled;
    private boolean sawNoRoom;
    private boolean draining;
    private boolean acksAll;
    /** The delivery that is being written. */
    private Delivery open;
    /** Of what is pushed next, when the broker has named it. */
    private String topic;

    private record Outgoing(String payload, byte[] properties) {
        /** The properties as a record has them. */
        private String hex() {
            String length = properties.length == 0 ? "" : String.format("%04x", properties.length);
            return length + Texts.hex(ByteBuffer.wrap(properties), 0, properties.length);
        }

        @Override
        public String toString() {
            return payload + " with " + hex();
        }
    }

    private record Delivery(long subscription, String topic, long tag, int attempt, long published, ByteBuffer entry) {}

    PushedClient(SimulatedKey key, Broker broker, Model model, String name) {
        super(key, broker, model, name);
    }

    @Override
    Client connect() {
        return broker.connect(owner(), "simulated", "nowhere", new Output());
    }

    /** From now on it acknowledges whatever it gets. */
    void acknowledgeAll() {
        acksAll = true;
    }

    boolean isDraining() {
        return draining;
    }

    /** Whether the broker knows that it takes messages. */
    boolean takes() {
        return !draining && !sawNoRoom && !isEnding();
    }

    /** Its output has been written; it takes so many pushes before it is full. */
    void onWritten(int newRoom) {
        room = newRoom;
        if (sawNoRoom && room > 0) {
            sawNoRoom = false;
            broker.pushes().onRoom(client);
        }
    }

    /** Its connection takes nothing of its output for a while, or does so again. */
    void stall(boolean nowStalled) {
        stalled = nowStalled;
    }

    /** What was pushed leaves the machine, unless its connection takes nothing. */
    void flush() {
        if (!stalled && written < pushed && model.pushes().mayWrite(this)) {
            written = pushed;
        }
    }

    long pushed() {
        return pushed;
    }

    long written() {
        return written;
    }

    private String takeTopic() {
        String taken = topic;
        topic = null;
        return taken;
    }

    // --- what is pushed

    /** Called while the client above is being made, so it only looks at that later. */
    private final class Output implements PushSink {
        @Override
        public boolean hasRoom() {
            model.pushes().writes(PushedClient.this);
            finish();
            sawNoRoom |= room <= 0;
            return room > 0;
        }

        @Override
        public void ofTopic(ByteBuffer names, int offset, int length) {
            topic = Texts.of(names, offset, length);
        }

        @Override
        public void pushEntries(
                long subscriptionId, long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
            model.pushes().writes(PushedClient.this);
            finish();
            Check.that(room > 0, () -> PushedClient.this + " was pushed more than it has room for");
            room--;
            List<String> payloads = new ArrayList<>();
            for (int at = offset; at < offset + length; at += EntryLayout.bytesAt(entries, at)) {
                payloads.add(body(entries, at));
            }
            Check.that(payloads.size() == count, () -> payloads.size() + " entries pushed as " + count);
            model.pushes().onPushedLive(PushedClient.this, subscriptionId, takeTopic(), payloads);
        }

        @Override
        public ByteBuffer push(
                long subscriptionId, long deliveryTag, int attempt, long publishedMillis, int entryBytes) {
            model.pushes().writes(PushedClient.this);
            finish();
            room--;
            pushed++;
            open = new Delivery(
                    subscriptionId,
                    takeTopic(),
                    deliveryTag,
                    attempt,
                    publishedMillis,
                    ByteBuffer.allocate(entryBytes));
            return open.entry;
        }

        @Override
        public long position() {
            return pushed;
        }

        @Override
        public long written() {
            return written;
        }

        @Override
        public void onTakenOver(long subscriptionId, String successor) {
            subscriptions().remove(subscriptionId);
            takenOver.add(subscriptionId);
            model.pushes().onToldOfTakeover();
        }
    }

    /** Another connection has taken this subscription, and the broker has said so. */
    void expectTakenOver(long id) {
        Check.that(takenOver.remove(id), () -> this + " was not told that " + id + " is taken over");
    }

    private static String body(ByteBuffer source, int at) {
        return Texts.of(source, EntryLayout.bodyOffset(source, at), EntryLayout.bodyLength(source, at));
    }

    /** The last delivery is complete. */
    void finish() {
        if (open == null) {
            return;
        }
        Delivery delivery = open;
        open = null;
        ByteBuffer entry = delivery.entry;
        Check.that(!entry.hasRemaining(), () -> "an entry is not complete");
        String properties = Texts.hex(entry, EntryLayout.propertiesOffset(0), EntryLayout.propertiesLength(entry, 0));
        model.pushes()
                .onPushed(
                        this,
                        delivery.subscription,
                        delivery.topic,
                        delivery.tag,
                        delivery.attempt,
                        delivery.published,
                        properties,
                        body(entry, 0));
        if (acksAll) {
            settle(delivery.subscription, SettleAction.ACK, false, false, 0, delivery.tag, delivery.attempt);
        } else {
            key().received(delivery.subscription, delivery.tag, delivery.attempt);
        }
    }

    // --- publish

    /** @param properties of every message, perhaps none */
    void publishBatch(int qos, String topic, List<byte[]> properties, int paddingBytes) {
        List<Outgoing> messages = new ArrayList<>();
        properties.forEach(ofOne -> messages.add(new Outgoing(nextPayload(paddingBytes), ofOne)));
        request(() -> handleBatch(qos, topic, messages));
    }

    /** What was taken is removed from {@code messages}. */
    private boolean handleBatch(int qos, String topic, List<Outgoing> messages) {
        do {
            handleRun(qos, topic, messages);
        } while (batch.outcome().isDone() && !messages.isEmpty());
        return batch.outcome() != Outcome.BUSY;
    }

    private void handleRun(int qos, String topic, List<Outgoing> messages) {
        byte[] name = Texts.bytes(topic);
        ByteBuffer frame = ByteBuffer.allocate(1 << 16).position(3).put(name);
        int entries = frame.position();
        for (Outgoing message : messages) {
            EntryLayout.putHeader(frame, message.payload.length(), message.properties, message.properties.length);
            frame.put(Texts.bytes(message.payload));
        }
        int before = model.history().entries().size();
        if (qos == 0 && !model.isShuttingDown()) {
            // Some of them may be pushed during the call.
            messages.forEach(message -> model.onPublished(0, topic, "", message.payload, 0));
        }
        PublishBatch offered = new PublishBatch().in(frame).qos(qos).topic(3, name.length);
        broker.publishing().publishBatch(client, offered.entries(entries, frame.position(), messages.size()), batch);
        if (qos == 0) {
            int expected = model.isShuttingDown() ? 0 : messages.size();
            Check.that(batch.taken() == expected, () -> batch.taken() + " of " + expected + " were taken at QoS 0");
        } else {
            onRun(topic, messages, before);
        }
        messages.subList(0, batch.taken()).clear();
    }

    private void onRun(String topic, List<Outgoing> messages, int before) {
        List<History.Entry> appended = model.history()
                .entries()
                .subList(before, model.history().entries().size());
        Check.that(
                appended.isEmpty() || appended.size() == batch.taken() && !batch.areDuplicates(),
                () -> appended.size() + " of " + batch.taken() + " were journalled");
        for (int i = 0; i < batch.taken(); i++) {
            Outgoing message = messages.get(i);
            ModelPublishIds.Key id = Command.publishId(owner(), topic, message.properties);
            if (batch.areDuplicates()) {
                long first = id == null ? 0 : model.firstOf(id, Long.MAX_VALUE);
                Check.that(first > 0, () -> message + " to " + topic + " is no duplicate");
                confirms(first);
            } else if (appended.isEmpty()) {
                model.onPublished(1, topic, "", message.payload, 0);
            } else {
                onAppended(appended.get(i), message, id);
            }
        }
        if (batch.areDuplicates()) {
            answer(() -> {});
        }
    }

    private void onAppended(History.Entry entry, Outgoing message, ModelPublishIds.Key id) {
        Command command = entry.command();
        Check.that(
                command.text().equals(message.hex())
                        && command.payload().equals(message.payload)
                        && Objects.equals(command.publishId(), id),
                () -> "not as it was published: " + command);
        long first = id == null ? 0 : model.firstOf(id, entry.sequence());
        Check.that(first == 0, () -> command + " is a duplicate of " + first + " and was stored");
        confirms(entry.sequence());
    }

    // --- publish later

    /**
     * Publishes messages that are due at a time, of each topic one batch.
     *
     * @param dueMillis of each; some may be over when the request is handled
     * @param ttlMillis of every message, or 0
     */
    void schedule(String topic, long[] dueMillis, long ttlMillis, int paddingBytes) {
        List<Later> messages = new ArrayList<>();
        for (long due : dueMillis) {
            PropertiesBuilder properties = new PropertiesBuilder();
            if (ttlMillis != 0) {
                properties.ttlMillis(ttlMillis);
            }
            messages.add(new Later(due, properties.deliverAtMillis(due).toBytes(), nextPayload(paddingBytes)));
        }
        request(() -> handleSchedule(topic, messages, ttlMillis));
    }

    private record Later(long dueMillis, byte[] properties, String payload) {
        String text() {
            return String.format("%04x", properties.length)
                    + Texts.hex(ByteBuffer.wrap(properties), 0, properties.length);
        }
    }

    /** What was taken is removed from {@code messages}. */
    private boolean handleSchedule(String topic, List<Later> messages, long ttlMillis) {
        byte[] name = Texts.bytes(topic);
        ByteBuffer frame = ByteBuffer.allocate(1 << 16).position(3).put(name);
        int entries = frame.position();
        for (Later message : messages) {
            EntryLayout.putHeader(frame, message.payload.length(), message.properties, message.properties.length);
            frame.put(Texts.bytes(message.payload));
        }
        int before = model.history().entries().size();
        PublishBatch offered =
                new PublishBatch().in(frame).qos(1).topic(3, name.length).schedules(true);
        broker.publishing().publishBatch(client, offered.entries(entries, frame.position(), messages.size()), batch);
        List<History.Entry> appended = model.history()
                .entries()
                .subList(before, model.history().entries().size());
        int at = 0;
        for (Later message : messages.subList(0, batch.taken())) {
            if (message.dueMillis <= model.nowMillis() && !model.isRead(topic)) {
                continue;
            }
            History.Entry entry = appended.get(at++);
            checkTaken(topic, message, ttlMillis, entry);
            confirms(entry.sequence());
        }
        int expected = at;
        Check.that(appended.size() == expected, () -> appended.size() + " of " + expected + " were journalled");
        messages.subList(0, batch.taken()).clear();
        return batch.outcome() != Outcome.BUSY;
    }

    private void checkTaken(String topic, Later message, long ttlMillis, History.Entry entry) {
        long now = model.nowMillis();
        long ttl = ttlMillis == 0 ? model.options().messageTtlMillis() : ttlMillis;
        Command expected = message.dueMillis > now
                ? Command.schedule(
                        entry.sequence(), owner(), topic, message.text(), message.payload, now, message.dueMillis)
                : Command.publish(
                        entry.sequence(), topic, message.text(), message.payload, now, ttl == 0 ? 0 : now + ttl);
        Check.that(entry.command().equals(expected), () -> "expected " + expected + ", appended " + entry);
    }

    void cancel(long number) {
        request(() -> {
            long before = client.lastSequence();
            model.schedule().beforeCancel(number);
            int commands = model.history().entries().size();
            Outcome outcome = broker.scheduling().cancel(client, number, schedule);
            boolean appended = model.history().entries().size() > commands;
            if (outcome.isDone()) {
                model.schedule().onCancelled(this, number, schedule.isCancelled(), appended);
                if (appended) {
                    Check.that(client.lastSequence() > before, () -> "nobody waits until " + number + " is cancelled");
                    confirms(client.lastSequence());
                }
                answer(() -> {});
            }
            return outcome != Outcome.BUSY;
        });
    }

    /** Lists what is scheduled, page by page. */
    void listScheduled(int limit) {
        listScheduled(limit, 0, 0);
    }

    private void listScheduled(int limit, long after, long afterMillis) {
        boolean[] again = {false};
        request(() -> {
            List<ScheduledInfo> page = new ArrayList<>();
            Outcome outcome =
                    broker.scheduling().list(client, afterMillis, new ListPage(after, limit), schedule, page::add);
            if (outcome == Outcome.BUSY) {
                Check.that(page.isEmpty(), () -> "listed and to be asked again: " + page);
                again[0] = true;
                return false;
            }
            checkListed(page, after, afterMillis, again[0]);
            if (schedule.next() != 0) {
                ScheduledInfo last = page.get(page.size() - 1);
                Check.that(last.number() == schedule.next(), () -> "the next page begins behind " + schedule.next());
                listScheduled(limit, last.number(), last.dueMillis());
            }
            return true;
        });
    }

    /** @param inTurns whether something may have been scheduled where it had looked before */
    private void checkListed(List<ScheduledInfo> page, long after, long afterMillis, boolean inTurns) {
        List<ScheduledInfo> all = new ArrayList<>();
        model.schedule()
                .listed(owner(), after, afterMillis)
                .forEach(message -> all.add(new ScheduledInfo(
                        message.number(),
                        message.topic(),
                        message.dueMillis(),
                        message.payload().length())));
        List<ScheduledInfo> expected = new ArrayList<>(all);
        if (inTurns) {
            expected.retainAll(page);
        } else if (schedule.next() != 0) {
            expected = expected.subList(0, Math.min(page.size(), all.size()));
        }
        List<ScheduledInfo> compared = expected;
        Check.that(page.equals(compared), () -> "listed are " + page + " of " + all);
    }

    // --- subscribe

    void attach(AttachRequest asked, long credit) {
        lastAsked = asked;
        AttachRequest request = numbered(asked, credit, ++attachNumber);
        request(() -> handleAttach(request));
    }

    boolean hasAttached() {
        return lastAsked != null;
    }

    void attachAgain(long credit) {
        attach(lastAsked, credit);
    }

    /** The credit in bytes that goes with one in messages: little now and then. */
    static long bytesFor(long messages) {
        return messages % 3 == 2 ? 10 * messages : AttachRequest.UNLIMITED_CREDIT;
    }

    private static AttachRequest numbered(AttachRequest request, long credit, long number) {
        return new AttachRequest(
                request.qos(),
                request.topic(),
                request.filter(),
                request.name(),
                request.group(),
                request.takeOver(),
                request.fromNew(),
                request.ackTimeoutMillis(),
                request.retryBackoffMillis(),
                request.creditOnSettle(),
                request.countFromBegin(),
                credit,
                bytesFor(credit),
                number);
    }

    private boolean handleAttach(AttachRequest request) {
        SubscribeResult result = broker.attaching().attach(client, request);
        model.pushes().onAttached(this, request, result);
        if (result.isDone()) {
            answer(() -> answerAttach(result.subscriptionId(), request.number()));
        }
        return result.outcome() != Outcome.BUSY;
    }

    private void answerAttach(long id, long number) {
        boolean held = model.pushes().onAnswered(this, id, number);
        boolean said = broker.attaching().attached(client, id, number) != null;
        Check.that(held == said, () -> this + " holds " + id + " by request " + number + ": " + held);
        if (held) {
            subscriptions().add(id);
            key().knows(id);
        }
    }

    void credit(long id, long messages) {
        request(() -> {
            model.pushes().onCredit(this, id, messages);
            broker.attaching().credit(client, id, messages, bytesFor(messages));
            return true;
        });
    }

    /** @param id 0: by name, to be deleted */
    void detach(long id, String ofName, boolean delete) {
        request(() -> {
            model.pushes().beforeDetach(this, id, ofName, delete);
            Outcome outcome = broker.attaching().detach(client, id, Texts.bytes(ofName), delete);
            model.pushes().onDetached(this, id, outcome);
            if (outcome.isDone()) {
                subscriptions().remove(id);
                answer(() -> {});
            }
            return outcome != Outcome.BUSY;
        });
    }

    void drain() {
        request(() -> {
            draining = true;
            Check.that(broker.attaching().drain(client) >= 0, () -> "in flight");
            return true;
        });
    }

    // --- settle

    /**
     * Whether it is not known what the request hits, because a deadline is about to be met, is asked when it is handled: then
     * it acknowledges that one delivery instead.
     */
    void settle(
            long id, SettleAction wanted, boolean wantsUpTo, boolean stored, long wantedMillis, long tag, int attempt) {
        request(() -> {
            PushModel.Targets wantedTargets = model.pushes().targets(this, id, wanted, wantsUpTo, tag, attempt);
            boolean unsure = wantedTargets.unsure();
            SettleAction action = unsure ? SettleAction.ACK : wanted;
            boolean upTo = wantsUpTo && !unsure;
            long millis = unsure ? 0 : wantedMillis;
            PushModel.Targets targets = model.pushes().targets(this, id, action, upTo, tag, attempt);
            byte[] reason = action == SettleAction.REJECT ? REASON : new byte[0];
            settlement.begin(id, action, upTo, stored, millis, reason);
            settlement.add(tag, attempt);
            List<Model.Settled> recorded =
                    action == SettleAction.ACK ? model.pushes().recorded(id, targets) : List.of();
            model.pushes().beforeSettled(id, action, targets);
            broker.settling().settle(client, settlement, settled);
            model.pushes().onSettled(this, id, action, millis, tag, targets, settled);
            if (settled.outcome() == Outcome.BUSY) {
                return false;
            }
            if (stored && settled.settled() > 0) {
                answer(() -> model.checkStored(recorded));
            }
            return true;
        });
    }

    void redrive(long id, long count, long tag) {
        int[] done = {0};
        request(() -> {
            model.pushes().beforeRedrive(id);
            DeadLetterRequest request = new DeadLetterRequest(id, count, LetterSelection.ofTag(tag));
            Outcome outcome = broker.deadLetters().redrive(client, request, letters);
            done[0] = model.pushes().onRedriven(outcome, counted(outcome), done[0]);
            return outcome != Outcome.BUSY;
        });
    }

    /** How many letters; 0 when it was refused. */
    private long counted(Outcome outcome) {
        return outcome.isDone() ? letters.answer().count() : 0;
    }

    void purge(long id, long count, long tag) {
        request(() -> {
            model.pushes().beforePurge(id);
            DeadLetterRequest request = new DeadLetterRequest(id, count, LetterSelection.ofTag(tag));
            Outcome outcome = broker.deadLetters().purge(client, request, letters);
            model.pushes().onPurged();
            if (counted(outcome) > 0) {
                confirms(model.pushes().lastPurged());
                answer(() -> {});
            }
            return outcome != Outcome.BUSY;
        });
    }

    /** Connections of this version are gone for the model first: what ends with them is removed at once. */
    @Override
    void disconnect() {
        model.onDisconnected(this);
        broker.disconnect(client);
    }

    static AttachRequest request(
            int qos,
            String topic,
            boolean filter,
            String name,
            boolean group,
            boolean takeOver,
            boolean fromNew,
            long timeout,
            long backoff) {
        return new AttachRequest(
                qos,
                Texts.bytes(topic),
                filter,
                Texts.bytes(name),
                group,
                takeOver,
                fromNew,
                timeout,
                backoff,
                timeout % 2 == 1,
                timeout % 3 == 1,
                0,
                AttachRequest.UNLIMITED_CREDIT,
                0);
    }

    /** Takes whatever a subscription has. */
    static AttachRequest takeAll(ModelSubscription subscription) {
        String topic = Subscribed.text(subscription.topic);
        boolean filter = Subscribed.isFilter(subscription.topic);
        return request(1, topic, filter, subscription.name, false, true, false, 0, 0);
    }

    static long unlimited() {
        return AttachRequest.UNLIMITED_CREDIT;
    }
}
