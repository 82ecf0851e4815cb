package io.blipmq.protocol.v2;

import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.entry.PropertyProblem;
import io.blipmq.protocol.name.Topics;
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
    INVALID_CANCEL(400, "invalid CANCEL payload"),

    UNKNOWN_FLAG(400, "flags has an undefined bit set: undefined bits must be 0"),
    UNKNOWN_ACTION(400, "action must be 1 (ack), 2 (nack), 3 (reject), 4 (extend), 5 (release) or 6 (begin)"),
    UNKNOWN_LETTERS_ACTION(400, "action must be 1 (redrive) or 2 (purge)"),
    UNKNOWN_KIND(
            400,
            "kind must be 1 (topics), 2 (subscriptions), 3 (deliveries), 4 (dead letters), 5 (scheduled)"
                    + " or 6 (messages)"),
    LIMIT_ZERO(400, "limit must be at least 1"),
    COUNT_ZERO(400, "count must be at least 1"),
    EMPTY_FILTER(400, "a filter (bit 5 of flags) must not be empty"),
    QOS_0_HAS_NO_NAME(
            400,
            "a subscription with a name must have QoS 1 or be a group: set bit 0 or bit 4 of flags,"
                    + " or leave the name empty"),
    GROUP_HAS_A_NAME(400, "a group (bit 4 of flags) must have a name"),
    DEAD_LETTERS_ARE_QOS_1(400, "a subscription to dead letters must have QoS 1: set bit 0 of flags"),
    TARGET_OF_NO_REDRIVE(400, "target applies only to redrive; for purge it must be 0"),
    BAD_MILLISECONDS(400, "milliseconds applies only to nack and extend; for extend it must be at least 1"),
    TOO_MANY_DELIVERIES(413, "a SETTLE must name at most " + SettleLayout.DELIVERIES_MAX + " deliveries: send several"),
    BAD_STORED(400, "bit 2 of flags (stored) applies only to ack and reject, and needs bit 1 (answer)"),
    REASON_OF_NO_REJECT(400, "reason applies only to reject; for other actions it must be empty"),
    DETACH_BY_NAME_DELETES(400, "name applies only to deletion by name, with subscription 0 and bit 0 of flags"),
    BAD_TTL(400, "a message must have at most one TTL of 8 bytes"),
    BAD_PUBLISH_ID(
            400,
            "a message must have at most one publish id, of 1 to " + PropertyLayout.PUBLISH_ID_BYTES_MAX + " bytes"),
    BAD_DELIVER_AT(400, "a message must have at most one deliver at of 8 bytes"),
    DELIVER_AT_NEEDS_QOS_1(400, "deliver at (property 0x02) needs QoS 1: at QoS 0 nothing is stored"),
    DELIVER_AT_TOO_FAR(400, "deliver at (property 0x02) must be at most 366 days ahead"),
    BAD_HEADER(400, "a header must be the length of its name, its name in UTF-8, and its value"),
    BAD_REPLY_TO(
            400,
            "a message must have at most one reply to, a topic that can be published to: no filter, no '$' in front"),
    BAD_CORRELATION(400, "a message must have at most one correlation"),

    TOO_MANY_WRONG_KEYS(401, "too many wrong API keys"),
    TOPIC_RESERVED(403, "topic names that begin with '$' are reserved"),
    UNKNOWN_SUBSCRIPTION(404, "the key has no subscription with this id or name"),
    UNKNOWN_DELIVERY(404, "the subscription has no unsettled delivery with this tag and attempt"),
    UNKNOWN_DEAD_LETTER(404, "the key has no such dead-letter subscription, or it has no letter with this tag"),
    UNKNOWN_TARGET(404, "the key has no durable subscription with the id in target"),
    NAME_HELD(409, "another connection holds this subscription"),
    LOST_MEANWHILE(409, "the subscription ended, or another connection took it over, before it was attached"),
    OTHER_TOPIC(
            409,
            "the name belongs to a subscription to another topic: choose another name, or delete that subscription"),
    OTHER_QOS(
            409, "the name belongs to a subscription of the other QoS: choose another name, or end that subscription"),

    TOPIC_TOO_LONG(413, "topic must be at most " + Topics.NAME_BYTES_MAX + " bytes long"),
    CLIENT_NAME_TOO_LONG(413, "client name must be at most " + HandshakeLayout.NAME_BYTES_MAX + " bytes long"),
    INSTANCE_TOO_LONG(413, "instance must be at most " + HandshakeLayout.INSTANCE_BYTES_MAX + " bytes long"),
    NAME_TOO_LONG(413, "name must be at most " + AttachLayout.NAME_BYTES_MAX + " bytes long"),
    REASON_TOO_LONG(413, "reason must be at most " + PropertyLayout.DEAD_LETTER_REASON_BYTES_MAX + " bytes long"),
    PROPERTIES_TOO_LONG(413, "the properties of a message must be at most " + PropertyLayout.BYTES_MAX + " bytes long"),

    NOT_LEADER(421, "this node does not lead its cluster: connect to another node"),
    TOO_MANY_CONNECTIONS(429, "the daemon has as many connections as max_connections allows: try again later"),
    TOO_MANY_SUBSCRIPTIONS(429, "the daemon has as many subscriptions as its memory allows: delete some"),
    TOO_MANY_OF_CONNECTION(
            429,
            "this connection has as many subscriptions as max_subscriptions_per_connection allows:"
                    + " detach one, or use another connection"),
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
            case PropertyProblem.BAD_PUBLISH_ID -> BAD_PUBLISH_ID;
            case PropertyProblem.BAD_DELIVER_AT -> BAD_DELIVER_AT;
            case PropertyProblem.BAD_HEADER -> BAD_HEADER;
            case PropertyProblem.BAD_REPLY_TO -> BAD_REPLY_TO;
            case PropertyProblem.BAD_CORRELATION -> BAD_CORRELATION;
            default -> malformed;
        };
    }

    private static Refusal ofKey(int problem) {
        String key = "0x" + String.format("%02x", PropertyProblem.key(problem));
        boolean reserved = PropertyProblem.isReservedKey(problem);
        return new TextRefusal(
                400,
                reserved
                        ? "property " + key + " belongs to the broker: a client must not send it"
                        : "the broker does not know property " + key + ": keys below 0x80 must be known");
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
