package io.blipmq.daemon.v1;

import java.nio.charset.StandardCharsets;

/**
 * A message that a poll brought. The payload array is the receiver's own.
 *
 * @param deliveryTag what an acknowledgement names; 0 at QoS 0, where there is nothing to acknowledge
 */
public record Delivery(String topic, int qos, long deliveryTag, byte[] payload) {
    /** The payload read as UTF-8. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Without the payload: that belongs in no log. */
    @Override
    public String toString() {
        return "Delivery[topic=" + topic + ", qos=" + qos + ", deliveryTag=" + deliveryTag + ", " + payload.length
                + " bytes]";
    }
}
