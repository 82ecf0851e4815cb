package io.blipmq.client;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import io.blipmq.protocol.v2.Welcome;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One connection of a {@link FakeBroker}, whose monitor guards it. */
final class FakeSession implements Runnable {
    private static final int ANSWER_BYTES_MAX = 4096;
    private static final int GOAWAY_MILLIS = 60_000;

    private final FakeBroker broker;
    private final Socket socket;
    private OutputStream output;

    FakeSession(FakeBroker broker, Socket socket) {
        this.broker = broker;
        this.socket = socket;
    }

    @Override
    public void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            output = socket.getOutputStream();
            DataInputStream input = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = input.readInt();
                FrameType type = FrameType.of(FrameLayout.VERSION_2, input.readByte());
                long id = input.readLong();
                byte[] payload = input.readNBytes(FrameLayout.payloadBytes(length));
                if (payload.length < FrameLayout.payloadBytes(length)) {
                    return;
                }
                synchronized (broker) {
                    broker.onFrame(type, length);
                    onFrame(type, id, ByteBuffer.wrap(payload));
                }
            }
        } catch (IOException e) {
            // the client has gone
        } finally {
            synchronized (broker) {
                broker.onEnded(this);
            }
        }
    }

    void close() throws IOException {
        socket.close();
    }

    private void onFrame(FrameType type, long id, ByteBuffer payload) throws IOException {
        switch (type) {
            case HELLO -> send(welcome().encode(id));
            case AUTH -> onAuth(id, payload);
            case PING -> answer(to -> FrameEncoder.pong(to, id));
            case PUBLISH_BATCH -> onPublish(id, payload);
            case ATTACH -> onAttach(id, payload);
            case CREDIT -> onCredit(id, payload);
            case SETTLE -> onSettle(payload);
            case DETACH -> onDetach(id, payload);
            case DRAIN -> {
                broker.subs.stream().filter(sub -> sub.holder == this).forEach(sub -> sub.credit = 0);
                answer(to -> AnswerEncoder.done(to, id, 0));
            }
            default -> answer(to -> FrameEncoder.nack(to, id, V2Nack.UNKNOWN_KIND));
        }
    }

    private Welcome welcome() {
        return new Welcome(
                0,
                new Welcome.Limits(FrameLayout.LENGTH_MAX, 1024, 256, 32_768, 1000, 100, 3),
                new Welcome.Times(5000, broker.heartbeatMillis(), 20_000, 10_000),
                "fake/1",
                "always");
    }

    private void onAuth(long id, ByteBuffer payload) throws IOException {
        String key = new String(payload.array(), 2, payload.capacity() - 2, StandardCharsets.UTF_8);
        if (key.equals(FakeBroker.KEY)) {
            answer(to -> FrameEncoder.ack(to, id, 0));
        } else {
            answer(to -> FrameEncoder.nack(to, id, Nack.INVALID_API_KEY));
        }
    }

    private void onPublish(long number, ByteBuffer payload) throws IOException {
        int flags = PublishLayout.flags(payload, 0);
        int topicLength = PublishLayout.topicLength(payload, 0);
        String topic = Frames.text(payload, PublishLayout.TOPIC_OFFSET, topicLength);
        if (topic.startsWith("$")) {
            answer(to -> FrameEncoder.nack(to, number, V2Nack.TOPIC_RESERVED));
            return;
        }
        ByteBuffer confirm = ByteBuffer.allocate(64 * 1024);
        AnswerEncoder.openConfirm(confirm, number);
        int at = PublishLayout.entriesOffset(topicLength);
        while (at < payload.capacity()) {
            byte[] entry = Frames.bytes(payload, at, EntryLayout.bytesAt(payload, at));
            Refusal refusal = broker.refusalOf(body(entry));
            if (refusal == null && broker.isDuplicate(topic, entry)) {
                AnswerEncoder.duplicates(confirm, 1, 1);
            } else {
                int reached = refusal == null ? broker.publish(topic, flags & PublishLayout.QOS_FLAG, entry) : 0;
                AnswerEncoder.run(confirm, 1, reached, refusal);
            }
            if (confirm.remaining() < ANSWER_BYTES_MAX) {
                throw new IOException("a test has published too much in one batch");
            }
            at += entry.length;
        }
        FrameEncoder.close(confirm, 0);
        if ((flags & PublishLayout.CONFIRM_FLAG) != 0 && !broker.holdsConfirms()) {
            send(confirm.flip());
        }
    }

    private void onAttach(long id, ByteBuffer payload) throws IOException {
        int topicLength = AttachLayout.topicLength(payload, 0);
        String topic = Frames.text(payload, AttachLayout.TOPIC_OFFSET, topicLength);
        int nameLength = AttachLayout.nameLength(payload, 0, topicLength);
        String name = Frames.text(payload, AttachLayout.nameOffset(topicLength), nameLength);
        int flags = AttachLayout.flags(payload, 0);
        broker.onAttach((flags & AttachLayout.GROUP_FLAG) != 0);
        boolean existed = !name.isEmpty() && broker.subs.stream().anyMatch(sub -> sub.name.equals(name));
        FakeBroker.Sub sub = broker.attach(topic, name, flags & AttachLayout.QOS_FLAG);
        if (sub.refused || sub.holder != null && (flags & AttachLayout.TAKE_OVER_FLAG) == 0) {
            broker.onAttachRefused();
            answer(to -> FrameEncoder.nack(to, id, V2Nack.NAME_HELD));
            return;
        }
        if ((flags & AttachLayout.FROM_NEW_FLAG) != 0) {
            sub.waiting.clear();
        }
        sub.holder = this;
        sub.credit = AttachLayout.attachCreditMessages(payload, 0);
        sub.creditBytes = AttachLayout.attachCreditBytes(payload, 0);
        answer(to -> AnswerEncoder.attached(to, id, sub.id, existed, sub.waiting.size()));
        broker.push(sub);
    }

    private FakeBroker.Sub sub(long id) {
        return broker.subs.stream()
                .filter(sub -> sub.id == id && sub.holder == this)
                .findFirst()
                .orElse(null);
    }

    private void onCredit(long id, ByteBuffer payload) {
        FakeBroker.Sub sub = sub(id);
        if (sub != null) {
            sub.credit += AttachLayout.creditMessages(payload, 0);
            sub.creditBytes += AttachLayout.creditBytes(payload, 0);
            broker.push(sub);
        }
    }

    private void onSettle(ByteBuffer payload) {
        FakeBroker.Sub sub = sub(SettleLayout.subscriptionId(payload, 0));
        int action = SettleLayout.action(payload, 0);
        int at = SettleLayout.deliveriesOffset(SettleLayout.reasonLength(payload, 0));
        for (; sub != null && at < payload.capacity(); at += SettleLayout.DELIVERY_BYTES) {
            long tag = SettleLayout.tagAt(payload, at);
            if (action == SettleLayout.BEGIN) {
                sub.begun.add(tag);
                continue;
            }
            if (action == SettleLayout.EXTEND) {
                sub.extensions++;
                continue;
            }
            FakeBroker.Stored message = sub.unsettled.remove(tag);
            if (message != null && (action == SettleLayout.NACK || action == SettleLayout.RELEASE)) {
                message.attempts -= action == SettleLayout.RELEASE ? 1 : 0;
                sub.waiting.add(action == SettleLayout.RELEASE ? sub.waiting.size() : 0, message);
                // What is released is delivered with what is next: a client that leaves says so right behind.
                if (action == SettleLayout.NACK) {
                    broker.push(sub);
                }
            }
        }
        broker.notifyAll();
    }

    private void onDetach(long id, ByteBuffer payload) throws IOException {
        FakeBroker.Sub sub = sub(AttachLayout.subscriptionId(payload, 0));
        if (sub == null) {
            answer(to -> FrameEncoder.nack(to, id, V2Nack.UNKNOWN_SUBSCRIPTION));
            return;
        }
        broker.release(sub);
        if ((AttachLayout.detachFlags(payload, 0) & AttachLayout.DELETE_FLAG) != 0) {
            broker.subs.remove(sub);
        }
        answer(to -> AnswerEncoder.detached(to, id, sub.id, 0, new byte[0]));
        broker.notifyAll();
    }

    void deliver(FakeBroker.Sub sub, FakeBroker.Stored message) {
        ByteBuffer frame = ByteBuffer.allocate(message.entry.length + ANSWER_BYTES_MAX);
        AnswerEncoder.openDeliver(frame, sub.id, sub.qos, 1_700_000_000_000L);
        if (sub.qos == 1) {
            AnswerEncoder.delivery(frame, message.tag, message.attempts);
        }
        frame.put(message.entry);
        FrameEncoder.close(frame, 0);
        sendQuietly(frame.flip());
    }

    void goAway() {
        ByteBuffer frame = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        AnswerEncoder.goAway(frame, V2Nack.SHUTTING_DOWN, GOAWAY_MILLIS);
        sendQuietly(frame.flip());
    }

    void detached(FakeBroker.Sub sub) {
        ByteBuffer frame = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        AnswerEncoder.detached(frame, 0, sub.id, 409, "taken over".getBytes(StandardCharsets.UTF_8));
        sendQuietly(frame.flip());
    }

    private interface Encoder {
        void encode(ByteBuffer to);
    }

    private void answer(Encoder encoder) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        encoder.encode(frame);
        send(frame.flip());
    }

    private void sendQuietly(ByteBuffer frame) {
        try {
            send(frame);
        } catch (IOException e) {
            // the reading side notices
        }
    }

    private void send(ByteBuffer frame) throws IOException {
        output.write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
    }

    private static byte[] body(byte[] entry) {
        ByteBuffer buffer = ByteBuffer.wrap(entry);
        return Frames.bytes(buffer, EntryLayout.bodyOffset(buffer, 0), EntryLayout.bodyLength(buffer, 0));
    }

    static long contentBytes(FakeBroker.Stored message) {
        return EntryLayout.contentBytes(ByteBuffer.wrap(message.entry), 0, message.entry.length);
    }

    static String text(FakeBroker.Stored message) {
        return new String(body(message.entry), StandardCharsets.UTF_8);
    }
}
