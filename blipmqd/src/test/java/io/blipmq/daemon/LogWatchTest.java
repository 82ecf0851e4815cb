package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Who has the log, and what the log thread sees of it, step by step on one thread. */
class LogWatchTest {
    private static final long LOOK = LogWatch.LOOK_NANOS;

    private final LogHolder holder = new LogHolder();
    private final LogWatch watch = new LogWatch(holder, 0);

    @Test
    void aTurnThatIsFoundTwiceLasts() {
        assertThat(holder.takeForCore()).isTrue();
        assertThat(watch.findsTurnThatLasts(5 * LOOK)).as("found once").isFalse();
        assertThat(watch.findsTurnThatLasts(6 * LOOK - 1)).as("too soon").isFalse();
        assertThat(watch.findsTurnThatLasts(6 * LOOK)).isTrue();

        assertThat(holder.replace(watch.look())).isTrue();
        assertThat(holder.takeForCore()).as("the old thread has it still").isFalse();
        assertThat(holder.releaseFromCore()).as("told that it was replaced").isFalse();
        holder.release();
        assertThat(holder.take()).isTrue();
    }

    @Test
    void turnsThatFollowEachOtherDoNotLast() {
        for (int turn = 1; turn < 10; turn++) {
            assertThat(holder.takeForCore()).isTrue();
            assertThat(watch.findsTurnThatLasts(turn * LOOK)).isFalse();
            assertThat(watch.isQuiet()).isFalse();
            assertThat(holder.releaseFromCore()).isTrue();
        }
    }

    @Test
    void aTurnThatHasEndedCannotBeReplaced() {
        holder.takeForCore();
        watch.findsTurnThatLasts(0);
        assertThat(watch.findsTurnThatLasts(LOOK)).isTrue();
        holder.releaseFromCore();
        assertThat(holder.replace(watch.look())).isFalse();
        holder.takeForCore();
        assertThat(holder.replace(watch.look())).as("the next turn").isFalse();
        assertThat(holder.releaseFromCore()).isTrue();
    }

    @Test
    void itIsQuietOnceNothingChanges() {
        assertThat(watch.isQuiet()).isFalse();
        watch.findsTurnThatLasts(LOOK);
        assertThat(watch.isQuiet()).isTrue();

        holder.takeForCore();
        holder.releaseFromCore();
        watch.findsTurnThatLasts(2 * LOOK);
        assertThat(watch.isQuiet()).as("a turn came and went").isFalse();
        watch.findsTurnThatLasts(3 * LOOK - 1);
        assertThat(watch.isQuiet()).isFalse();
        watch.findsTurnThatLasts(3 * LOOK);
        assertThat(watch.isQuiet()).isTrue();

        assertThat(holder.take()).isTrue();
        holder.release();
        watch.findsTurnThatLasts(4 * LOOK);
        assertThat(watch.isQuiet()).as("its own turns are no news").isTrue();
    }

    @Test
    void itDoesNotRestWhileTheCoresThreadHasTheLog() {
        holder.takeForCore();
        watch.findsTurnThatLasts(0);
        watch.findsTurnThatLasts(LOOK);
        assertThat(watch.isQuiet()).isFalse();
    }

    @Test
    void nobodyTakesALogThatIsTaken() {
        assertThat(holder.take()).isTrue();
        assertThat(holder.takeForCore()).isFalse();
        holder.release();
        assertThat(holder.takeForCore()).isTrue();
        assertThat(holder.take()).isFalse();
        assertThat(holder.releaseFromCore()).isTrue();
        assertThat(holder.take()).isTrue();
    }

    @Test
    void whoRestsIsWokenWhenTheCoresThreadTakesTheLog() throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        Thread log = new Thread(() -> {
            boolean unchanged = holder.beginRest(watch.look());
            resting.countDown();
            if (unchanged) {
                LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1));
            }
            holder.endRest();
        });
        log.start();
        assertThat(resting.await(60, TimeUnit.SECONDS)).isTrue();
        holder.takeForCore();
        log.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(log.isAlive()).as("still resting").isFalse();
    }

    @Test
    void aRestBeginsOnlyWhenNothingHasChangedSinceTheLook() {
        assertThat(holder.beginRest(watch.look())).isTrue();
        holder.endRest();
        holder.takeForCore();
        assertThat(holder.beginRest(watch.look())).isFalse();
        holder.endRest();
    }
}
