package io.blipmq.protocol.v2;

import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.Topics;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.entry.PropertyProblem;
import java.nio.charset.StandardCharsets;

/** Every refusal that version 2 has beyond version 1's, but for those that name a property. Immutable. */
public enum V2Nack implements Refusal {
    INVALID_PUBLISH_BATCH(400, "invalid PUBLISH_BATCH payload"),
    INVALID_ATTACH(400, "invalid ATTACH payload"),
    INVALID_CREDIT(400, "invalid CREDIT payload"),
    INVALID_SETTLE(400, "invalid SETTLE payload"),
    INVALID_DETACH(400, "invalid DETACH payload"),
    INVALID_DRAIN(400, "invalid DRAIN payload"),
    INVALID_LIST(400, "invalid LIST payload"),
    INVALID_DEAD_LETTERS(400, "invalid DEAD_LETTERS payload"),

    UNKNOWN_FLAG(400, "a flag is set that is not known here"),
    UNKNOWN_ACTION(400, "no such action"),
    UNKNOWN_KIND(400, "no such kind of list"),
    LIMIT_ZERO(400, "at least one item must be asked for"),
    COUNT_ZERO(400, "at least one dead letter must be asked for"),
    QOS_0_HAS_NO_NAME(400, "a subscription with a name has QoS 1"),
    DEAD_LETTERS_ARE_QOS_1(400, "a subscription to dead letters has QoS 1"),
    TARGET_OF_NO_REDRIVE(400, "a target is for redrive only"),
    BAD_MILLISECONDS(400, "milliseconds applies only to nack and extend; for extend it must be at least 1"),
    TOO_MANY_DELIVERIES(413, "more than " + SettleLayout.DELIVERIES_MAX + " deliveries in one SETTLE"),
    BAD_STORED(400, "stored applies only to an ack or reject that asks for an answer"),
    REASON_OF_NO_REJECT(400, "a reason is for reject only"),
    DETACH_BY_NAME_DELETES(400, "a name is for deleting, with subscription id 0"),
    BAD_TTL(400, "a TTL is one property of 8 bytes"),
    BAD_HEADER(400, "a header is the length of its name, its name in UTF-8, and its value"),

    TOO_MANY_WRONG_KEYS(401, "too many wrong API keys"),
    TOPIC_RESERVED(403, "topic names that begin with '$' are reserved"),
    UNKNOWN_SUBSCRIPTION(404, "unknown subscription"),
    UNKNOWN_DELIVERY(404, "unknown delivery tag"),
    UNKNOWN_DEAD_LETTER(404, "unknown dead-letter subscription or tag"),
    UNKNOWN_TARGET(404, "the target is no durable subscription of this key"),
    REPLACED(409, "replaced by a newer connection of the same client"),
    NAME_HELD(409, "another connection holds this subscription"),
    LOST_MEANWHILE(409, "the subscription has ended, or another connection has taken it over, meanwhile"),
    OTHER_TOPIC(409, "the name stands for a subscription to another topic"),

    TOPIC_TOO_LONG(413, "topic longer than " + Topics.NAME_BYTES_MAX + " bytes"),
    CLIENT_NAME_TOO_LONG(413, "client name longer than " + HandshakeLayout.NAME_BYTES_MAX + " bytes"),
    INSTANCE_TOO_LONG(413, "instance longer than " + HandshakeLayout.INSTANCE_BYTES_MAX + " bytes"),
    NAME_TOO_LONG(413, "name longer than " + AttachLayout.NAME_BYTES_MAX + " bytes"),
    REASON_TOO_LONG(413, "reason longer than " + PropertyLayout.DEAD_LETTER_REASON_BYTES_MAX + " bytes"),
    PROPERTIES_TOO_LONG(413, "properties longer than " + PropertyLayout.BYTES_MAX + " bytes"),

    NOT_LEADER(421, "this node does not lead its cluster: connect to another node"),
    TOO_MANY_CONNECTIONS(429, "there are as many connections as max_connections allows"),
    TOO_MANY_SUBSCRIPTIONS(429, "too many subscriptions"),
    TOO_MANY_OF_CONNECTION(429, "this connection has as many subscriptions as max_subscriptions_per_connection allows"),
    SHUTTING_DOWN(503, "shutting down"),
    DISK_FULL(507, "disk full");

    private final int code;
    private final String text;
    private final byte[] encodedText;

    V2Nack(int code, String text) {
        this.code = code;
        this.text = text;
        this.encodedText = text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What a {@link PropertyProblem} is answered with.
     *
     * @param malformed for lengths that do not fit their place
     */
    public static Refusal of(int problem, Refusal malformed) {
        if (PropertyProblem.isUnknownKey(problem) || PropertyProblem.isReservedKey(problem)) {
            return ofKey(problem);
        }
        return switch (problem) {
            case PropertyProblem.TOO_LONG -> PROPERTIES_TOO_LONG;
            case PropertyProblem.BAD_TTL -> BAD_TTL;
            case PropertyProblem.BAD_HEADER -> BAD_HEADER;
            default -> malformed;
        };
    }

    private static Refusal ofKey(int problem) {
        String key = "property 0x" + String.format("%02x", PropertyProblem.key(problem));
        boolean reserved = PropertyProblem.isReservedKey(problem);
        return new TextRefusal(400, key + (reserved ? " is the broker's own" : " is not known here"));
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public byte[] encodedText() {
        return encodedText;
    }
}
