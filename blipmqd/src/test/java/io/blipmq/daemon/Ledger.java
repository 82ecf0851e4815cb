package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What publishers sent and a PONG confirmed, and what the subscriptions delivered of it. Thread-safe.
 *
 * <p>Each publisher numbers its messages to a topic from 1; a message says whose it is and which, and the rest of it
 * follows from that.
 */
final class Ledger {
    /** The messages of one publisher to one topic, in their order. */
    static final class Sequence {
        private final String name;
        private int sent;
        private final BitSet confirmed = new BitSet();
        private final BitSet acknowledged = new BitSet();
        private final BitSet everDelivered = new BitSet();
        private int lastFirstDelivery;
        /** Since the last {@link Ledger#beginReading}. */
        private final BitSet read = new BitSet();

        private Sequence(int publisher, String topic) {
            name = publisher + " " + topic;
        }
    }

    private final List<String> topics;
    private final List<List<Sequence>> sequences = new ArrayList<>();
    private boolean acknowledgedIsGone;

    Ledger(int publishers, List<String> topics) {
        this.topics = topics;
        for (int publisher = 0; publisher < publishers; publisher++) {
            int number = publisher;
            sequences.add(
                    topics.stream().map(topic -> new Sequence(number, topic)).toList());
        }
    }

    List<String> topics() {
        return topics;
    }

    /** The next message of a publisher to a topic; it counts as sent from now on. */
    synchronized Sent nextMessage(int publisher, int topic, int fillerBytes) {
        Sequence sequence = sequences.get(publisher).get(topic);
        sequence.sent++;
        return new Sent(sequence, sequence.sent, text(publisher, topic, sequence.sent, fillerBytes));
    }

    /** A message as it is sent. */
    record Sent(Sequence sequence, int number, String text) {
        byte[] payload() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String text(int publisher, int topic, int number, int fillerBytes) {
        return publisher + " " + topic + " " + number + " "
                + String.valueOf((char) ('a' + number % 26)).repeat(fillerBytes);
    }

    synchronized void onConfirmed(List<Sent> messages) {
        messages.forEach(message -> message.sequence.confirmed.set(message.number));
    }

    /**
     * From here on {@link #requireAllRead} counts.
     *
     * @param endedCleanly whether nothing that was acknowledged may come back; a killed daemon may not have stored it
     */
    synchronized void beginReading(boolean endedCleanly) {
        acknowledgedIsGone = endedCleanly;
        sequences.forEach(list -> list.forEach(sequence -> sequence.read.clear()));
    }

    /** Takes a delivery, which must be a message that was sent, whole, and not out of order. */
    synchronized Sent onDelivered(Delivery delivery) {
        String[] parts = delivery.text().split(" ", 4);
        int publisher = Integer.parseInt(parts[0]);
        int topic = Integer.parseInt(parts[1]);
        int number = Integer.parseInt(parts[2]);
        assertThat(delivery.text()).isEqualTo(text(publisher, topic, number, parts[3].length()));
        assertThat(delivery.topic()).isEqualTo(topics.get(topic));

        Sequence sequence = sequences.get(publisher).get(topic);
        assertThat(number).as("a number that was sent, of %s", sequence.name).isBetween(1, sequence.sent);
        assertThat(sequence.read.get(number))
                .as("%s %d was delivered before, on this connection", sequence.name, number)
                .isFalse();
        assertThat(sequence.read.length() - 1)
                .as("deliveries of %s before %d", sequence.name, number)
                .isLessThan(number);
        assertThat(acknowledgedIsGone && sequence.acknowledged.get(number))
                .as("%s %d, which was acknowledged, came back", sequence.name, number)
                .isFalse();
        sequence.acknowledged.clear(number);
        sequence.read.set(number);
        if (!sequence.everDelivered.get(number)) {
            assertThat(number)
                    .as("a first delivery of %s after later ones", sequence.name)
                    .isGreaterThan(sequence.lastFirstDelivery);
            sequence.everDelivered.set(number);
            sequence.lastFirstDelivery = number;
        }
        return new Sent(sequence, number, "");
    }

    synchronized void onAcknowledged(Sent message) {
        message.sequence.acknowledged.set(message.number);
    }

    /** Everything that was confirmed and not acknowledged has been delivered since {@link #beginReading}. */
    synchronized void requireAllRead() {
        for (Sequence sequence : all()) {
            BitSet lost = (BitSet) sequence.confirmed.clone();
            lost.andNot(sequence.acknowledged);
            lost.andNot(sequence.read);
            assertThat(ranges(lost))
                    .as("confirmed messages of %s that are lost", sequence.name)
                    .isEmpty();
        }
    }

    private static String ranges(BitSet numbers) {
        StringBuilder text = new StringBuilder();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            text.append(first).append("..").append(end - 1).append(' ');
            first = numbers.nextSetBit(end);
        }
        return text.toString().strip();
    }

    synchronized int confirmedCount() {
        return all().stream()
                .mapToInt(sequence -> sequence.confirmed.cardinality())
                .sum();
    }

    synchronized int deliveredCount() {
        return all().stream()
                .mapToInt(sequence -> sequence.everDelivered.cardinality())
                .sum();
    }

    private List<Sequence> all() {
        return IntStream.range(0, sequences.size())
                .boxed()
                .flatMap(publisher -> sequences.get(publisher).stream())
                .toList();
    }
}
