package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A connection of protocol version 2 to a {@link TestBroker}. */
final class PushClient {
    private final TestBroker broker;
    private final Client client;
    private final CollectingSink sink = new CollectingSink();
    private long attachNumber;
    private final SettleRequest request = new SettleRequest();
    private final SettleResult settled = new SettleResult();
    private final BatchResult batch = new BatchResult();
    private final DeadLetterProgress letters = new DeadLetterProgress();
    private final ScheduleProgress schedule = new ScheduleProgress();

    /** What ATTACH asks for, step by step. */
    static final class Request {
        private final String topic;
        private int qos = 1;
        private boolean filter;
        private String name = "";
        private boolean group;
        private boolean takeOver;
        private boolean fromNew;
        private long ackTimeoutMillis;
        private long retryBackoffMillis;
        private boolean creditOnSettle;
        private boolean countFromBegin;
        private long credit;
        private long creditBytes = AttachRequest.UNLIMITED_CREDIT;

        private Request(String topic) {
            this.topic = topic;
        }

        static Request to(String topic) {
            return new Request(topic);
        }

        static Request toFilter(String filter) {
            Request request = new Request(filter);
            request.filter = true;
            return request;
        }

        Request qos0() {
            qos = 0;
            return this;
        }

        Request named(String newName) {
            name = newName;
            return this;
        }

        Request group(String newName) {
            name = newName;
            group = true;
            return this;
        }

        Request takeOver() {
            takeOver = true;
            return this;
        }

        Request fromNew() {
            fromNew = true;
            return this;
        }

        Request ackTimeout(long millis) {
            ackTimeoutMillis = millis;
            return this;
        }

        Request retryBackoff(long millis) {
            retryBackoffMillis = millis;
            return this;
        }

        Request credit(long messages) {
            credit = messages;
            return this;
        }

        Request creditBytes(long bytes) {
            creditBytes = bytes;
            return this;
        }

        Request creditOnSettle() {
            creditOnSettle = true;
            return this;
        }

        Request countFromBegin() {
            countFromBegin = true;
            return this;
        }

        private AttachRequest build(long number) {
            return new AttachRequest(
                    qos,
                    bytes(topic),
                    filter,
                    bytes(name),
                    group,
                    takeOver,
                    fromNew,
                    ackTimeoutMillis,
                    retryBackoffMillis,
                    creditOnSettle,
                    countFromBegin,
                    credit,
                    creditBytes,
                    number);
        }
    }

