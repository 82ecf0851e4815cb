package io.blipmq.daemon.v1;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Owned by the client's thread. Tells what each incoming frame answers.
 *
 * <p>At most one call waits at a time, and answers come in the order of their requests, so a frame is one of: the answer of
 * the waiting call; a delivery to it, when it polls; or a refusal of a publish or an acknowledgement sent before it. The
 * last two are told apart by their code, for an acknowledgement carries a delivery tag where a publish carries an id of
 * this client's numbering, and the two numberings overlap.
 */
final class Answers implements FrameHandler {
    /** Real texts are far shorter; this bounds what kept refusals take. */
    private static final int TEXT_BYTES_KEPT_MAX = 1024;

    private FrameType awaitedType;
    private long firstAwaitedId;
    private long awaitedId;
    private DeliveryHandler deliveryHandler;
    private int deliveryCount;
    private boolean answered;
    private long subscriptionId;
    private Refusal refusal;

    private List<Refusal> refusedPublishes = new ArrayList<>();
    private long refusedPublishCount;
    private List<Refusal> refusedAcks = new ArrayList<>();

    /** Begins to wait for the answer to one request. */
    void expect(FrameType type, long correlationId) {
        expectWithDeliveries(type, correlationId, correlationId, null);
    }

    /** Begins to wait for the answer to the last of several requests, the ones before it being polls. */
    void expectWithDeliveries(FrameType type, long firstId, long lastId, DeliveryHandler deliveries) {
        awaitedType = type;
        firstAwaitedId = firstId;
        awaitedId = lastId;
        deliveryHandler = deliveries;
        deliveryCount = 0;
        answered = false;
        refusal = null;
    }

    boolean isAnswered() {
        return answered;
    }

    /** Of the last ACK that was waited for. */
    long subscriptionId() {
        return subscriptionId;
    }

    /** Deliveries since the last {@code expect}. */
    int deliveryCount() {
        return deliveryCount;
    }

    /** @return why the request that was waited for was refused; null when it was not */
    Refusal refusal() {
        return refusal;
    }

    /** Forgets the refused publishes and, if there were any, throws them. */
    void throwRefusedPublishes() throws PublishRefusedException {
        if (refusedPublishCount == 0) {
            return;
        }
        PublishRefusedException refused =
                new PublishRefusedException(refusedPublishCount, List.copyOf(refusedPublishes));
        refusedPublishes = new ArrayList<>();
        refusedPublishCount = 0;
        throw refused;
    }

    List<Refusal> takeRefusedAcks() {
        List<Refusal> taken = refusedAcks;
        refusedAcks = new ArrayList<>();
        return taken;
    }

    @Override
    public void onFrame(FrameType type, long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws IOException {
        switch (type) {
            case PUBLISH -> onDelivery(correlationId, buffer, payloadOffset, payloadLength);
            case ACK -> onAck(correlationId, buffer, payloadOffset, payloadLength);
            case PONG -> onAnswer(FrameType.PONG, correlationId);
            case NACK -> onNack(correlationId, buffer, payloadOffset, payloadLength);
            default -> throw new ProtocolException("the server sent a " + type + ", which only clients send");
        }
    }

    private void onDelivery(long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws IOException {
        if (!PayloadLayout.isPublish(buffer, payloadOffset, payloadLength)) {
            throw new ProtocolException("the server sent a PUBLISH that does not parse");
        }
        if (deliveryHandler == null || answered || deliveryCount == awaitedId - firstAwaitedId) {
            throw new ProtocolException("the server sent a delivery that no poll asked for");
        }
        int qos = PayloadLayout.publishQos(buffer, payloadOffset);
        if (qos > 1) {
            throw new ProtocolException("the server sent a delivery of QoS " + qos);
        }
        deliveryCount++;
        int topicLength = PayloadLayout.publishTopicLength(buffer, payloadOffset);
        String topic = new String(
                bytes(buffer, payloadOffset + PayloadLayout.PUBLISH_TOPIC_OFFSET, topicLength), StandardCharsets.UTF_8);
        int messageOffset = PayloadLayout.publishMessageOffset(topicLength);
        byte[] message = bytes(buffer, payloadOffset + messageOffset, payloadLength - messageOffset);
        deliveryHandler.onDelivery(new Delivery(topic, qos, qos == 0 ? 0 : correlationId, message));
    }

    private void onAck(long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        if (!PayloadLayout.isSubscriptionId(payloadLength)) {
            throw new ProtocolException("the server sent an ACK that does not parse");
        }
        onAnswer(FrameType.ACK, correlationId);
        subscriptionId = PayloadLayout.subscriptionId(buffer, payloadOffset);
    }

    private void onAnswer(FrameType type, long correlationId) throws ProtocolException {
        if (answered || awaitedType != type || awaitedId != correlationId) {
            throw new ProtocolException("the server sent a " + type + " that answers no request");
        }
        answered = true;
    }

    private void onNack(long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        if (!PayloadLayout.isNack(buffer, payloadOffset, payloadLength)) {
            throw new ProtocolException("the server sent a NACK that does not parse");
        }
        Refusal nack = new Refusal(
                correlationId, PayloadLayout.nackCode(buffer, payloadOffset), nackText(buffer, payloadOffset));
        if (nack.code() == Nack.UNKNOWN_SUBSCRIPTION_OR_TAG.code()) {
            keep(refusedAcks, nack);
        } else if (isAwaited(correlationId)) {
            refusal = nack;
            answered = correlationId == awaitedId;
        } else {
            refusedPublishCount++;
            keep(refusedPublishes, nack);
        }
    }

    private boolean isAwaited(long correlationId) {
        return awaitedType != null && !answered && correlationId >= firstAwaitedId && correlationId <= awaitedId;
    }

    private static String nackText(ByteBuffer buffer, int payloadOffset) {
        int length = Math.min(PayloadLayout.nackTextLength(buffer, payloadOffset), TEXT_BYTES_KEPT_MAX);
        return new String(
                bytes(buffer, payloadOffset + PayloadLayout.NACK_TEXT_OFFSET, length), StandardCharsets.UTF_8);
    }

    private static void keep(List<Refusal> kept, Refusal refusal) {
        if (kept.size() < BlipClient.REFUSALS_KEPT_MAX) {
            kept.add(refusal);
        }
    }

    private static byte[] bytes(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return bytes;
    }
}
