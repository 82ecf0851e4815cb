package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.List;

/** Shows subscriptions, in a table or as JSON. Stateless. */
final class SubscriptionPrinter {
    /** What the help says about the numbers. */
    static final String COUNTS =
            "The backlog is what waits to be delivered: for the first time, due again, or delayed (by a nack "
                    + "or until the next attempt). In flight is what a client holds now, with its ack timeout running. "
                    + "Neither includes the other.";

    private SubscriptionPrinter() {}

    static void print(BlipCommand blipmq, List<SubscriptionInfo> subscriptions) throws IOException {
        if (blipmq.isJson()) {
            JsonLines lines = new JsonLines(blipmq.terminal().output());
            for (SubscriptionInfo subscription : subscriptions) {
                lines.line(json -> fields(json, subscription));
            }
            return;
        }
        Table table =
                new Table("ID", "NAME", "TOPIC", "QOS", "KIND", "BACKLOG", "DELAYED", "INFLIGHT", "OLDEST", "ATTACHED");
        for (SubscriptionInfo subscription : subscriptions) {
            table.row(
                    Long.toUnsignedString(subscription.id()),
                    subscription.name().isEmpty() ? "-" : subscription.name(),
                    subscription.topic(),
                    subscription.qos(),
                    kind(subscription),
                    subscription.backlog(),
                    subscription.delayed(),
                    subscription.inFlight(),
                    oldest(subscription),
                    attached(subscription));
        }
        blipmq.print(table.toString());
    }

    static String kind(SubscriptionInfo subscription) {
        if (subscription.deadLetters()) {
            return "dead letters";
        }
        String kind = subscription.durable() ? "durable" : "temporary";
        return subscription.filter() ? kind + " filter" : kind;
    }

    static String oldest(SubscriptionInfo subscription) {
        return subscription.oldestAge().map(Printable::duration).orElse("-");
    }

    static String attached(SubscriptionInfo subscription) {
        if (!subscription.attached()) {
            return "-";
        }
        if (subscription.memberCount() > 0) {
            return "group of " + subscription.memberCount();
        }
        String name = subscription.clientName();
        return name.isEmpty() ? subscription.clientAddress() : name + " " + subscription.clientAddress();
    }

    static void fields(JsonGenerator json, SubscriptionInfo subscription) throws IOException {
        json.writeNumberField("id", subscription.id());
        json.writeStringField("name", subscription.name());
        json.writeStringField("topic", subscription.topic());
        json.writeNumberField("qos", subscription.qos());
        json.writeBooleanField("durable", subscription.durable());
        json.writeBooleanField("deadLetters", subscription.deadLetters());
        json.writeBooleanField("filter", subscription.filter());
        json.writeBooleanField("attached", subscription.attached());
        json.writeNumberField("backlog", subscription.backlog());
        json.writeNumberField("dueAgain", subscription.dueAgain());
        json.writeNumberField("delayed", subscription.delayed());
        json.writeNumberField("inFlight", subscription.inFlight());
        json.writeNumberField("moving", subscription.moving());
        if (subscription.oldestAge().isPresent()) {
            json.writeNumberField(
                    "oldestAgeMillis", subscription.oldestAge().get().toMillis());
        }
        json.writeStringField("clientName", subscription.clientName());
        json.writeStringField("clientAddress", subscription.clientAddress());
        if (subscription.memberCount() > 0) {
            json.writeNumberField("memberCount", subscription.memberCount());
            json.writeArrayFieldStart("members");
            for (SubscriptionInfo.Member member : subscription.members()) {
                json.writeStartObject();
                json.writeStringField("clientName", member.clientName());
                json.writeStringField("clientAddress", member.clientAddress());
                json.writeNumberField("credit", member.credit());
                json.writeNumberField("inHand", member.inHand());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }
}
