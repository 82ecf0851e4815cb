package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.Welcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A client of version 2. Deliveries and answers are told apart as they come, and taken in any order. */
public final class PushClient extends TestConnection<PushClient> {
    private static final int QOS1_CONFIRMED = PublishLayout.QOS_FLAG | PublishLayout.CONFIRM_FLAG;
    private static final byte[] NOTHING = {};

    private final Deque<Pushed> pushed = new ArrayDeque<>();
    private final Deque<Frame> answers = new ArrayDeque<>();
    private int deliverFrames;

    public PushClient(TestServer server, InetSocketAddress address) throws IOException {
        super(server, address, 2);
    }

    @Override
    public PushClient self() {
        return this;
    }

    // --- requests ---

    public PushClient hello(long correlationId, String name) {
        return hello(correlationId, name, "", 0);
    }

    public PushClient hello(long correlationId, String name, String instance, long heartbeatMillis) {
        return send(to -> RequestEncoder.hello(to, correlationId, bytes(name), bytes(instance), heartbeatMillis));
    }

    /** A batch at QoS 1 whose confirm is wanted. */
    public PushClient publish(long first, String topic, String... bodies) {
        return publishFlagged(QOS1_CONFIRMED, first, topic, bodies);
    }

    /** A batch at QoS 0 whose confirm is not wanted. */
    public PushClient publishQos0(long first, String topic, String... bodies) {
        return publishFlagged(0, first, topic, bodies);
    }

    public PushClient publishFlagged(int flags, long first, String topic, String... bodies) {
        int entryBytes = 0;
        for (String body : bodies) {
            entryBytes += EntryLayout.bytes(bytes(body).length);
        }
        ByteBuffer frame = ByteBuffer.allocate(PublishLayout.publishBatchFrameBytes(bytes(topic).length, entryBytes));
        RequestEncoder.publishBatch(frame, first, flags, bytes(topic), entryBytes);
        for (String body : bodies) {
            RequestEncoder.entry(frame, bytes(body));
        }
        return send(frame.flip());
    }

    /** One message at QoS 1 with properties, whose confirm is wanted. */
    public PushClient publish(long number, String topic, PropertiesBuilder properties, String body) {
        return publish(QOS1_CONFIRMED, number, topic, properties, body);
    }

    public PushClient publish(int flags, long number, String topic, PropertiesBuilder properties, String body) {
        int entryBytes = EntryLayout.bytes(bytes(body).length, properties.length());
        return send(to -> {
            RequestEncoder.publishBatch(to, number, flags, bytes(topic), entryBytes);
            RequestEncoder.entry(to, bytes(body), properties);
        });
    }

    /** A message at QoS 1 for each of the properties, all in one batch whose confirm is wanted. */
    public PushClient publishEach(long first, String topic, List<PropertiesBuilder> properties, String body) {
        int entryBytes = properties.stream()
                .mapToInt(each -> EntryLayout.bytes(bytes(body).length, each.length()))
                .sum();
        ByteBuffer frame = ByteBuffer.allocate(PublishLayout.publishBatchFrameBytes(bytes(topic).length, entryBytes));
        RequestEncoder.publishBatch(frame, first, QOS1_CONFIRMED, bytes(topic), entryBytes);
        properties.forEach(each -> RequestEncoder.entry(frame, bytes(body), each));
        return send(frame.flip());
    }

    public PushClient attach(long correlationId, Attach attach) {
        return send(to -> attach.encode(to, correlationId));
    }

    public PushClient credit(long subscriptionId, long messages) {
        return credit(subscriptionId, messages, 0);
    }

    public PushClient credit(long subscriptionId, long messages, long bytes) {
        return send(to -> RequestEncoder.credit(to, subscriptionId, messages, bytes));
    }

    /** Acknowledges, with no answer wanted. */
    public PushClient ack(long correlationId, long subscriptionId, long... tags) {
        return settle(correlationId, subscriptionId, SettleLayout.ACK, 0, 0, "", tags);
    }

    public PushClient settle(
            long correlationId, long subscriptionId, int action, int flags, long millis, String reason, long... tags) {
        return settle(correlationId, subscriptionId, action, flags, millis, reason, tags, new int[tags.length]);
    }

