package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.Liveness;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which commands cause a force, and which checkpoint comes first. */
class LocalJournalTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private Wal wal;
    private LocalJournal journal;

    @BeforeEach
    void open() throws IOException {
        BrokerState state = new BrokerState(BrokerOptions.defaults(), new BrokerCounters());
        WalOptions options = WalOptions.defaults().withForcePolicy(ForcePolicy.ALWAYS);
        wal = WalEngine.open(
                new SimulatedStorage(1), options, LocalJournal.restoreTo(state), LocalJournal.replayTo(state));
        journal = LocalJournal.over(wal);
    }

    private boolean isStoredByItself(SettleReason reason) {
        long sequence = journal.appendSettle(1, 2, false, 3, reason);
        assertThat(sequence).isPositive();
        journal.submit(0);
        wal.agent().doWork(0);
        return wal.appender().storedSequence() >= sequence;
    }

    @Test
    void anAcknowledgementWaitsForCompany() {
        assertThat(isStoredByItself(SettleReason.ACKNOWLEDGED)).isFalse();
    }

    @Test
    void noRegularCheckpointComesBeforeOneThatWaits() {
        isStoredByItself(SettleReason.PURGED);
        assertThat(journal.isCheckpointDue(0, false)).isFalse();
        assertThat(journal.isCheckpointDue(HOUR, false)).isTrue();
        journal.hurryCheckpoint();

        assertThat(journal.isCheckpointDue(HOUR, false)).isFalse();
        journal.checkpoint(ByteBuffer.allocate(0), Liveness.KEEP_ALL);
        while (journal.isCheckpointing()) {
            wal.agent().doWork(0);
            wal.background().doWork(0);
        }
        isStoredByItself(SettleReason.PURGED);
        long later = System.nanoTime() + 2 * HOUR; // the log itself has asked its clock when that one began
        assertThat(journal.isCheckpointDue(later, false)).isTrue();
    }

    @Test
    void aPurgeDoesNotBecauseItsClientWaits() {
        assertThat(isStoredByItself(SettleReason.PURGED)).isTrue();
    }
}
