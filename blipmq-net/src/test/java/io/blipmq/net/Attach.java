package io.blipmq.net;

import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An ATTACH in the making: QoS 1, no name, no credit, the daemon's times, unless it is said otherwise. */
public final class Attach {
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

    public static Attach to(String topic) {
        return new Attach(topic);
    }

    public Attach qos0() {
        flags &= ~AttachLayout.QOS_FLAG;
        return this;
    }

    public Attach named(String name) {
        this.name = name;
        return this;
    }

    public Attach group(String name) {
        flags |= AttachLayout.GROUP_FLAG;
        return named(name);
    }

    public Attach credit(long credit) {
        this.credit = credit;
        return this;
    }

    public Attach creditBytes(long bytes) {
        creditBytes = bytes;
        return this;
    }

    public Attach creditOnSettle() {
        flags |= AttachLayout.CREDIT_ON_SETTLE_FLAG;
        return this;
    }

    public Attach takeOver() {
        flags |= AttachLayout.TAKE_OVER_FLAG;
        return this;
    }

    public Attach fromNew() {
        flags |= AttachLayout.FROM_NEW_FLAG;
        return this;
    }

    /** The topic is a filter. */
    public Attach filter() {
        flags |= AttachLayout.FILTER_FLAG;
        return this;
    }

    public Attach flags(int all) {
        flags = all;
        return this;
    }

    public Attach ackTimeoutMillis(long millis) {
        ackTimeoutMillis = millis;
        return this;
    }

    public Attach retryBackoffMillis(long millis) {
        retryBackoffMillis = millis;
        return this;
    }

    public void encode(ByteBuffer to, long correlationId) {
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
