package io.blipmq.daemon.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.threads.CoreAndLogThreads.CoreShare;
import java.security.SecureRandom;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A core that hands the next frame over when the last one is stored, forces that now and then do not end before the core
 * goes on elsewhere, and somebody who wakes the log for its own purposes: no frame and no wakeup is lost, and the threads
 * never meet in an agent.
 *
 * <p>{@code -Dblipmq.pair.seed=N} repeats a run, as far as threads can be repeated.
 */
@Timeout(300)
class CoreAndLogThreadsStressTest {
    private static final int FRAMES = 40_000;
    /** One in so many forces of the core's thread lasts until the two have changed places. */
    private static final int LASTING = 50;
    /** One in so many hand-overs is too large for the core's thread. */
    private static final int LARGE = 200;
    /** Somebody else wants the log once in so many frames. */
    private static final int ASKED = 20;

    private final long seed = Long.getLong("blipmq.pair.seed", new SecureRandom().nextInt(1_000_000));
    private final FakeAgents agents = new FakeAgents();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    // Owned by the core.
    private final Random sizes = new Random(seed);
    private long handedOver;

    // Owned by the log.
    private final Random durations = new Random(seed + 1);
    private long turnsOfCore;
    private long changes;

    private final AtomicLong asked = new AtomicLong();
    private volatile long answered;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostHoweverOftenTheyChangePlaces(CoreShare share) throws Exception {
        System.out.println("CoreAndLogThreadsStressTest: repeat with -Dblipmq.pair.seed=" + seed);
        CoreAndLogThreads pair = new CoreAndLogThreads(
                agents.core, agents.log, share, new LightLoad(true, 2, 16), this::fail, this::fail);
        agents.core.everyTurn = this::handOverNext;
        agents.log.force = this::force;
        agents.log.everyTurn = this::answer;
        Thread asker = new Thread(this::askAgainAndAgain, "asker");

        pair.start();
        asker.start();
        boolean finished = ended.await(240, TimeUnit.SECONDS);
        assertThat(failures).isEmpty();
        assertThat(finished)
                .as("all frames stored, of %d handed over, stored %d", handedOver, agents.log.storedFrames())
                .isTrue();
        asker.join();
        pair.stop();

        System.out.println("CoreAndLogThreadsStressTest: " + turnsOfCore + " of " + FRAMES
                + " frames forced by the core's thread, " + changes + " changes of places, " + asked
                + " other wakeups");
        assertThat(failures).isEmpty();
        assertThat(agents.log.storedFrames()).isEqualTo(FRAMES);
        assertThat(changes).as("changes of places").isGreaterThan(20);
    }

    private void fail(Throwable failure) {
        failures.add(failure);
        ended.countDown();
    }

    private void handOverNext() {
        if (agents.log.storedFrames() < handedOver) {
            return;
        }
        if (handedOver == FRAMES) {
            ended.countDown();
        } else {
            handedOver++;
            agents.core.handOver(sizes.nextInt(LARGE) == 0 ? 1000 : 1);
        }
    }

    private void force() {
        Thread thread = Thread.currentThread();
        if (thread == agents.core.owner()) {
            turnsOfCore++;
            if (durations.nextInt(LASTING) == 0) {
                agents.core.awaitOtherOwner(thread);
                changes++;
            }
        }
    }

    private void answer() {
        answered = asked.get();
    }

    /** As a checkpoint does: wakes the log and waits until it has had a turn. */
    private void askAgainAndAgain() {
        while (ended.getCount() > 0) {
            long number = asked.incrementAndGet();
            agents.log.wakeup();
            FakeAgents.spinUntil(() -> answered >= number || ended.getCount() == 0);
            long next = agents.log.storedFrames() + ASKED;
            FakeAgents.spinUntil(() -> agents.log.storedFrames() >= next || ended.getCount() == 0);
        }
    }
}
