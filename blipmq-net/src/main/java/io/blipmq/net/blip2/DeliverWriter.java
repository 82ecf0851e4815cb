package io.blipmq.net.blip2;

import io.blipmq.broker.PushSink;
import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the broker pushes to one connection, written into its output. Owned by the broker thread.
 *
 * <p>What follows on each other for the same subscription, at the same QoS and from the same millisecond, joins one
 * DELIVER, as far as the output's buffer has room; a frame's header costs the first message only. To a subscription to a
 * filter goes DELIVER_TOPIC, whose messages are of one topic.
 */
final class DeliverWriter implements PushSink, OutputQueue.Opener {
    private static final long UNASKED = 0;
    private static final int TAKEN_OVER = 409;
    private static final byte[] NO_TOPIC = {};

    private final OutputQueue output;
    private final Runnable onOutput;

    /** Of the frame that may be open. */
    private long subscriptionId;

    private int qos;
    private long publishedMillis;
    private boolean refused;
    /** The topic of what comes next, of a filter's; 0: it is not of a filter. */
    private int nextTopicLength;

    private byte[] nextTopic = NO_TOPIC;
    /** Of the frame that may be open, likewise. */
    private int topicLength;

    private byte[] topic = NO_TOPIC;

    /** @param onOutput what to run when a frame has begun, or found no room, so that this is seen to at the turn's end */
    DeliverWriter(OutputQueue output, Runnable onOutput) {
        this.output = output;
        this.onOutput = onOutput;
    }

    @Override
    public boolean hasRoom() {
        boolean room = output.hasRoomForPush();
        if (!room && output.isStarved()) {
            onOutput.run(); // it has no output of its own that would bring it up
        }
        refused |= !room;
        return room;
    }

    @Override
    public void ofTopic(ByteBuffer names, int offset, int length) {
        if (nextTopic.length < length) {
            nextTopic = new byte[Topics.NAME_BYTES_MAX];
        }
        names.get(offset, nextTopic, 0, length);
        nextTopicLength = length;
    }

    @Override
    public void pushEntries(
            long toSubscriptionId, long fromMillis, ByteBuffer entries, int offset, int length, int count) {
        ByteBuffer to = room(toSubscriptionId, 0, fromMillis, length);
        to.put(to.position(), entries, offset, length).position(to.position() + length);
    }

    @Override
    public ByteBuffer push(long toSubscriptionId, long deliveryTag, int attempt, long fromMillis, int entryBytes) {
        ByteBuffer to = room(toSubscriptionId, 1, fromMillis, DeliverLayout.DELIVERY_HEADER_BYTES + entryBytes);
        AnswerEncoder.delivery(to, deliveryTag, attempt);
        return to;
    }

    @Override
    public long position() {
        return output.position();
    }

    @Override
    public long written() {
        return output.writtenBytes();
    }

    @Override
    public void onTakenOver(long lostId, String successor) {
        byte[] text = ("taken over by " + successor).getBytes(StandardCharsets.UTF_8);
        ByteBuffer to = output.append(AttachLayout.detachedFrameBytes(text.length));
        AnswerEncoder.detached(to, UNASKED, lostId, TAKEN_OVER, text);
        onOutput.run();
    }

    @Override
    public void close(ByteBuffer frame, int start) {
        FrameEncoder.close(frame, start);
    }

    /** Whether the broker was told that there is no room, and there is some again. */
    boolean takeRoomAgain() {
        if (!refused || !output.hasRoomForPush()) {
            return false;
        }
        refused = false;
        return true;
    }

    /** Room for a delivery in the open frame, or in a new one. */
    private ByteBuffer room(long toSubscriptionId, int withQos, long fromMillis, int bytes) {
        int named = nextTopicLength;
        nextTopicLength = 0;
        if (toSubscriptionId == subscriptionId && withQos == qos && fromMillis == publishedMillis && isOpenFor(named)) {
            ByteBuffer open = output.extend(this, bytes);
            if (open != null) {
                return open;
            }
        }
        subscriptionId = toSubscriptionId;
        qos = withQos;
        publishedMillis = fromMillis;
        onOutput.run();
        return named == 0 ? open(bytes) : openOfTopic(named, bytes);
    }

    /** Whether the open frame is of the topic of what comes next. */
    private boolean isOpenFor(int named) {
        boolean none = (topicLength | named) == 0;
        return none || Arrays.equals(topic, 0, topicLength, nextTopic, 0, named);
    }

    private ByteBuffer open(int bytes) {
        topicLength = 0;
        ByteBuffer to = output.open(this, DeliverLayout.FRAME_HEADER_BYTES + bytes);
        AnswerEncoder.openDeliver(to, subscriptionId, qos, publishedMillis);
        return to;
    }

    private ByteBuffer openOfTopic(int length, int bytes) {
        byte[] spare = topic;
        topic = nextTopic;
        topicLength = length;
        nextTopic = spare;
        ByteBuffer to = output.open(this, DeliverLayout.topicFrameHeaderBytes(length) + bytes);
        AnswerEncoder.openDeliverTopic(to, subscriptionId, qos, publishedMillis, topic, length);
        return to;
    }
}
