package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.LiveRecords;
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
    private Journal journal;

    @BeforeEach
    void open() throws IOException {
        BrokerState state = new BrokerState(BrokerOptions.defaults(), new BrokerCounters(), new WorkMeter());
        WalOptions options = WalOptions.defaults().withForcePolicy(ForcePolicy.ALWAYS);
        wal = WalEngine.open(
                new SimulatedStorage(1), options, LocalJournal.restoreTo(state), LocalJournal.replayTo(state));
        journal = LocalJournal.over(wal);
    }

    private boolean isStoredByItself(SettleReason reason) {
        long sequence = journal.log().appendSettle(1, 2, false, 3, reason);
        assertThat(sequence).isPositive();
        journal.log().submit(0);
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
        assertThat(journal.snapshots().isDue(0, false)).isFalse();
        assertThat(journal.snapshots().isDue(HOUR, false)).isTrue();
        journal.snapshots().hurry();

        assertThat(journal.snapshots().isDue(HOUR, false)).isFalse();
        journal.snapshots().keep(ByteBuffer.allocate(0), LiveRecords.KEEP_ALL);
        while (journal.snapshots().isBeingKept()) {
            wal.agent().doWork(0);
            wal.background().doWork(0);
        }
        isStoredByItself(SettleReason.PURGED);
        long later = System.nanoTime() + 2 * HOUR; // the log itself has asked its clock when that one began
        assertThat(journal.snapshots().isDue(later, false)).isTrue();
    }

    @Test
    void aPurgeDoesNotBecauseItsClientWaits() {
        assertThat(isStoredByItself(SettleReason.PURGED)).isTrue();
    }
}
