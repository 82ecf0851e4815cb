package io.blipmq.metrics.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.broker.DeliveryCounts;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.metrics.SubscriptionSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The list of subscriptions, which the core gives. Thread-safe.
 *
 * <p>One question is with the core at a time, until the core has answered it and not only until the client has gone: so
 * impatient clients can neither pile up questions in the core's mailbox nor hold more than one thread.
 */
final class SubscriptionsRoute implements Route {
    private final SubscriptionSource source;
    private final Semaphore question = new Semaphore(1);

    SubscriptionsRoute(SubscriptionSource source) {
        this.source = source;
    }

    @Override
    public Reply answer(Request request) {
        int limit = limit(request);
        if (limit < 0) {
            return Reply.text(
                    Reply.BAD_REQUEST,
                    "limit must be a whole number from 1 to " + HttpLimits.SUBSCRIPTIONS_MAX + ", as in ?limit=100");
        }
        if (!question.tryAcquire()) {
            return Reply.text(Reply.UNAVAILABLE, "busy: the broker has not answered an earlier request yet, try again");
        }
        return await(ask(limit));
    }

    /** The limit asked for, or -1 when it is none. */
    private static int limit(Request request) {
        String text = request.query().get("limit");
        if (text == null) {
            return HttpLimits.SUBSCRIPTIONS_DEFAULT;
        }
        try {
            int limit = Integer.parseInt(text);
            return limit >= 1 && limit <= HttpLimits.SUBSCRIPTIONS_MAX ? limit : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private CompletableFuture<List<SubscriptionInfo>> ask(int limit) {
        try {
            return source.list(limit).whenComplete((list, failure) -> question.release());
        } catch (RuntimeException e) {
            question.release();
            throw e;
        }
    }

    /** Waits on a copy: a timeout of the answer itself would keep it from ending the question. */
    private static Reply await(CompletableFuture<List<SubscriptionInfo>> answer) {
        try {
            List<SubscriptionInfo> list = answer.copy()
                    .orTimeout(HttpLimits.CORE_WAIT_SECONDS, TimeUnit.SECONDS)
                    .join();
            return Reply.json(Json.write(json -> writeAll(json, list)));
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                return Reply.text(
                        Reply.UNAVAILABLE, "the broker has not answered within " + HttpLimits.CORE_WAIT_SECONDS + " s");
            }
            throw e;
        }
    }

    private static void writeAll(JsonGenerator json, List<SubscriptionInfo> list) throws IOException {
        json.writeStartArray();
        for (SubscriptionInfo subscription : list) {
            write(json, subscription);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, SubscriptionInfo subscription) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", subscription.id());
        json.writeStringField("name", subscription.name());
        json.writeStringField("topic", subscription.topic());
        json.writeNumberField("qos", subscription.qos());
        json.writeStringField("state", subscription.attached() ? "attached" : "detached");
        json.writeStringField("since", subscription.since().toString());
        json.writeNumberField("backlog", subscription.backlog());
        json.writeNumberField("backlog_bytes", subscription.backlogBytes());
        DeliveryCounts deliveries = subscription.deliveries();
        json.writeNumberField("in_flight", deliveries.inFlight());
        json.writeNumberField("due_again", deliveries.dueAgain());
        json.writeNumberField("delayed", deliveries.delayed());
        json.writeNumberField("moving", deliveries.moving());
        if (subscription.oldestAgeMillis() == SubscriptionInfo.NO_MESSAGE) {
            json.writeNullField("oldest_age_ms");
        } else {
            json.writeNumberField("oldest_age_ms", subscription.oldestAgeMillis());
        }
        json.writeBooleanField("dead_letter", subscription.deadLetters());
        json.writeBooleanField("filter", subscription.filter());
        json.writeEndObject();
    }
}
