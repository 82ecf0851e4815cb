package io.blipmq.broker.simulation;

import io.blipmq.broker.DeliverySink;
import java.nio.ByteBuffer;

/** What a POLL brought. Immutable. */
record Received(int qos, long tag, String topic, String payload) {

    /** A sink that keeps one delivery. Owned by the simulation's thread. */
    static final class Sink implements DeliverySink {
        private int qos;
        private long tag;
        private String topic;
        private ByteBuffer payload;

        @Override
        public ByteBuffer deliver(int newQos, long newTag, byte[] newTopic, int payloadLength) {
            Check.that(payload == null, () -> "one POLL brought two messages");
            qos = newQos;
            tag = newTag;
            topic = Texts.of(newTopic);
            payload = ByteBuffer.allocate(payloadLength);
            return payload;
        }

        /** Null when it brought nothing. */
        Received received() {
            if (payload == null) {
                return null;
            }
            Check.that(!payload.hasRemaining(), () -> "a payload is not complete");
            return new Received(qos, tag, topic, Texts.of(payload.array()));
        }
    }

    @Override
    public String toString() {
        return "QoS " + qos + " " + tag + " " + topic + " '" + Texts.brief(payload) + "'";
    }
}
