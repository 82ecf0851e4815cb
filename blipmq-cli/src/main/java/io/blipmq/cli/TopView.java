package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.ServerInfo;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How {@code blipmq top} shows two samples: three lines of summary, an empty one, and a table. Owned by the main thread; keys
 * change it.
 */
final class TopView {
    static final String PUBLISHED = "messages_published_total";
    static final String DELIVERED = "messages_delivered_total";
    static final String ACKNOWLEDGED = "blipmq_messages_acknowledged_total";
    static final String CONNECTIONS = "blipmq_connections";

    private final ServerInfo server;
    private final String address;
    private TopOrder order;
    private boolean reverse;
    private boolean byTopic;

    TopView(ServerInfo server, String address, TopOrder order, boolean reverse, boolean byTopic) {
        this.server = server;
        this.address = address;
        this.order = order;
        this.reverse = reverse;
        this.byTopic = byTopic;
    }

    /** A key was pressed. What it does not know changes nothing. */
    void onKey(int key) {
        TopOrder chosen = TopOrder.ofKey(key);
        if (chosen != null) {
            order = chosen;
        } else if (key == 'r') {
            reverse = !reverse;
        } else if (key == 'v') {
            byTopic = !byTopic;
        }
    }

    // --- text ---

    /** @param linesMax of the table, without its titles */
    String text(TopSample before, TopSample now, int linesMax) {
        List<TopRow> rows = rows(before, now);
        return summary(before, now) + "\n" + (byTopic ? topicTable(rows, linesMax) : table(rows, linesMax));
    }

    private List<TopRow> rows(TopSample before, TopSample now) {
        List<TopRow> rows = byTopic ? TopRow.ofTopics(before, now) : TopRow.ofSubscriptions(before, now);
        return rows.stream().sorted(order.rows(reverse)).toList();
    }

    private String summary(TopSample before, TopSample now) {
        List<TopRow> all = TopRow.ofSubscriptions(before, now);
        long topics = all.stream().map(TopRow::topic).distinct().count();
        return Printable.of(server.server()) + "  " + address + "  fsync " + Printable.of(server.fsyncPolicy())
                + "  sorted by " + order + (reverse ? ", reversed" : "") + "\n"
                + "published/s " + rate(now.rate(before, PUBLISHED))
                + "  delivered/s " + rate(now.rate(before, DELIVERED))
                + "  acknowledged/s " + rate(now.rate(before, ACKNOWLEDGED))
                + "  connections " + gauge(now.metrics().get(CONNECTIONS)) + "\n"
                + "subscriptions " + all.size() + "  topics " + topics
                + "  backlog " + all.stream().mapToLong(TopRow::backlog).sum()
                + "  in flight " + all.stream().mapToLong(TopRow::inFlight).sum() + "\n";
    }

    private static String table(List<TopRow> rows, int linesMax) {
        Table table = new Table(
                "ID",
                "BACKLOG",
                "CHANGE/S",
                "INFLIGHT",
                "DELAYED",
                "OLDEST",
                "QOS",
                "KIND",
                "NAME",
                "TOPIC",
                "ATTACHED");
        for (TopRow row : rows.subList(0, Math.min(rows.size(), linesMax))) {
            SubscriptionInfo subscription = row.subscription();
            table.row(
                    Long.toUnsignedString(subscription.id()),
                    row.backlog(),
                    change(row.change()),
                    row.inFlight(),
                    row.delayed(),
                    row.oldest().map(TopView::age).orElse("-"),
                    subscription.qos(),
                    subscription.deadLetters() ? "letters" : SubscriptionPrinter.kind(subscription),
                    row.name().isEmpty() ? "-" : row.name(),
                    row.topic(),
                    SubscriptionPrinter.attached(subscription));
        }
        return table.toString();
    }

    private static String topicTable(List<TopRow> rows, int linesMax) {
        Table table = new Table("SUBSCRIPTIONS", "BACKLOG", "CHANGE/S", "INFLIGHT", "DELAYED", "OLDEST", "TOPIC");
        for (TopRow row : rows.subList(0, Math.min(rows.size(), linesMax))) {
            table.row(
                    row.count(),
                    row.backlog(),
                    change(row.change()),
                    row.inFlight(),
                    row.delayed(),
                    row.oldest().map(TopView::age).orElse("-"),
                    row.topic());
        }
        return table.toString();
    }

    private static String rate(OptionalDouble rate) {
        return rate.isPresent() ? number(rate.getAsDouble()) : "-";
    }

    private static String gauge(Double value) {
        return value == null ? "-" : Long.toString(value.longValue());
    }

    private static String change(OptionalDouble change) {
        if (change.isEmpty()) {
            return "-";
        }
        return (change.getAsDouble() > 0 ? "+" : "") + number(change.getAsDouble());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
    }

    /** In one word, so that the columns stay the same. */
    private static String age(Duration age) {
        return Printable.duration(age).replace(" ", "");
    }

    // --- JSON ---

    void json(JsonGenerator json, TopSample before, TopSample now) throws IOException {
        json.writeStringField("server", server.server());
        json.writeStringField("address", address);
        json.writeStringField("fsyncPolicy", server.fsyncPolicy());
        field(json, "publishedPerSecond", now.rate(before, PUBLISHED));
        field(json, "deliveredPerSecond", now.rate(before, DELIVERED));
        field(json, "acknowledgedPerSecond", now.rate(before, ACKNOWLEDGED));
        if (now.metrics().containsKey(CONNECTIONS)) {
            json.writeNumberField("connections", now.metrics().get(CONNECTIONS).longValue());
        }
        json.writeArrayFieldStart(byTopic ? "topics" : "subscriptions");
        for (TopRow row : rows(before, now)) {
            json.writeStartObject();
            if (byTopic) {
                topicFields(json, row);
            } else {
                SubscriptionPrinter.fields(json, row.subscription());
            }
            field(json, "changePerSecond", row.change());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void topicFields(JsonGenerator json, TopRow row) throws IOException {
        json.writeStringField("topic", row.topic());
        json.writeNumberField("subscriptions", row.count());
        json.writeNumberField("backlog", row.backlog());
        json.writeNumberField("delayed", row.delayed());
        json.writeNumberField("inFlight", row.inFlight());
        if (row.oldest().isPresent()) {
            json.writeNumberField("oldestAgeMillis", row.oldest().get().toMillis());
        }
    }

    private static void field(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsDouble());
        }
    }
}
