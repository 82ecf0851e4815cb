package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.SimulatedStorage;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which commands cause a force. */
class LocalJournalTest {
    private Wal wal;
    private LocalJournal journal;

    @BeforeEach
    void open() throws IOException {
        BrokerState state = new BrokerState(BrokerOptions.defaults(), new BrokerCounters());
        WalOptions options = WalOptions.defaults().withForcePolicy(ForcePolicy.ALWAYS);
        wal = Wal.open(new SimulatedStorage(1), options, LocalJournal.restoreTo(state), LocalJournal.replayTo(state));
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
    void aPurgeDoesNotBecauseItsClientWaits() {
        assertThat(isStoredByItself(SettleReason.PURGED)).isTrue();
    }
}