    /** @param attempts by the index of their tags */
    public PushClient settle(
            long correlationId,
            long subscriptionId,
            int action,
            int flags,
            long millis,
            String reason,
            long[] tags,
            int[] attempts) {
        byte[] why = bytes(reason);
        return send(to -> RequestEncoder.settle(
                to, correlationId, subscriptionId, action, flags, millis, why, tags, attempts, tags.length));
    }

    public PushClient detach(long correlationId, long subscriptionId) {
        return send(to -> RequestEncoder.detach(to, correlationId, subscriptionId, 0, NOTHING));
    }

    public PushClient delete(long correlationId, long subscriptionId) {
        return send(to -> RequestEncoder.detach(to, correlationId, subscriptionId, AttachLayout.DELETE_FLAG, NOTHING));
    }

    public PushClient delete(long correlationId, String name) {
        return send(to -> RequestEncoder.detach(to, correlationId, 0, AttachLayout.DELETE_FLAG, bytes(name)));
    }

    public PushClient drain(long correlationId) {
        return send(to -> RequestEncoder.drain(to, correlationId));
    }

    public PushClient list(long correlationId, int kind, int limit, long subscriptionId, long after) {
        return send(to -> RequestEncoder.list(to, correlationId, kind, limit, subscriptionId, after, NOTHING));
    }

    /** The one subscription with a name. */
    public PushClient list(long correlationId, String name) {
        return send(to -> RequestEncoder.list(to, correlationId, ListLayout.SUBSCRIPTIONS, 10, 0, 0, bytes(name)));
    }

    public PushClient deadLetters(long correlationId, int action, long subscriptionId, long count, long tag) {
        return deadLetters(correlationId, action, subscriptionId, count, LettersRequest.ofTag(tag));
    }

    public PushClient deadLetters(
            long correlationId, int action, long subscriptionId, long count, LettersRequest which) {
        return send(to -> RequestEncoder.deadLetters(to, correlationId, action, subscriptionId, count, which));
    }

    // --- answers ---

    /** The next answer, or what else is no delivery. */
    @Override
    public Frame receive() {
        while (answers.isEmpty()) {
            sort(super.receive());
        }
        return answers.remove();
    }

    public Welcome expectWelcome(long correlationId) {
        Frame frame = receive(FrameType.WELCOME, correlationId);
        assertThat(HandshakeLayout.isWelcome(frame.payload(), 0, frame.payload().capacity()))
                .isTrue();
        return Welcome.read(frame.payload(), 0);
    }

    /** One CONFIRM with one run, of accepted messages. */
    public void expectConfirm(long first, int count, int subscriptions) {
        expectConfirm(first, count, 0, subscriptions, "");
    }

    public void expectConfirm(long first, int count, int code, int subscriptions, String text) {
        ByteBuffer payload = receiveConfirm(first);
        assertThat(run(payload, 0)).isEqualTo(count + " " + code + " " + subscriptions + " " + text);
        assertThat(PublishLayout.nextRun(payload, 0))
                .as("bytes of a single run")
                .isEqualTo(payload.capacity());
    }

    /** Confirms of accepted messages, however they are joined. */
    public void expectConfirms(long first, int count, int subscriptions) {
        long next = first;
        while (next < first + count) {
            ByteBuffer payload = receiveConfirm(next);
            for (int at = 0; at < payload.capacity(); at = PublishLayout.nextRun(payload, at)) {
                assertThat(PublishLayout.runCode(payload, at)).isZero();
                assertThat(PublishLayout.runSubscriptions(payload, at)).isEqualTo(subscriptions);
                next += PublishLayout.runCount(payload, at);
            }
        }
        assertThat(next).isEqualTo(first + count);
    }

    /** @return the payload of a CONFIRM */
    public ByteBuffer receiveConfirm(long first) {
        Frame frame = receive(FrameType.CONFIRM, first);
        assertThat(PublishLayout.isConfirm(frame.payload(), 0, frame.payload().capacity()))
                .isTrue();
        return frame.payload();
    }

