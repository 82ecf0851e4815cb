package io.blipmq.daemon.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.threads.CoreAndLogThreads.CoreShare;
import io.blipmq.daemon.threads.FakeAgents.Stored;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads, a core and a log: who runs what, and who goes on when a force does not end. */
@Timeout(120)
class CoreAndLogThreadsTest {
    private static final int RECORDS_TOO_MANY = (int) LightLoad.RECORDS_MAX + 1;

    private record Failure(String whose, Throwable what, Thread thread) {}

    private final FakeAgents agents = new FakeAgents();
    private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private CoreAndLogThreads pair = pair(new LightLoad(true, 1, 1));

    private CoreAndLogThreads pair(LightLoad load) {
        return pair(CoreShare.FORCES, load);
    }

    private CoreAndLogThreads pair(CoreShare share, LightLoad load) {
        return new CoreAndLogThreads(
                agents.core,
                agents.log,
                share,
                load,
                failure -> failures.add(new Failure("core", failure, Thread.currentThread())),
                failure -> failures.add(new Failure("log", failure, Thread.currentThread())));
    }

    @AfterEach
    void nothingElseFailed() {
        assertThat(failures).isEmpty();
    }

    /** From here on the next small frame is forced by the core's thread. */
    private void startLight() throws InterruptedException {
        pair.start();
        becomeLight();
    }

    private void becomeLight() throws InterruptedException {
        agents.core.ask(() -> agents.core.handOver(1));
        FakeAgents.await(agents.log.stored);
        agents.log.awaitIdle();
    }

