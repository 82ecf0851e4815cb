package io.blipmq.wal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.storage.FileStorage;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real log in a process of its own: at each record that it confirmed, the machine would have lost power. What its system
 * calls had told the disk by then has to hold all records confirmed so far.
 */
class TracedLogTest {
    private static final int RECORDS = 60;
    private static final int CHECKPOINT_AFTER = 35;
    private static final Pattern CONFIRMED = Pattern.compile(".* mkdir\\(\".*/confirmed-(\\d+)\", .*");

    @TempDir
    Path temporary;

    private int confirmed;

    @Test
    void whatIsConfirmedIsOnTheDiskAtTheSystemCall() throws Exception {
        Path directory = temporary.toRealPath();
        SystemCalls calls = SystemCalls.of(List.of(), List.of(), Log.class, directory);

        calls.disk(directory.resolve("log"), (call, disk) -> {
            Matcher marker = CONFIRMED.matcher(call);
            if (marker.matches()) {
                confirmed = Integer.parseInt(marker.group(1));
                expectOnDisk(disk.copy());
            }
        });

        assertThat(confirmed).isEqualTo(RECORDS);
    }

    private void expectOnDisk(SimulatedStorage disk) throws IOException {
        disk.losePower(0);
        WalFixture log = new WalFixture(disk, WalFixture.keyedOptions()).open();
        assertThat(log.restoredSequence()).isEqualTo(confirmed >= CHECKPOINT_AFTER ? CHECKPOINT_AFTER : 0);
        long last = log.restoredSequence() + log.replayed().size();
        assertThat(last).as("records found after %d were confirmed", confirmed).isGreaterThanOrEqualTo(confirmed);
    }

    /** The traced process; it makes a directory for each record that is confirmed, so that this shows among its calls. */
    static final class Log {
        public static void main(String[] arguments) throws IOException {
            Path directory = Path.of(arguments[0]);
            Path marks = Files.createDirectory(directory.resolve("marks"));
            WalFixture log = new WalFixture(FileStorage.open(directory.resolve("log")), WalFixture.keyedOptions());
            log.open();
            for (int record = 1; record <= RECORDS; record++) {
                log.store("a record " + record + "x".repeat(900));
                if (log.drained().size() != record) {
                    throw new IllegalStateException("record " + record + " is not confirmed");
                }
                if (record == CHECKPOINT_AFTER) {
                    log.checkpoint("state", WalFixture.live(sequence -> sequence % 5 == 0));
                }
                Files.createDirectory(marks.resolve("confirmed-" + record));
            }
        }

        private Log() {}
    }
}