    /** Runs as {@link #run} says them, however they are spread over frames. */
    public void expectRuns(long first, String... runs) {
        List<String> received = new ArrayList<>();
        long next = first;
        while (received.size() < runs.length) {
            ByteBuffer payload = receiveConfirm(next);
            for (int at = 0; at < payload.capacity(); at = PublishLayout.nextRun(payload, at)) {
                received.add(run(payload, at));
                next += PublishLayout.runCount(payload, at);
            }
        }
        assertThat(received).containsExactly(runs);
    }

    /** A run as {@code count code subscriptions text}. */
    public static String run(ByteBuffer payload, int at) {
        byte[] text = new byte[PublishLayout.runTextLength(payload, at)];
        payload.get(at + PublishLayout.RUN_TEXT_OFFSET, text);
        return PublishLayout.runCount(payload, at) + " " + PublishLayout.runCode(payload, at) + " "
                + PublishLayout.runSubscriptions(payload, at) + " " + new String(text, StandardCharsets.UTF_8);
    }

    /** @return the subscription's id */
    public long expectAttached(long correlationId, boolean existed, long backlog) {
        Frame frame = receive(FrameType.ATTACHED, correlationId);
        assertThat(AttachLayout.isAttached(frame.payload().capacity())).isTrue();
        assertThat(AttachLayout.attachedExisted(frame.payload(), 0))
                .as("existed")
                .isEqualTo(existed);
        assertThat(AttachLayout.attachedBacklog(frame.payload(), 0))
                .as("backlog")
                .isEqualTo(backlog);
        long id = AttachLayout.subscriptionId(frame.payload(), 0);
        assertThat(id).isPositive();
        return id;
    }

    /** Attaches to what did not exist. @return the subscription's id */
    public long attached(long correlationId, Attach attach) {
        return attach(correlationId, attach).expectAttached(correlationId, false, 0);
    }

    public void expectSettled(long correlationId, long settled, long... unknownTags) {
        ByteBuffer payload = receive(FrameType.SETTLED, correlationId).payload();
        assertThat(SettleLayout.isSettled(payload, 0, payload.capacity())).isTrue();
        assertThat(SettleLayout.settled(payload, 0)).as("settled").isEqualTo(settled);
        long[] unknown = new long[(int) SettleLayout.unknown(payload, 0)];
        for (int i = 0; i < unknown.length; i++) {
            unknown[i] = SettleLayout.unknownTag(payload, 0, i);
        }
        assertThat(unknown).as("unknown").containsExactly(unknownTags);
    }

    /** @param code 0 in an answer */
    public void expectDetached(long correlationId, long subscriptionId, int code) {
        Frame frame = receive(FrameType.DETACHED, correlationId);
        assertThat(AttachLayout.isDetached(frame.payload(), 0, frame.payload().capacity()))
                .isTrue();
        assertThat(AttachLayout.subscriptionId(frame.payload(), 0)).isEqualTo(subscriptionId);
        assertThat(AttachLayout.detachedCode(frame.payload(), 0)).isEqualTo(code);
        assertThat(AttachLayout.detachedTextLength(frame.payload(), 0) == 0).isEqualTo(code == 0);
    }

    public void expectDone(long correlationId, long count) {
        Frame frame = receive(FrameType.DONE, correlationId);
        assertThat(ListLayout.isDone(frame.payload().capacity())).isTrue();
        assertThat(ListLayout.doneCount(frame.payload(), 0)).isEqualTo(count);
    }

    /** The answer to a request about dead letters that all of them, or none, are behind it. */
    public void expectLetters(long correlationId, long count) {
        LettersDone done = receiveLettersDone(correlationId);
        assertThat(done.count()).isEqualTo(count);
        assertThat(done.next()).as("next").isZero();
    }

    public LettersDone receiveLettersDone(long correlationId) {
        Frame frame = receive(FrameType.DONE, correlationId);
        assertThat(LettersDone.isLettersDone(frame.payload().capacity())).isTrue();
        return LettersDone.read(frame.payload(), 0);
    }

    public void expectGoAway(long millis) {
        expectGoAway(503, millis, "shutting down");
    }