    /** A force that does not end until {@link #end}. */
    private static final class Hang implements Runnable {
        private final BlockingQueue<Thread> begun = new LinkedBlockingQueue<>();
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void run() {
            begun.add(Thread.currentThread());
            try {
                assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        Thread awaitBegin() throws InterruptedException {
            return FakeAgents.await(begun);
        }

        void end() {
            ended.countDown();
        }
    }

    /** Lets the next force hang, and waits until it does. */
    private Hang hang(int records) throws InterruptedException {
        Hang hang = new Hang();
        agents.log.force = hang;
        agents.core.ask(() -> agents.core.handOver(records));
        hang.awaitBegin();
        agents.log.force = () -> {};
        return hang;
    }

    @Test
    void whileTheLoadIsLightTheCoresThreadForcesAndNobodyIsWoken() throws Exception {
        startLight();
        int raised = agents.log.raised.get();
        int inARow = 0;
        while (inARow < 100) {
            Stored stored = agents.core.store(1);
            if (stored.thread() == agents.core.owner()) {
                assertThat(stored.threadName()).isEqualTo("broker");
                inARow++;
            } else { // that force was slow, on a busy machine
                becomeLight();
                raised = agents.log.raised.get();
                inARow = 0;
            }
        }
        assertThat(agents.log.raised.get()).isEqualTo(raised);
        assertThat(pair.logCycle().turns()).as("turns of the log").isGreaterThanOrEqualTo(100);
        pair.stop();
    }

    @Test
    void whileMuchHappensTheLogThreadForces() throws Exception {
        startLight();
        agents.core.store(RECORDS_TOO_MANY);
        for (int i = 0; i < 100; i++) {
            Stored stored = agents.core.store(RECORDS_TOO_MANY);
            assertThat(stored.thread()).isNotSameAs(agents.core.owner());
            assertThat(stored.threadName()).isEqualTo("log");
        }
        pair.stop();
    }

    @Test
    void whatWasHeldIsNotForgottenWhenTheLoadIsNotLightAfterAll() throws Exception {
        startLight();
        Stored stored = agents.core.store(RECORDS_TOO_MANY);
        assertThat(stored.threadName()).isEqualTo("log");
        assertThat(stored.frames()).isEqualTo(2);
        pair.stop();
    }

    @Test
    void whereTheLoadIsNeverLightTheLogThreadForces() throws Exception {
        pair = pair(new LightLoad(false));
        pair.start();
        for (int i = 0; i < 2 * LightLoad.HAND_OVERS_MIN; i++) {
            assertThat(agents.core.store(1).threadName()).isEqualTo("log");
        }
        pair.stop();
    }

    private void startWriting() {
        pair = pair(CoreShare.WRITES, new LightLoad(false));
        pair.start();
        agents.log.awaitIdle();
    }

    @Test
    void whereNobodyWaitsForTheForceTheCoresThreadWrites() throws Exception {
        startWriting();
        int raised = agents.log.raised.get();
        for (int i = 0; i < 100; i++) {
            agents.core.ask(() -> agents.core.handOver(RECORDS_TOO_MANY));
            Stored stored = FakeAgents.await(agents.log.stored);
            assertThat(stored.threadName()).isEqualTo("broker");
        }
        assertThat(agents.log.raised.get()).as("wakeups of the log thread").isEqualTo(raised);
        pair.stop();
    }

    @Test
    void whatTheCoresThreadLeavesIsTheLogThreads() throws Exception {
        startWriting();
        BlockingQueue<Thread> turns = new LinkedBlockingQueue<>();
        agents.log.everyTurn = () -> turns.add(Thread.currentThread());
        agents.log.owed = true;
        agents.core.ask(() -> agents.core.handOver(1));
        assertThat(FakeAgents.await(turns)).isSameAs(agents.core.owner());
        assertThat(FakeAgents.await(turns)).isNotSameAs(agents.core.owner());
        agents.log.owed = false;
        pair.stop();
    }

    @Test
    void manyRecordsAreWrittenWhileTheCoreGoesOn() throws Exception {
        startWriting();
        Stored stored = agents.core.store(CoreAndLogThreads.WRITE_RECORDS_MAX + 1);
        assertThat(stored.threadName()).isEqualTo("log");
        pair.stop();
    }

    @Test
    void theCoreGoesOnWhileAWriteThatItsThreadRunsDoesNotEnd() throws Exception {
        startWriting();
        Thread before = agents.core.ask(() -> {});
        Hang hang = hang(1);
        assertThat(agents.core.ask(() -> {})).isNotSameAs(before);
        hang.end();
        assertThat(FakeAgents.await(agents.log.stored)).isEqualTo(new Stored(1, before, "log"));
        pair.stop();
    }

    @Test
    void theCoreGoesOnWhileAForceThatItsThreadRunsDoesNotEnd() throws Exception {
        startLight();
        Thread before = agents.core.owner();
        Hang hang = hang(1);

        Thread after = agents.core.ask(() -> {});
        assertThat(after).isNotSameAs(before);
        assertThat(after.getName()).isEqualTo("broker");
        assertThat(before.getName()).as("the one in the force").isEqualTo("log");
        assertThat(pair.logCycle().currentTurnNanos(System.nanoTime())).isPositive();
        agents.core.ask(() -> agents.core.handOver(1));
        assertThat(agents.log.stored).as("stored meanwhile").isEmpty();

        hang.end();
        assertThat(FakeAgents.await(agents.log.stored)).isEqualTo(new Stored(2, before, "log"));
        assertThat(FakeAgents.await(agents.log.stored)).isEqualTo(new Stored(3, before, "log"));
        pair.stop();
    }

    @Test
    void theThreadsChangePlacesAgainAndAgain() throws Exception {
        startLight();
        for (int i = 0; i < 50; i++) {
            Thread core = agents.core.owner();
            Hang hang = hang(1);
            assertThat(agents.core.ask(() -> {})).isNotSameAs(core);
            hang.end();
            assertThat(FakeAgents.await(agents.log.stored).thread()).isSameAs(core);
            becomeLight();
        }
        pair.stop();
    }

    @Test
    void aForceOfTheLogThreadKeepsNobodyWaiting() throws Exception {
        startLight();
        Thread core = agents.core.owner();
        Hang hang = hang(RECORDS_TOO_MANY);
        for (int i = 0; i < 10; i++) {
            assertThat(agents.core.ask(() -> agents.core.handOver(1))).isSameAs(core);
        }
        hang.end();
        assertThat(FakeAgents.await(agents.log.stored).frames()).isEqualTo(2);
        Stored last = FakeAgents.await(agents.log.stored);
        assertThat(last).isEqualTo(new Stored(12, last.thread(), "log"));
        pair.stop();
    }

    @Test
    void whoWakesTheLogWhileTheCoresThreadHasItIsServedAfterwards() throws Exception {
        startLight();
        Hang hang = hang(1);
        BlockingQueue<Thread> turns = new LinkedBlockingQueue<>();
        agents.log.everyTurn = () -> turns.add(Thread.currentThread());
        agents.log.wakeup();
        agents.core.ask(() -> {});
        assertThat(turns).isEmpty();
        hang.end();
        FakeAgents.await(turns);
        pair.stop();
    }

    @Test
    void aLogThatFailsOnItsThreadIsReported() throws Exception {
        startLight();
        agents.log.force = failing();
        agents.core.ask(() -> agents.core.handOver(RECORDS_TOO_MANY));
        Failure failure = FakeAgents.await(failures);
        assertThat(failure.whose()).isEqualTo("log");
        assertThat(failure.what()).hasMessage("planned");
        assertThat(failure.thread()).isNotSameAs(agents.core.owner());
        agents.core.ask(() -> agents.core.handOver(1));
        pair.stop();
        assertThat(agents.log.stored).isEmpty();
    }

    @Test
    void aLogThatFailsOnTheCoresThreadIsReportedAsSuch() throws Exception {
        startLight();
        Thread core = agents.core.owner();
        agents.log.force = failing();
        agents.core.post(() -> agents.core.handOver(1));
        Failure failure = FakeAgents.await(failures);
        assertThat(failure.whose()).isEqualTo("log");
        assertThat(failure.thread()).isSameAs(core);
        assertThat(agents.core.ask(() -> agents.core.handOver(1))).isNotSameAs(core);
        pair.stop();
        assertThat(agents.log.stored).as("stored after the failure").isEmpty();
    }

    @Test
    void aCoreThatFailsIsReported() throws Exception {
        startLight();
        agents.core.post(failing());
        Failure failure = FakeAgents.await(failures);
        assertThat(failure.whose()).isEqualTo("core");
        assertThat(failure.thread()).isSameAs(agents.core.owner());
        pair.stop();
    }

    private static Runnable failing() {
        return () -> {
            throw new IllegalStateException("planned");
        };
    }

    @Test
    void itStopsBeforeAnythingHappened() throws Exception {
        pair.start();
        pair.stop();
    }

    @Test
    void itStopsWhileTheCoresThreadForces() throws Exception {
        startLight();
        stopWhile(hang(1));
        assertThat(FakeAgents.await(agents.log.stored).frames()).isEqualTo(2);
    }

    @Test
    void itStopsWhileTheLogThreadForces() throws Exception {
        startLight();
        stopWhile(hang(RECORDS_TOO_MANY));
        assertThat(FakeAgents.await(agents.log.stored).frames()).isEqualTo(2);
    }

    @Test
    void itStopsAfterTheThreadsHaveChangedPlaces() throws Exception {
        startLight();
        Hang hang = hang(1);
        agents.core.ask(() -> {});
        stopWhile(hang);
        assertThat(FakeAgents.await(agents.log.stored).frames()).isEqualTo(2);
    }

    private void stopWhile(Hang hang) throws Exception {
        BlockingQueue<String> stopped = new LinkedBlockingQueue<>();
        Thread stopper = new Thread(() -> {
            try {
                pair.stop();
                stopped.add("stopped");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        stopper.start();
        assertThat(stopped).as("it waits for the force").isEmpty();
        hang.end();
        FakeAgents.await(stopped);
        stopper.join();
    }
}
