package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.wal.LiveRecordsOfKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages that are to be delivered later. */
class DeliverAtTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;
    /** Two in memory, two in a turn. */
    private static final ScheduleLimits SMALL = new ScheduleLimits(2, 3_600_000, 1, 2, 1 << 20, 1);

    private TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");
    private long id;

    private void start(ScheduleLimits limits) {
        broker = new TestBroker(Options.schedules(limits));
        alice = new PushClient(broker, "alice");
    }

    private long now() {
        return broker.epochMillis();
    }

    private void attach() {
        id = alice.attach(to("jobs").named("worker"), UNLIMITED);
    }

    /** A new process, and a new connection of its worker. */
    private void restart() {
        broker.restart();
        broker.turn();
        alice = new PushClient(broker, "alice");
        attach();
    }

    private void pass(long millis) {
        broker.advance(millis, TimeUnit.MILLISECONDS);
        broker.turn();
    }

    private List<String> receiveIn(int turns) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            broker.turn();
            texts.addAll(alice.receiveTexts());
        }
        return texts;
    }

    private void acknowledgeAll() {
        alice.receive().forEach(pushed -> alice.ack(id, pushed.tag()));
    }

    private long scheduled() {
        return broker.count(BrokerMetric.SCHEDULED);
    }

    // --- when

    @Test
    void aMessageIsDeliveredWhenItIsDueAndNeverEarlier() {
        attach();
        assertThat(alice.schedule("jobs", now() + 500, "later").taken()).isEqualTo(1);
        broker.turn();
        assertThat(scheduled()).isEqualTo(1);
        pass(499);
        assertThat(alice.receiveTexts()).isEmpty();
        pass(1);
        assertThat(alice.receiveTexts()).containsExactly("later");
        assertThat(scheduled()).isZero();
    }

    @Test
    void theCoreWaitsUntilTheNextOneIsDueAndNoLonger() {
        attach();
        alice.schedule("jobs", now() + 500, "later");
        broker.turn();
        assertThat(broker.broker().awaitNanosMax()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        pass(480);
        assertThat(broker.broker().awaitNanosMax()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        pass(20);
        assertThat(broker.broker().awaitNanosMax()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void theyComeInTheOrderOfTheirTimesAndThenAsTheyArrived() {
        attach();
        long now = now();
        alice.schedule("jobs", now + 300, "c");
        alice.schedule("jobs", now + 100, "a1", "a2");
        alice.schedule("jobs", now + 200, "b");
        alice.schedule("jobs", now + 100, "a3");
        broker.turn();
        pass(400);
        assertThat(alice.receiveTexts()).containsExactly("a1", "a2", "a3", "b", "c");
    }

    @Test
    void aTimeThatHasPassedIsNow() {
        attach();
        alice.schedule("jobs", now(), "at once");
        alice.schedule("jobs", 1, "long ago");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("at once", "long ago");
        assertThat(scheduled()).isZero();
        int size = broker.journal().size();
        alice.schedule("nobody", now(), "to nobody");
        assertThat(broker.journal().size()).isEqualTo(size);
    }

    @Test
    void itReachesTheSubscriptionsThatExistWhenItIsDue() {
        assertThat(alice.schedule("jobs", now() + 100, "later").subscriptions()).isZero();
        broker.turn();
        attach();
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("later");
    }

    @Test
    void oneThatNobodyWantsWhenItIsDueEnds() {
        alice.schedule("jobs", now() + 100, "later");
        broker.turn();
        pass(100);
        assertThat(scheduled()).isZero();
        attach();
        broker.turn();
        assertThat(alice.receiveTexts()).isEmpty();
        restart();
        assertThat(receiveIn(3)).isEmpty();
    }

    @Test
    void theClockOfTheSystemChangesNothingWhileTheDaemonRuns() {
        attach();
        alice.schedule("jobs", now() + 500, "later");
        broker.turn();
        broker.setClock(now() + TimeUnit.DAYS.toMillis(10));
        broker.turn();
        assertThat(alice.receiveTexts()).isEmpty();
        pass(500);
        assertThat(alice.receiveTexts()).containsExactly("later");
    }

    @Test
    void aStartGoesByTheClockThatItFinds() {
        attach();
        alice.schedule("jobs", now() + TimeUnit.DAYS.toMillis(9), "in nine days");
        broker.turn();
        broker.setClock(now() + TimeUnit.DAYS.toMillis(10));
        restart();
        assertThat(receiveIn(3)).containsExactly("in nine days");
    }

    // --- restarts

    @Test
    void aRestartForgetsNothingAndPublishesNothingTwice() {
        attach();
        alice.schedule("jobs", now() + 100, "a", "b");
        alice.schedule("jobs", now() + 200, "c");
        broker.turn();
        pass(100);
        acknowledgeAll();
        broker.turn();
        restart();
        assertThat(scheduled()).isEqualTo(1);
        assertThat(receiveIn(3)).isEmpty();
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("c");
    }

    @Test
    void whatCameDueMeanwhileIsPublishedAtTheStart() {
        attach();
        alice.schedule("jobs", now() + 100, "later");
        broker.turn();
        broker.advance(1, TimeUnit.HOURS);
        restart();
        assertThat(receiveIn(3)).containsExactly("later");
    }

    @Test
    void oneWhoseEndIsNotStoredIsPublishedAgainByTheNextProcess() {
        attach();
        alice.schedule("jobs", now() + 100, "later");
        broker.turn();
        broker.advance(100, TimeUnit.MILLISECONDS);
        broker.broker().doWork(broker.nanoTime()); // appended, and lost
        broker.broker().endTurn();
        assertThat(alice.receiveTexts()).isEmpty();
        restart();
        assertThat(receiveIn(3)).containsExactly("later");
    }

    @Test
    void aCheckpointKnowsWhatHasBeenPublishedAndCancelled() {
        attach();
        alice.schedule("jobs", now() + 100, "a");
        alice.schedule("jobs", now() + 200, "b", "c", "d");
        broker.turn();
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("a");
        List<ScheduledInfo> left = alice.scheduled(10);
        assertThat(alice.cancel(left.get(1).number())).isTrue();
        broker.turn();
        broker.journal().wantCheckpoint();
        broker.turn();
        assertThat(broker.journal().checkpoint()).anyMatch(line -> line.startsWith("schedule "));
        restart();
        acknowledgeAll();
        assertThat(scheduled()).isEqualTo(2);
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("b", "d");
    }

    @Test
    void oneThatIsDueBehindOthersBecauseTheClockWentBackIsPublishedNext() {
        attach();
        long begin = now();
        alice.schedule("jobs", begin + 900, "a");
        alice.schedule("jobs", begin + 2_000, "d");
        broker.turn();
        pass(900);
        alice.ack(id, alice.receiveOne().tag());
        broker.turn();
        broker.setClock(begin + 500);
        restart();
        alice.schedule("jobs", begin + 600, "b");
        alice.schedule("jobs", begin + 950, "c");
        broker.turn();
        broker.journal().wantCheckpoint();
        broker.turn();
        restart();
        assertThat(scheduled()).isEqualTo(3);
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("b");
        pass(2_000);
        assertThat(alice.receiveTexts()).containsExactly("b", "c", "d").doesNotContain("a");
    }

    // --- time to live

    @Test
    void theTimeToLiveBeginsWhenItIsDue() {
        broker = new TestBroker(Options.messageTtlMillis(1_000));
        alice = new PushClient(broker, "alice");
        attach();
        alice.schedule("jobs", now() + 5_000, "the daemon's");
        alice.schedule("jobs", now() + 5_000, 3_000, "its own");
        broker.turn();
        pass(5_900);
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveTexts()).containsExactly("its own");
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    // --- many

    @Test
    void theyAreReadFromTheJournalAgainWhenThereIsNoRoomForAll() {
        start(SMALL);
        attach();
        long now = now();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            alice.schedule("jobs", now + 100 + (i * 7 % 20), "m" + (i * 7 % 20));
            expected.add("m" + i);
        }
        broker.turn();
        broker.advance(200, TimeUnit.MILLISECONDS);
        assertThat(receiveIn(400)).isEqualTo(expected);
        assertThat(scheduled()).isZero();
    }

    @Test
    void thoseThatComeInAreNotAReasonToReadTheOthersAgain() {
        start(new ScheduleLimits(8, 3_600_000, 1 << 20, 1_000, 1 << 20, 1));
        attach();
        broker.turn();
        int finds = broker.journal().finds();
        long due = now() + 60_000;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            alice.schedule("jobs", due + (i * 7 % 400), "m" + (i * 7 % 400));
            expected.add("m" + i);
            broker.turn();
        }
        assertThat(broker.journal().finds()).isEqualTo(finds);
        broker.advance(61_000, TimeUnit.MILLISECONDS);
        assertThat(receiveIn(400)).isEqualTo(expected);
    }

    @Test
    void aTurnPublishesOnlySoMany() {
        start(new ScheduleLimits(100, 3_600_000, 1 << 20, 2, 1 << 20, 1));
        attach();
        alice.schedule("jobs", now() + 100, "a", "b", "c", "d", "e");
        broker.turn();
        broker.advance(100, TimeUnit.MILLISECONDS);
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.broker().awaitNanosMax()).isZero();
        broker.broker().endTurn();
        broker.journal().storeAll();
        broker.broker().doWork(broker.nanoTime());
        assertThat(alice.receiveTexts()).containsExactly("a", "b");
        assertThat(receiveIn(3)).containsExactly("c", "d", "e");
    }

    @Test
    void whatTheJournalDoesNotFindYetIsRemembered() {
        broker.journal().stopIndexing();
        attach();
        alice.schedule("jobs", now() + TimeUnit.HOURS.toMillis(3), "far", "away");
        alice.schedule("jobs", now() + TimeUnit.HOURS.toMillis(4), "further");
        broker.turn();
        assertThat(alice.scheduled(1)).extracting(ScheduledInfo::bodyBytes).containsExactly(3, 4, 7);
        pass(TimeUnit.HOURS.toMillis(3));
        assertThat(alice.receiveTexts()).containsExactly("far", "away");
    }

    @Test
    void whatIsIndexedWhileItIsReadIsFoundAgain() {
        start(SMALL);
        broker.journal().stopIndexing();
        attach();
        long due = DueTimes.beginOf(DueTimes.bucketOf(now() + TimeUnit.HOURS.toMillis(3)));
        alice.schedule("jobs", due + 300, "d");
        alice.schedule("jobs", due + 200, "c");
        alice.schedule("jobs", due + 100, "a", "b");
        broker.turn();
        broker.advance(due - TimeUnit.MINUTES.toMillis(30) - now(), TimeUnit.MILLISECONDS);
        broker.broker().doWork(broker.nanoTime()); // reads one
        broker.broker().doWork(broker.nanoTime());
        broker.journal().index();
        broker.turn();
        broker.turn();
        broker.advance(TimeUnit.MINUTES.toMillis(31), TimeUnit.MILLISECONDS);
        assertThat(receiveIn(40)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aFullDiskHoldsThemUpAndThenTheyGoOnByThemselves() {
        attach();
        alice.schedule("jobs", now() + 100, "a", "b");
        broker.turn();
        broker.journal().full(true);
        pass(500);
        assertThat(alice.receiveTexts()).isEmpty();
        assertThat(broker.broker().awaitNanosMax()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
        broker.journal().full(false);
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a", "b");
    }

    @Test
    void oneIsNotPublishedBeforeAnEarlierOneThatIsNotStoredYet() {
        attach();
        alice.schedule("jobs", now() + 150, "second");
        broker.turn();
        alice.schedule("jobs", now() + 100, "first");
        broker.broker().endTurn();
        broker.advance(200, TimeUnit.MILLISECONDS);
        broker.broker().doWork(broker.nanoTime());
        broker.broker().endTurn();
        broker.turn();
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("first", "second");
    }

    @Test
    void nothingIsPublishedDuringTheShutdown() {
        attach();
        alice.schedule("jobs", now() + 100, "later");
        broker.turn();
        broker.broker().beginShutdown();
        pass(200);
        assertThat(scheduled()).isEqualTo(1);
        assertThat(broker.broker().awaitNanosMax()).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(alice.tryCancel(1)).isEqualTo(Outcome.SHUTTING_DOWN);
    }

    // --- listing and cancelling

    @Test
    void aKeySeesAndCancelsItsOwnOnly() {
        PushClient bob = new PushClient(broker, "bob");
        alice.schedule("jobs", now() + 1_000, "hers");
        bob.schedule("jobs", now() + 1_000, "his");
        broker.turn();
        List<ScheduledInfo> hers = alice.scheduled(10);
        assertThat(hers).hasSize(1);
        assertThat(hers.get(0)).isEqualTo(new ScheduledInfo(hers.get(0).number(), "jobs", now() + 1_000, 4));
        assertThat(bob.cancel(hers.get(0).number())).isFalse();
        assertThat(alice.cancel(hers.get(0).number())).isTrue();
        broker.turn();
        assertThat(alice.scheduled(10)).isEmpty();
        assertThat(bob.scheduled(10)).hasSize(1);
        assertThat(scheduled()).isEqualTo(1);
    }

    @Test
    void aCancelledOneIsNotPublishedAndIsNotThereTwice() {
        attach();
        alice.schedule("jobs", now() + 100, "a", "b");
        broker.turn();
        long number = alice.scheduled(10).get(0).number();
        assertThat(alice.cancel(number)).isTrue();
        assertThat(alice.client().lastSequence()).isGreaterThan(number + 1);
        assertThat(alice.cancel(number)).isFalse();
        broker.turn();
        assertThat(alice.cancel(number)).isFalse();
        pass(100);
        assertThat(alice.receiveTexts()).containsExactly("b");
        assertThat(alice.cancel(number + 1)).isFalse();
        restart();
        assertThat(receiveIn(3)).containsExactly("b");
    }

    @Test
    void oneIsFoundByItsNumberAmongManyBuckets() {
        start(SMALL);
        for (int i = 1; i <= 30; i++) {
            alice.schedule("jobs", now() + TimeUnit.HOURS.toMillis(i), "in " + i + " hours");
        }
        broker.turn();
        List<ScheduledInfo> all = alice.scheduled(4);
        assertThat(all).hasSize(30).isSortedAccordingTo((a, b) -> Long.compare(a.dueMillis(), b.dueMillis()));
        assertThat(alice.cancel(all.get(20).number())).isTrue();
        assertThat(alice.cancel(12_345)).isFalse();
        broker.turn();
        assertThat(alice.scheduled(100)).hasSize(29).doesNotContain(all.get(20));
    }

    @Test
    void aCancellationWaitsForRoom() {
        alice.schedule("jobs", now() + 100, "a");
        broker.turn();
        long number = alice.scheduled(1).get(0).number();
        broker.journal().busy(true);
        assertThat(alice.tryCancel(number)).isEqualTo(Outcome.BUSY);
        broker.journal().busy(false);
        broker.journal().full(true);
        assertThat(alice.tryCancel(number)).isEqualTo(Outcome.DISK_FULL);
        broker.journal().full(false);
        assertThat(alice.cancel(number)).isTrue();
    }

    // --- what the log keeps

    @Test
    void whatIsScheduledIsLiveAndWhatIsCancelledOrOverIsNot() {
        long first = now() + TimeUnit.HOURS.toMillis(2);
        attach();
        alice.schedule("jobs", first, "a", "b", "c");
        alice.schedule("jobs", now() + 100, "soon");
        broker.turn();
        long[] numbers = alice.scheduled(10).stream()
                .filter(info -> info.dueMillis() == first)
                .mapToLong(ScheduledInfo::number)
                .toArray();
        alice.cancel(numbers[1]);
        broker.turn();
        pass(100);
        broker.journal().wantCheckpoint();
        broker.turn();
        byte[] key = MessageKeys.ofScheduled(DueTimes.bucketOf(first));
        LiveRecordsOfKey bucket = broker.journal().liveness().of(key);
        assertThat(IntStream.range(0, 3).filter(i -> bucket.isLive(numbers[i]))).containsExactly(0, 2);
        assertThat(bucket.isLive(numbers[0] - 1)).isFalse();
        assertThat(bucket.areAllLive(numbers[0], numbers[0])).isTrue();
        assertThat(bucket.areAllLive(numbers[0], numbers[2])).isFalse();
        assertThat(broker.journal().liveness().firstLive()).isEqualTo(numbers[0]);
        byte[] soon = MessageKeys.ofScheduled(DueTimes.bucketOf(now() - 100));
        assertThat(broker.journal().liveness().of(soon)).isNull();
        broker.journal().forgetUnwanted();
        restart();
        pass(TimeUnit.HOURS.toMillis(2));
        assertThat(receiveIn(3)).contains("a", "c").doesNotContain("b");
    }

    @Test
    void whatHasBeenPublishedOfABucketIsNotLiveWhileThoseBehindItAre() {
        attach();
        long begin = DueTimes.beginOf(DueTimes.bucketOf(now()) + 1);
        alice.schedule("jobs", begin + 10, "a");
        alice.schedule("jobs", begin + 20, "b");
        alice.schedule("jobs", begin + 30, "c");
        broker.turn();
        long[] numbers =
                alice.scheduled(10).stream().mapToLong(ScheduledInfo::number).toArray();
        pass(begin + 20 - now());
        broker.journal().wantCheckpoint();
        broker.turn();
        LiveRecordsOfKey bucket = broker.journal().liveness().of(MessageKeys.ofScheduled(DueTimes.bucketOf(begin)));
        assertThat(IntStream.range(0, 3).filter(i -> bucket.isLive(numbers[i]))).containsExactly(2);
        broker.journal().forgetUnwanted();
        acknowledgeAll();
        broker.turn();
        restart();
        pass(10);
        assertThat(alice.receiveTexts()).containsExactly("c");
    }

    @Test
    void whatASalvagedLogHasLostIsNotWaitedFor() {
        attach();
        alice.schedule("jobs", now() + TimeUnit.HOURS.toMillis(2), "lost");
        broker.turn();
        long number = alice.scheduled(1).get(0).number();
        broker.journal().wantCheckpoint();
        broker.turn();
        broker.journal().lose(number);
        restart();
        assertThat(scheduled()).isEqualTo(1);
        pass(TimeUnit.HOURS.toMillis(3));
        alice.schedule("jobs", now() + TimeUnit.MINUTES.toMillis(90), "there");
        for (int i = 0; i < 8; i++) {
            pass(TimeUnit.MINUTES.toMillis(10));
        }
        assertThat(scheduled()).isEqualTo(1);
        pass(TimeUnit.MINUTES.toMillis(10));
        assertThat(alice.receiveTexts()).containsExactly("there");
        assertThat(scheduled()).isZero();
        assertThat(alice.receiveTexts()).isEmpty();
    }
}
