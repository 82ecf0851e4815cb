package io.blipmq.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedCrash;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Unforced bytes are lost as in a power loss, but the machine has not rebooted: the volume was put back from a snapshot, or
 * the system dropped the pages of a failed force. A start cannot tell that from damage, so it refuses, and a repair gives up
 * nothing that was on disk.
 */
class SameBootTest {
    private final SimulatedStorage storage = new SimulatedStorage(9);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void holesInWhatWasNotForcedAreRefusedAndRepairedWithoutALossOfWhatWas() throws IOException {
        log.open();
        log.store("forced");
        log.append("lost " + "x".repeat(1_500));
        log.wal().appender().submit(true);
        log.append("kept " + "x".repeat(1_500));
        log.wal().appender().submit(true);
        storage.crashAfterChanges(2); // the write, and the force, which is not done
        assertThatThrownBy(log::step).isInstanceOf(SimulatedCrash.class);
        int sectors = storage.pendingSectors();
        storage.loseCache(sector -> sector >= sectors / 2);

        assertThatThrownBy(log::open)
                .isInstanceOf(WalCorruptionException.class)
                .hasMessageContaining("which no crash of the daemon leaves (records 2 to 2)")
                .hasMessageContaining("Nothing was changed");
        storage.close();
        log.with(options -> options.withSalvage(true)).open();
        assertThat(log.wal().salvage().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.firstSequence()).isEqualTo(2));
        assertThat(log.replayedTexts()).first().isEqualTo("forced");
        assertThat(log.replayedTexts()).noneMatch(text -> text.startsWith("lost"));
        log.store("after");
        assertThat(log.stop().open().replayedTexts()).startsWith("forced").endsWith("after");
    }
}
