package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Where a delivery is written to: a connection's output, on the core thread. */
public interface DeliverySink {

    /**
     * Begins one delivery.
     *
     * @param qos 0 or 1, the lower of the message's and the subscription's
     * @param deliveryTag what a QoS 1 delivery is acknowledged with; 0 for QoS 0
     * @param topic the topic's name in UTF-8; not to be changed or kept
     * @param payloadLength bytes of message that follow
     * @return a buffer whose position is where the payload belongs and which has room for all of it; the broker puts
     *     exactly {@code payloadLength} bytes before it calls anything else
     */
    ByteBuffer deliver(int qos, long deliveryTag, byte[] topic, int payloadLength);
}
