package io.blipmq.wal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.wal.LogContent;
import io.blipmq.wal.NewerContentException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.StorageContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A newer release wrote what the log keeps: whoever reads it says so, with the place, and changes nothing. */
class NewerContentTest {
    private static final String FIRST = "0000000000000001-00000001.segment";
    private static final int NEWER_TYPE = 2;
    private static final LogContent KNOWN = new LogContent() {
        @Override
        public void requireKnown(int type, ByteBuffer buffer, int offset, int length) {
            if (type >= NEWER_TYPE) {
                throw new NewerContentException("a record of type " + type);
            }
        }

        @Override
        public void requireKnown(ByteBuffer state) {
            if (state.get(state.position()) == '2') {
                throw new NewerContentException("a state of version 2");
            }
        }
    };

    private final SimulatedStorage storage = new SimulatedStorage(5);
    private final WalFixture newer = new WalFixture(storage, WalFixture.keyedOptions());
    private final WalFixture older =
            new WalFixture(storage, WalFixture.keyedOptions()).with(options -> options.withContent(KNOWN));

    private void append(int type) {
        newer.append(type, StorageContract.bytes("a record"));
        newer.wal().appender().submit(true);
        newer.step();
    }

    @Test
    void inRecordsOfALogThatEndedCleanly() throws IOException {
        newer.open();
        append(1);
        append(NEWER_TYPE);
        newer.stop();

        expectRefused(FIRST, 4152, "a record of type 2");
    }

    /** They are written again and replayed from there, but not before they are known. */
    @Test
    void inRecordsThatAreNotKnownToBeOnDisk() throws IOException {
        newer.open();
        append(1);
        append(NEWER_TYPE);
        storage.killProcess();

        expectRefused(FIRST, 4152, "a record of type 2");
    }

    @Test
    void inTheStateOfACheckpoint() throws IOException {
        newer.open();
        append(1);
        newer.checkpoint("2 is its version", WalFixture.live(sequence -> true));
        newer.stop();

        expectRefused("checkpoint", 72, "a state of version 2");
    }

    private void expectRefused(String file, long offset, String what) {
        expectRefusal(older::open, file, offset, what);
        older.with(options -> options.withSalvage(true));
        expectRefusal(older::open, file, offset, what);
        expectRefusal(() -> OfflineLog.of(storage).verify(KNOWN), file, offset, what);
        expectRefusal(() -> OfflineLog.of(storage).repair(KNOWN), file, offset, what);
    }

    private void expectRefusal(ThrowingCallable reading, String file, long offset, String what) {
        long changes = storage.changes();
        List<String> names = storage.list();
        assertThatExceptionOfType(WalCorruptionException.class)
                .isThrownBy(reading)
                .withMessage("log file " + file + ", offset " + offset + ": written by a newer release: " + what
                        + ". Start the newer release again. Nothing was changed");
        assertThat(storage.changes()).isEqualTo(changes);
        assertThat(storage.list()).isEqualTo(names);
        storage.close();
    }
}
