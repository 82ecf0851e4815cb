package io.blipmq.net;

import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An ATTACH in the making: QoS 1, no name, no credit, the daemon's times, unless it is said otherwise. */
final class Attach {
    private final String topic;
    private String name = "";
    private int flags = AttachLayout.QOS_FLAG;
    private long credit;
    private long creditBytes = AttachLayout.UNLIMITED_CREDIT;
    private long ackTimeoutMillis;
    private long retryBackoffMillis;

    private Attach(String topic) {
        this.topic = topic;
    }

    static Attach to(String topic) {
        return new Attach(topic);
    }

    Attach qos0() {
        flags &= ~AttachLayout.QOS_FLAG;
        return this;
    }

    Attach named(String name) {
        this.name = name;
        return this;
    }

    Attach credit(long credit) {
        this.credit = credit;
        return this;
    }

    Attach creditBytes(long bytes) {
        creditBytes = bytes;
        return this;
    }

    Attach creditOnSettle() {
        flags |= AttachLayout.CREDIT_ON_SETTLE_FLAG;
        return this;
    }

    Attach takeOver() {
        flags |= AttachLayout.TAKE_OVER_FLAG;
        return this;
    }

    Attach fromNew() {
        flags |= AttachLayout.FROM_NEW_FLAG;
        return this;
    }

    Attach flags(int all) {
        flags = all;
        return this;
    }

    Attach ackTimeoutMillis(long millis) {
        ackTimeoutMillis = millis;
        return this;
    }

    Attach retryBackoffMillis(long millis) {
        retryBackoffMillis = millis;
        return this;
    }

    void encode(ByteBuffer to, long correlationId) {
        RequestEncoder.attach(
                to,
                correlationId,
                flags,
                credit,
                creditBytes,
                ackTimeoutMillis,
                retryBackoffMillis,
                topic.getBytes(StandardCharsets.UTF_8),
                name.getBytes(StandardCharsets.UTF_8));
    }
}