    PushClient(TestBroker broker, String key) {
        this.broker = broker;
        this.client = broker.broker().connect(OwnerId.ofKey(bytes(key)), "client of " + key, "127.0.0.1:9", sink);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Broker broker() {
        return broker.broker();
    }

    Client client() {
        return client;
    }

    CollectingSink sink() {
        return sink;
    }

    // --- publish ---

    /** Publishes plain bodies. */
    BatchResult publish(int qos, String topic, String... bodies) {
        return publish(qos, topic, new byte[0], bodies);
    }

    /** Publishes messages at QoS 1 that are to be delivered later. */
    BatchResult schedule(String topic, long dueMillis, String... bodies) {
        return schedule(topic, dueMillis, 0, bodies);
    }

    /** @param ttlMillis of each message; 0: it has none of its own */
    BatchResult schedule(String topic, long dueMillis, long ttlMillis, String... bodies) {
        PropertiesBuilder properties = new PropertiesBuilder().deliverAtMillis(dueMillis);
        if (ttlMillis != 0) {
            properties.ttlMillis(ttlMillis);
        }
        return publish(1, topic, properties.toBytes(), true, bodies);
    }

    /** Whether the message was still scheduled. */
    boolean cancel(long number) {
        assertThat(tryCancel(number)).isEqualTo(Outcome.DONE);
        return schedule.isCancelled();
    }

    Outcome tryCancel(long number) {
        Outcome outcome = broker().scheduling().cancel(client, number, schedule);
        while (outcome == Outcome.BUSY && !broker.journal().isBusy()) {
            outcome = broker().scheduling().cancel(client, number, schedule);
        }
        return outcome;
    }

    /** Everything that is scheduled with this key, page by page. */
    List<ScheduledInfo> scheduled(int pageItems) {
        List<ScheduledInfo> all = new ArrayList<>();
        ListPage page = new ListPage(0, pageItems);
        long afterMillis = 0;
        do {
            int before = all.size();
            while (broker().scheduling().list(client, afterMillis, page, schedule, all::add) == Outcome.BUSY) {
                assertThat(all).hasSize(before);
            }
            assertThat(all.size() - before).isLessThanOrEqualTo(pageItems);
            if (schedule.next() != 0) {
                afterMillis = all.get(all.size() - 1).dueMillis();
                page = new ListPage(schedule.next(), pageItems);
            }
        } while (schedule.next() != 0);
        return all;
    }

    /** @param properties of each message */
    BatchResult publish(int qos, String topic, byte[] properties, String... bodies) {
        return publish(qos, topic, properties, false, bodies);
    }

    private BatchResult publish(int qos, String topic, byte[] properties, boolean schedules, String... bodies) {
        byte[] name = bytes(topic);
        int length = Arrays.stream(bodies)
                .mapToInt(body -> EntryLayout.bytes(bytes(body).length, properties.length))
                .sum();
        ByteBuffer frame = ByteBuffer.allocateDirect(7 + name.length + length);
        frame.position(7).put(name);
        for (String body : bodies) {
            EntryLayout.putHeader(frame, bytes(body).length, properties, properties.length);
            frame.put(bytes(body));
        }
        PublishBatch offered =
                new PublishBatch().in(frame).qos(qos).topic(7, name.length).schedules(schedules);
        broker().publishing()
                .publishBatch(client, offered.entries(7 + name.length, frame.limit(), bodies.length), batch);
        return batch;
    }

    // --- subscribe ---

    SubscribeResult tryAttach(Request request) {
        return broker().attaching().attach(client, request.build(++attachNumber));
    }

    /** Answers the last request to attach. */
    AttachedInfo attached(long id) {
        return attached(id, attachNumber);
    }

    /** @param number counts this client's requests to attach, from 1 on */
    AttachedInfo attached(long id, long number) {
        return broker().attaching().attached(client, id, number);
    }

    /** Attaches, without credit unless that is asked for. */
    long attach(Request request) {
        SubscribeResult result = tryAttach(request);
        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        broker.turn();
        attached(result.subscriptionId());
        return result.subscriptionId();
    }

    /** Attaches with credit for so many messages. */
    long attach(Request request, long credit) {
        long id = attach(request);
        credit(id, credit);
        return id;
    }

    void credit(long id, long messages) {
        broker().attaching().credit(client, id, messages, 0);
    }

    Outcome detach(long id, boolean delete) {
        return broker().attaching().detach(client, id, new byte[0], delete);
    }

    Outcome delete(String name) {
        return broker().attaching().detach(client, 0, bytes(name), true);
    }

    void disconnect() {
        broker.broker().disconnect(client);
    }

    // --- deliveries ---

    /** Everything that is pushed now. */
    List<CollectingSink.Pushed> receive() {
        broker().pushes().push();
        return sink.take();
    }

    List<String> receiveTexts() {
        broker().pushes().push();
        return sink.takeTexts();
    }

    /** The one message that is pushed now. */
    CollectingSink.Pushed receiveOne() {
        List<CollectingSink.Pushed> received = receive();
        assertThat(received).hasSize(1);
        return received.get(0);
    }

    SettleResult ack(long id, long... tags) {
        return settle(id, SettleAction.ACK, false, 0, "", tags);
    }

    SettleResult nack(long id, long millis, long... tags) {
        return settle(id, SettleAction.NACK, false, millis, "", tags);
    }

    SettleResult reject(long id, String reason, long... tags) {
        return settle(id, SettleAction.REJECT, false, 0, reason, tags);
    }

    SettleResult extend(long id, long millis, long... tags) {
        return settle(id, SettleAction.EXTEND, false, millis, "", tags);
    }

    /** @return how many letters */
    long redrive(long id, long count, long tag) {
        return redrive(id, count, LetterSelection.ofTag(tag));
    }

    long redrive(long id, long count, LetterSelection which) {
        assertThat(tryRedrive(id, count, which)).isEqualTo(Outcome.DONE);
        return lettersDone().count();
    }

    Outcome tryRedrive(long id, long count, LetterSelection which) {
        return broker().deadLetters().redrive(client, new DeadLetterRequest(id, count, which), letters);
    }

    /** @return how many letters */
    long purge(long id, long count, long tag) {
        return purge(id, count, LetterSelection.ofTag(tag));
    }

    long purge(long id, long count, LetterSelection which) {
        assertThat(tryPurge(id, count, which)).isEqualTo(Outcome.DONE);
        return lettersDone().count();
    }

    Outcome tryPurge(long id, long count, LetterSelection which) {
        return broker().deadLetters().purge(client, new DeadLetterRequest(id, count, which), letters);
    }

    /** Of the last request about dead letters. */
    LettersResult lettersDone() {
        return letters.answer();
    }

    SettleResult release(long id, long... tags) {
        return settle(id, SettleAction.RELEASE, false, 0, "", tags);
    }

    SettleResult begin(long id, long... tags) {
        return settle(id, SettleAction.BEGIN, false, 0, "", tags);
    }

    SettleResult ackUpTo(long id, long tag) {
        return settle(id, SettleAction.ACK, true, 0, "", tag);
    }

    /** Of one attempt of a delivery. */
    SettleResult settle(long id, SettleAction action, boolean upTo, long tag, int attempt) {
        request.begin(id, action, upTo, false, 0, new byte[0]);
        request.add(tag, attempt);
        broker().settling().settle(client, request, settled);
        return settled;
    }

    /** An acknowledgement or a reject whose answer waits until it is stored. */
    SettleResult settleStored(long id, SettleAction action, long... tags) {
        return settle(id, action, false, true, 0, "", tags);
    }

    SettleResult settle(long id, SettleAction action, boolean upTo, long millis, String reason, long... tags) {
        return settle(id, action, upTo, false, millis, reason, tags);
    }

    private SettleResult settle(
            long id, SettleAction action, boolean upTo, boolean stored, long millis, String reason, long... tags) {
        request.begin(id, action, upTo, stored, millis, bytes(reason));
        for (long tag : tags) {
            request.add(tag, SettleRequest.ANY_ATTEMPT);
        }
        broker().settling().settle(client, request, settled);
        return settled;
    }
}