    public void expectGoAway(int code, long millis, String text) {
        ByteBuffer payload = receive(FrameType.GOAWAY, 0).payload();
        assertThat(HandshakeLayout.isGoAway(payload, 0, payload.capacity())).isTrue();
        byte[] said = new byte[HandshakeLayout.goAwayTextLength(payload, 0)];
        payload.get(HandshakeLayout.GOAWAY_TEXT_OFFSET, said);
        assertThat(HandshakeLayout.goAwayCode(payload, 0) + " " + new String(said, StandardCharsets.UTF_8))
                .isEqualTo(code + " " + text);
        assertThat(HandshakeLayout.goAwayMillis(payload, 0)).isEqualTo(millis);
    }

    /** The server says why it ends the connection, and nothing comes behind that. */
    public void expectGoodbye(int code, String text) throws IOException {
        expectGoAway(code, 0, text);
        expectClosed();
        close();
    }

    public void expectGoodbye(int code) throws IOException {
        ByteBuffer payload = receive(FrameType.GOAWAY, 0).payload();
        assertThat(HandshakeLayout.goAwayCode(payload, 0)).isEqualTo(code);
        assertThat(HandshakeLayout.goAwayMillis(payload, 0)).isZero();
        expectClosed();
        close();
    }

    /** @return the payload of a LISTING */
    public ByteBuffer receiveListing(long correlationId, int kind) {
        Frame frame = receive(FrameType.LISTING, correlationId);
        assertThat(ListLayout.isListing(frame.payload(), 0, frame.payload().capacity()))
                .isTrue();
        assertThat(ListLayout.kind(frame.payload(), 0)).isEqualTo(kind);
        return frame.payload();
    }

    /** An ATTACH was refused because a client of this name holds the subscription. */
    public void expectHeld(long correlationId, String holder) {
        Frame frame = receive(FrameType.NACK, correlationId);
        assertThat(describe(frame))
                .matches("NACK 409 client '\\Q" + holder + "\\E' at 127\\.0\\.0\\.1:\\d+ holds this subscription");
    }

    // --- deliveries ---

    /** The next delivery. */
    public Pushed delivery() {
        while (pushed.isEmpty()) {
            sort(super.receive());
        }
        return pushed.remove();
    }

    /** @return the delivery's tag, 0 at QoS 0 */
    public long expectDelivery(long subscriptionId, int qos, int attempt, String body) {
        Pushed delivery = delivery();
        assertThat(delivery.body()).isEqualTo(body);
        assertThat(delivery.subscriptionId()).isEqualTo(subscriptionId);
        assertThat(delivery.qos()).isEqualTo(qos);
        assertThat(delivery.attempt()).as("attempt").isEqualTo(attempt);
        return delivery.tag();
    }

    /** First deliveries at QoS 1. @return their tags */
    public long[] expectDeliveries(long subscriptionId, String... bodies) {
        List<Long> tags = new ArrayList<>();
        for (String body : bodies) {
            tags.add(expectDelivery(subscriptionId, 1, 1, body));
        }
        return tags.stream().mapToLong(Long::longValue).toArray();
    }

    /** Nothing is pushed although the server has had the time. */
    public void expectNoDelivery() {
        server().untilQuiet();
        while (hasFrame() || (readSome() && hasFrame())) {
            sort(super.receive());
        }
        assertThat(pushed).isEmpty();
    }

    /** How many DELIVER frames have come in. */
    public int deliverFrames() {
        return deliverFrames;
    }

    public Frame receive(FrameType type, long correlationId) {
        Frame frame = receive();
        assertThat(frame.type()).as("%s", describe(frame)).isEqualTo(type);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        return frame;
    }

    private static String describe(Frame frame) {
        if (frame.type() != FrameType.NACK) {
            return frame.type().toString();
        }
        byte[] text = new byte[PayloadLayout.nackTextLength(frame.payload(), 0)];
        frame.payload().get(PayloadLayout.NACK_TEXT_OFFSET, text);
        return "NACK " + PayloadLayout.nackCode(frame.payload(), 0) + " " + new String(text, StandardCharsets.UTF_8);
    }

    private void sort(Frame frame) {
        if (frame.type() != FrameType.DELIVER && frame.type() != FrameType.DELIVER_TOPIC) {
            answers.add(frame);
            return;
        }
        deliverFrames++;
        pushed.addAll(Pushed.of(frame));
    }
}
