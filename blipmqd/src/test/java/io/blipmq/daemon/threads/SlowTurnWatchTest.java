package io.blipmq.daemon.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Who has the log, and what the log thread sees of it, step by step on one thread. */
class SlowTurnWatchTest {
    private static final long LOOK = SlowTurnWatch.LOOK_NANOS;

    private final LogTurnOwner owner = new LogTurnOwner();
    private final SlowTurnWatch watch = new SlowTurnWatch(owner, 0);

    @Test
    void aTurnThatIsFoundTwiceLasts() {
        assertThat(owner.takeForCore()).isTrue();
        assertThat(watch.findsTurnThatLasts(5 * LOOK)).as("found once").isFalse();
        assertThat(watch.findsTurnThatLasts(6 * LOOK - 1)).as("too soon").isFalse();
        assertThat(watch.findsTurnThatLasts(6 * LOOK)).isTrue();

        assertThat(owner.replace(watch.look())).isTrue();
        assertThat(owner.takeForCore()).as("the old thread has it still").isFalse();
        assertThat(owner.releaseFromCore()).as("told that it was replaced").isFalse();
        owner.release();
        assertThat(owner.take()).isTrue();
    }

    @Test
    void turnsThatFollowEachOtherDoNotLast() {
        for (int turn = 1; turn < 10; turn++) {
            assertThat(owner.takeForCore()).isTrue();
            assertThat(watch.findsTurnThatLasts(turn * LOOK)).isFalse();
            assertThat(watch.isQuiet()).isFalse();
            assertThat(owner.releaseFromCore()).isTrue();
        }
    }

    @Test
    void aTurnThatHasEndedCannotBeReplaced() {
        owner.takeForCore();
        watch.findsTurnThatLasts(0);
        assertThat(watch.findsTurnThatLasts(LOOK)).isTrue();
        owner.releaseFromCore();
        assertThat(owner.replace(watch.look())).isFalse();
        owner.takeForCore();
        assertThat(owner.replace(watch.look())).as("the next turn").isFalse();
        assertThat(owner.releaseFromCore()).isTrue();
    }

    @Test
    void itIsQuietOnceNothingChanges() {
        assertThat(watch.isQuiet()).isFalse();
        watch.findsTurnThatLasts(LOOK);
        assertThat(watch.isQuiet()).isTrue();

        owner.takeForCore();
        owner.releaseFromCore();
        watch.findsTurnThatLasts(2 * LOOK);
        assertThat(watch.isQuiet()).as("a turn came and went").isFalse();
        watch.findsTurnThatLasts(3 * LOOK - 1);
        assertThat(watch.isQuiet()).isFalse();
        watch.findsTurnThatLasts(3 * LOOK);
        assertThat(watch.isQuiet()).isTrue();

        assertThat(owner.take()).isTrue();
        owner.release();
        watch.findsTurnThatLasts(4 * LOOK);
        assertThat(watch.isQuiet()).as("its own turns are no news").isTrue();
    }

    @Test
    void itDoesNotRestWhileTheCoresThreadHasTheLog() {
        owner.takeForCore();
        watch.findsTurnThatLasts(0);
        watch.findsTurnThatLasts(LOOK);
        assertThat(watch.isQuiet()).isFalse();
    }

    @Test
    void nobodyTakesALogThatIsTaken() {
        assertThat(owner.take()).isTrue();
        assertThat(owner.takeForCore()).isFalse();
        owner.release();
        assertThat(owner.takeForCore()).isTrue();
        assertThat(owner.take()).isFalse();
        assertThat(owner.releaseFromCore()).isTrue();
        assertThat(owner.take()).isTrue();
    }

    @Test
    void whoRestsIsWokenWhenTheCoresThreadTakesTheLog() throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        Thread log = new Thread(() -> {
            boolean unchanged = owner.beginRest(watch.look());
            resting.countDown();
            if (unchanged) {
                LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1));
            }
            owner.endRest();
        });
        log.start();
        assertThat(resting.await(60, TimeUnit.SECONDS)).isTrue();
        owner.takeForCore();
        log.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(log.isAlive()).as("still resting").isFalse();
    }

    @Test
    void aRestBeginsOnlyWhenNothingHasChangedSinceTheLook() {
        assertThat(owner.beginRest(watch.look())).isTrue();
        owner.endRest();
        owner.takeForCore();
        assertThat(owner.beginRest(watch.look())).isFalse();
        owner.endRest();
    }
}
