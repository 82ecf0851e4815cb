package io.blipmq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.simulation.PlantedBug;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation is worth what it notices: each of these bugs, planted in the source of the broker or the log, has to be
 * found out. A bug that survives fails the build, and so does one whose place in the source is not found any more: plant it
 * where its code has gone.
 */
@Timeout(600)
class PlantedBugTest {
    private static final Path BROKER = Path.of("src/main/java");
    private static final Path WAL = Path.of("../blipmq-wal/src/main/java");
    private static final int RUNS_MAX = 400;

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void isFoundOut(String what, PlantedBug bug) throws IOException {
        String found = bug.findOut(SimulationTrial.class, RUNS_MAX);
        System.out.println("planted: " + what + ": " + found);
        assertThat(found).as("what was noticed").isNotNull();
    }

    static Stream<Object[]> bugs() {
        return Stream.of(
                        broker(
                                "a publish is answered before it is stored",
                                "client.lastSequence(sequence); } counters.increment(BrokerMetric.PUBLISHED);",
                                "} counters.increment(BrokerMetric.PUBLISHED);"),
                        broker(
                                "an acknowledgement is not journalled",
                                "pending.append(awaitedBy, delivery.subscription.id(), delivery.tag,"
                                        + " delivery.isRedriven(), delivery.message.payloadLength);",
                                ""),
                        broker(
                                "the letter of a message that was acknowledged on its way is not settled for good",
                                "pending.add(deadLetters.id(), letterTag, payloadLength);",
                                ""),
                        broker(
                                "an expired message is dropped and not journalled as settled",
                                "long sequence = log.appendSettle(subscription.id(), message.sequence, redriven,"
                                        + " message.payloadLength, reason);",
                                "long sequence = 0;"),
                        broker(
                                "a subscription misses the first message behind it",
                                "subscriptions.stream(topic, filter), owner, name, endsWithConnection, sequence + 1);",
                                "subscriptions.stream(topic, filter), owner, name, endsWithConnection, sequence + 2);"),
                        broker(
                                "the filters of a topic are not looked for again when one has come or gone",
                                "stamp++; shared.clear();",
                                "shared.clear();"),
                        broker(
                                "a message that only a filter matches is not journalled",
                                "boolean read = topic != null || !route.isEmpty();",
                                "boolean read = topic != null;"),
                        broker(
                                "messages of several topics are kept as of one",
                                "chunk(tail).closeRun(); } return Short.BYTES + length;",
                                "} return Short.BYTES + length;"),
                        broker(
                                "compaction does not ask the subscriptions to filters",
                                "byFilter.match(ByteBuffer.wrap(key), 0, key.length, all::and);",
                                ""),
                        broker(
                                "a checkpoint takes a filter for a topic",
                                "out.put((byte) (filter ? FILTER : TOPIC));",
                                "out.put((byte) TOPIC);"),
                        broker("a group forgets a member whose output was full", "waiting.add(member);", ""),
                        broker(
                                "a group forgets a member that has had no credit",
                                "creditBytes = sum(creditBytes, bytes); offer();",
                                "creditBytes = sum(creditBytes, bytes);"),
                        broker(
                                "a group at QoS 0 ends with the first member that leaves",
                                "if (group == null || group.isEmpty()) { if (attachment != null) {",
                                "if (true) { if (attachment != null) {"),
                        broker(
                                "who joins a group takes it from the others",
                                "if (!onlyOwn || reader == successor) {",
                                "if (true) {"),
                        broker(
                                "what a member had in hand stays with it when it leaves",
                                "takeBack(attachment.inFlight());",
                                "work.add(1);"),
                        broker(
                                "what a connection that polls had in hand stays with it when it leaves",
                                "takeBack(client.polled(stored));",
                                ""),
                        broker(
                                "who attaches alone takes a subscription from those who poll it without asking to",
                                ": subscription.life().isAttached();",
                                ": subscription.target() != null;"),
                        broker(
                                "redeliveries come in the wrong order",
                                "thenComparingLong(delivery -> delivery.tag)",
                                "thenComparingLong(delivery -> -delivery.tag)"),
                        broker(
                                "a dead letter stays in the subscription that it failed in",
                                "settle(origin, deliveryTag, redriven, payloadLength);",
                                ""),
                        broker(
                                "a checkpoint forgets what was settled beyond the cursor",
                                "cursor.settledAhead().tags(), cursor.settledAhead().lengths());",
                                "new long[0], new int[0]);"),
                        broker(
                                "a checkpoint forgets how often a message was delivered",
                                "delivery.attempts = from.attempts();",
                                ""),
                        broker(
                                "a checkpoint forgets which messages are unsettled",
                                "state.restoreUnsettled(delivery);",
                                ""),
                        broker(
                                "a checkpoint forgets which messages have become dead letters",
                                "if (letters.count() > 0) {",
                                "if (letters.count() < 0) {"),
                        broker(
                                "a checkpoint is taken ahead of the state in it",
                                "checkpointSequence = log.appliedSequence();",
                                "checkpointSequence = wal.appender().storedSequence();"),
                        broker(
                                "a checkpoint takes up what has changed since its moment",
                                "beforeChange.run(); Delivery removed = byTag.remove(tag);",
                                "Delivery removed = byTag.remove(tag);"),
                        broker(
                                "a checkpoint forgets until when a delivery was put off",
                                "delivery.restoredDueMillis = from.dueMillis();",
                                ""),
                        broker(
                                "subscriptions take more deliveries than there is memory for",
                                "return held == 0 || (long) held * limits.deliveryBytes() < free;",
                                "return true;"),
                        broker(
                                "compaction does not ask for messages in flight",
                                "return Arrays.binarySearch(unsettled, sequence) >= 0 || sequence >= nextSequence",
                                "return sequence >= nextSequence"),
                        broker(
                                "compaction asks only the first subscription",
                                "for (int i = 0; i < count; i++) { if (readers[i].wants(sequence)) { return true; } }"
                                        + " return false;",
                                "return readers[0].wants(sequence);"),
                        broker(
                                "a message that a compacted segment holds is read at its old place",
                                "message.position = foundPosition[0];",
                                ""),
                        broker(
                                "a takeover leaves the subscription with the other connection, too",
                                "expel(subscription, client, joins(request, subscription));",
                                ""),
                        broker(
                                "a connection is not told that its subscription was taken over",
                                "from.sink().onTakenOver(subscription.id(), successor.describe());",
                                ""),
                        broker(
                                "a queue of QoS 0 messages drops the oldest too early",
                                "long tooMany = unread() - log.messagesMax();",
                                "long tooMany = unread() - log.messagesMax() + 1;"),
                        broker("credit is not spent", "credit -= messages;", ""),
                        broker("credit in bytes is not spent", "creditBytes -= bytes;", ""),
                        broker(
                                "credit comes back with a settlement although nobody asked for that",
                                "if (creditOnSettle) { addCredit(1, delivery.message.contentBytes()); }",
                                "addCredit(1, delivery.message.contentBytes());"),
                        broker(
                                "a delivery that nobody wants now is due again at once",
                                "delivery.leaveHand(ready); dueAfter(delivery, delayNanos);",
                                "delivery.leaveHand(ready); dueAgain(delivery);"),
                        broker(
                                "a rejected message is kept and goes nowhere",
                                "counters.increment(BrokerMetric.REJECTED); condemn(delivery, client, stored);",
                                "counters.increment(BrokerMetric.REJECTED);"),
                        broker(
                                "a rejected message's letter does not say why",
                                "delivery.rejectReason == null ? LetterProperties.RETRIES_EXHAUSTED :"
                                        + " delivery.rejectReason;",
                                "LetterProperties.RETRIES_EXHAUSTED;"),
                        broker(
                                "an acknowledgement of all up to one takes what was delivered behind it, too",
                                "delivery != null && delivery.outputEnd <= last.outputEnd; delivery = next",
                                "delivery != null; delivery = next"),
                        broker(
                                "an acknowledgement of all up to one takes what is on its way to the dead letters, too",
                                "deadlines.cancel(delivery); delivery.leaveHand(ready);"
                                        + " delivery.transitionTo(Delivery.State.CONDEMNED);",
                                "deadlines.cancel(delivery); delivery.transitionTo(Delivery.State.CONDEMNED);"),
                        broker(
                                "who was taken over from spends attempts of the new holder",
                                "return attachment != null && delivery.givenOutBy == attachment.inFlight();",
                                "return attachment != null;"),
                        broker(
                                "a settlement of an earlier attempt hits the present one",
                                "if (delivery == null || !delivery.isAttempt(attempt)) {",
                                "if (delivery == null) {"),
                        broker(
                                "what was released counts as an attempt",
                                "delivery.uncountAttempt(); delivery.leaveHand(ready);",
                                "delivery.leaveHand(ready);"),
                        broker(
                                "what never left the machine counts as an attempt",
                                "return holder == null || holder.client().sink().written() >= outputEnd;",
                                "return true;"),
                        broker(
                                "what was not begun counts as an attempt",
                                "&& (holder == null || !holder.countsFromBegin());",
                                ";"),
                        broker(
                                "a checkpoint counts attempts that were not made",
                                "delivery.delivered, delivery.attemptsMade(),",
                                "delivery.delivered, delivery.attempts,"),
                        broker(
                                "an answer does not wait until the settlement is stored",
                                "awaitedBy.lastSequence(answer); log.requestForce();",
                                "log.requestForce();"),
                        broker(
                                "a letter that was sent back stays a letter",
                                "settle(deadLetters, letterTag, false, copy.payloadLength);",
                                ""),
                        broker(
                                "a purge or a redrive is answered before it is stored",
                                "client.lastSequence(answer); return Done.ACTED;",
                                "return Done.ACTED;"),
                        broker(
                                "deliveries come before their ATTACHED",
                                "return credit > 0 && creditBytes > 0 && answered && !ended",
                                "return credit > 0 && creditBytes > 0 && !ended"),
                        broker(
                                "any letter that a message has become is found by a late acknowledgement, once settled, too",
                                "return letter != null && letter.isWaiting() ? letter : null;",
                                "return letter;"),
                        broker(
                                "a checkpoint forgets what came back from the dead letters",
                                "delivery.isRedriven(), delivery.delivered,",
                                "false, delivery.delivered,"),
                        broker(
                                "a subscription that ends with its connection survives a restart",
                                "if (subscription.endsWithConnection()) { remove(subscription, RemoveReason.CONNECTION_ENDED);"
                                        + " return; }",
                                ""),
                        broker(
                                "a name's old subscription stays when a new one takes its place",
                                "if (replaced != null) { remove(replaced); }",
                                ""),
                        broker(
                                "a second ATTACH to a name does not wait until the first one's subscription is stored",
                                "return SubscribeResult.refused(Outcome.BUSY); } StoredSubscription named =",
                                "} StoredSubscription named ="),
                        broker(
                                "messages from before a subscription was stored reach it",
                                "restore(firstSequence, messages.count(), messages.bytes());",
                                "restore(firstSequence, 0, 0);"),
                        broker(
                                "a topic whose only subscription is not stored yet is dropped",
                                "!stored.isEmpty() || !storing.isEmpty() || memorySubscriptions > 0;",
                                "!stored.isEmpty() || memorySubscriptions > 0;"),
                        broker(
                                "a connection that has gone is given the subscription that it waited for",
                                "stored.life().forsake();",
                                ""),
                        broker(
                                "what a lost connection has asked for is not handed to its successor",
                                "return forsaken == null ? null : await(forsaken, client, null);",
                                "return null;"),
                        broker(
                                "a duplicate is confirmed before its first message is stored",
                                "return duplicate ? first : once.append(id, () -> append(owner));",
                                "return duplicate ? 1 : once.append(id, () -> append(owner));"),
                        broker(
                                "a message that is not stored yet has no duplicates",
                                "PublishId first = appended.get(id);",
                                "PublishId first = null;"),
                        broker(
                                "a publish id holds until others push it out, whatever the time",
                                "return first != null && first.isRemembered(id.publishedMillis, windowMillis) ?"
                                        + " first.sequence : 0;",
                                "return first != null ? first.sequence : 0;"),
                        broker(
                                "a publish id counts for all topics",
                                "key.put(ID + idLength, message.buffer(), message.topicOffset(), message.topicLength());",
                                ""),
                        broker(
                                "a publish id counts for all keys",
                                "owner.put(key, 0); key.put(ID_LENGTH, (byte) idLength);",
                                "key.put(ID_LENGTH, (byte) idLength);"),
                        broker(
                                "a checkpoint forgets publish ids",
                                "state.work().add(1); writePublishId(nextId, out);",
                                "state.work().add(1);"),
                        broker(
                                "more publish ids are remembered than there is memory for",
                                "return ids.size() > settings.publishIds() || bytes > settings.publishIdBytes();",
                                "return ids.size() > settings.publishIds();"),
                        broker("a jump of the clock makes publish ids older", "onJump.accept(passed);", ""),
                        broker(
                                "a scheduled message counts as published before that is stored",
                                "if (answer >= 0) { ending.add(sequence); }",
                                "if (answer >= 0) { ending.add(sequence);"
                                        + " schedules.publish(sequence, record.dueMillis()); }"),
                        broker(
                                "a checkpoint forgets through which scheduled message all are published",
                                "number, firstSequence, count, throughMillis, throughSequence, late.toArray()",
                                "number, firstSequence, count, 0, 0, late.toArray()"),
                        broker(
                                "a checkpoint forgets which scheduled messages are cancelled",
                                "late.toArray(), cancelled.toArray());",
                                "late.toArray(), new long[0]);"),
                        broker(
                                "a scheduled message's time to live begins when it is taken",
                                "options.expiresMillis(dueMillis,",
                                "options.expiresMillis(record.message().publishedMillis,"),
                        broker(
                                "compaction drops a scheduled message",
                                "return sequence >= firstSequence && Arrays.binarySearch(cancelled, sequence) < 0;",
                                "return sequence > firstSequence && Arrays.binarySearch(cancelled, sequence) < 0;"),
                        broker(
                                "a scheduled message passes an earlier one that is not stored yet",
                                "waitsForLog = unapplied.hasBefore(near.dueMillis()) || publish() < 0;",
                                "waitsForLog = publish() < 0;"),
                        broker(
                                "a message counts as scheduled before that has taken effect",
                                "return Math.min(journal.messages().findableThrough(), journal.log().appliedSequence());",
                                "return journal.messages().findableThrough();"),
                        broker(
                                "a key cancels another one's messages",
                                "return record.owner().equals(client.owner());",
                                "return true;"),
                        wal(
                                "every_n counts to twice as many",
                                "unforcedRecords >= everyN.records()",
                                "unforcedRecords >= 2 * everyN.records()"),
                        wal(
                                "interval_ms waits twice as long",
                                "return TimeUnit.MILLISECONDS.toNanos(interval.millis());",
                                "return 2 * TimeUnit.MILLISECONDS.toNanos(interval.millis());"),
                        wal(
                                "a superfluous segment is never deleted",
                                "storage.delete(SegmentNames.index(segment.name())); storage.delete(segment.name()); }"
                                        + " /** The ballast",
                                "storage.delete(SegmentNames.index(segment.name())); } /** The ballast"),
                        wal("sparse segments are never rewritten", "addSparse(segments, runs); addShort", "addShort"),
                        wal(
                                "a batch is confirmed before its force",
                                "if (!schedule.storedMeansForced()) { publish(); }",
                                "publish();"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    private static PlantedBug broker(String what, String right, String wrong) {
        return new PlantedBug(what, BROKER, right, wrong);
    }

    private static PlantedBug wal(String what, String right, String wrong) {
        return new PlantedBug(what, WAL, right, wrong);
    }
}
