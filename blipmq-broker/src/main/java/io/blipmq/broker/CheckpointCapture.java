package io.blipmq.broker;

import io.blipmq.broker.journal.CheckpointCodec;
import io.blipmq.broker.journal.CheckpointLiveRecords;
import io.blipmq.broker.journal.Snapshots;
import io.blipmq.wal.LiveRecords;
import java.nio.ByteBuffer;

/**
 * Takes the broker's state at one moment, in parts of many turns. Owned by the core thread.
 *
 * <p>The moment is that of {@link #begin}. From then on a part of each turn is spent on writing down one subscription after
 * the other, and one that is about to change is written down before: {@link #before}. So what is written is as it was at
 * that moment, whatever happens meanwhile; subscriptions made since are not in it. What is written of a subscription is up to
 * a {@link Form}. Publish ids are written likewise: one that is about to be forgotten is written down before.
 */
final class CheckpointCapture {
    /** What writing down a subscription costs beside its deliveries. */
    private static final int SUBSCRIPTION_WORK = 16;

    private final BrokerState state;
    private final int workPerTurn;
    /** Of the capture that runs or was the last. */
    private int number;

    private boolean running;
    private long throughSequence;
    private StoredWalk walk;
    /** The next publish id to be written, if it is old enough; null behind the last one. */
    private PublishId nextId;
    /** All publish ids of messages up to this number have been written. */
    private long idsWrittenThrough;

    private CheckpointCodec out;
    private Form form;
    private boolean keepAll;

    /** How a subscription is written down. */
    interface Form {
        /** Before any subscription. */
        void writeHead(CheckpointCodec out);

        /** All of it but the letters that it remembers. */
        void write(StoredSubscription subscription, int topicNumber, CheckpointCodec out);
    }

    CheckpointCapture(BrokerState state, BrokerLimits limits) {
        this.state = state;
        this.workPerTurn = limits.captureWorkPerTurn();
    }

    boolean isRunning() {
        return running;
    }

    /** @param keepEverything whether the journal is to drop nothing for it */
    void begin(Snapshots snapshots, Form newForm, boolean keepEverything) {
        throughSequence = snapshots.begin();
        keepAll = keepEverything;
        number++;
        running = true;
        walk = new StoredWalk(state.subscriptions());
        nextId = state.publishIds().oldest();
        idsWrittenThrough = 0;
        form = newForm;
        out = new CheckpointCodec(
                state.subscriptions().count(), state.subscriptions().memory().deliveries());
        form.writeHead(out);
    }

    /** Does a turn's part, and hands all to the journal with the last one. */
    void goOn(Snapshots snapshots) {
        long workEnd = state.work().items() + workPerTurn;
        while (running && state.work().items() < workEnd) {
            if (nextId != null) {
                writeNextId();
                continue;
            }
            StoredSubscription next = walk.next();
            if (next == null) {
                end(snapshots);
            } else {
                before(next);
            }
        }
    }

    private void end(Snapshots snapshots) {
        running = false;
        walk = null;
        ByteBuffer content = out.end();
        out = null;
        snapshots.keep(content, keepAll ? LiveRecords.KEEP_ALL : new CheckpointLiveRecords(content));
    }

    private void writeNextId() {
        if (nextId.sequence > throughSequence) {
            nextId = null;
            return;
        }
        state.work().add(1);
        writePublishId(nextId, out);
        idsWrittenThrough = nextId.sequence;
        nextId = nextId.newer;
    }

    /** A publish id is going to be forgotten. */
    void before(PublishId id) {
        if (running && idsWrittenThrough < id.sequence && id.sequence <= throughSequence) {
            writePublishId(id, out);
            if (id == nextId) {
                nextId = id.newer;
            }
        }
    }

    static void writePublishId(PublishId id, CheckpointCodec out) {
        out.publishId(id.sequence, id.publishedMillis, id.key);
    }

    /** A subscription is going to change. */
    void before(StoredSubscription subscription) {
        if (running && subscription.capturedIn != number && subscription.id() <= throughSequence) {
            subscription.capturedIn = number;
            capture(subscription);
        }
    }

    /** A message is going to be appended to a stream. */
    void before(MessageStream topic) {
        if (running && topic.capturedIn != number) {
            topic.capturedIn = number;
            topic.captured = topic.messages().state();
            topic.capturedNumber = MessageStream.NOT_CAPTURED;
        }
    }

    private void capture(StoredSubscription subscription) {
        state.work().add(SUBSCRIPTION_WORK + subscription.unsettled().size());
        form.write(subscription, topicNumber(subscription.topic()), out);
        state.work().add(subscription.recentLetters().count());
        writeLetters(subscription, out);
    }

    /** Writes down what a subscription remembers of dead letters. */
    static void writeLetters(StoredSubscription subscription, CheckpointCodec out) {
        RecentLetters letters = subscription.recentLetters();
        if (letters.count() > 0) {
            out.letters(subscription.id(), letters.count());
            letters.forEach(letter -> out.letter(
                    letter.deadLetters().id(),
                    letter.tag(),
                    letter.originTag(),
                    letter.payloadLength(),
                    letter.originRedriven()));
        }
    }

    private int topicNumber(MessageStream topic) {
        before(topic);
        if (topic.capturedNumber == MessageStream.NOT_CAPTURED) {
            topic.capturedNumber = out.topic(topic.name(), topic.filter() != null, topic.captured);
            topic.captured = null;
        }
        return topic.capturedNumber;
    }
}
