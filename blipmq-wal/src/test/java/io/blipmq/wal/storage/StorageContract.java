package io.blipmq.wal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every storage does, the simulated and the real one. */
public abstract class StorageContract {
    private Storage storage;

    /** Opens the same directory, for as often as it is called within a test. */
    abstract Storage openStorage() throws IOException;

    @BeforeEach
    void open() throws IOException {
        storage = openStorage();
    }

    @AfterEach
    void close() throws IOException {
        storage.close();
    }

    @Test
    void aNewDirectoryIsEmpty() throws IOException {
        assertThat(storage.list()).isEmpty();
    }

    @Test
    void whatIsWrittenCanBeRead() throws IOException {
        try (StorageFile file = storage.create("a")) {
            file.write(bytes("hello"), 3);
            file.write(bytes("y"), 3);

            assertThat(file.size()).isEqualTo(8);
            assertThat(read(file, 0, 8)).isEqualTo("\0\0\0yello");
        }
    }

    @Test
    void aWriteTakesAllOfTheBuffer() throws IOException {
        try (StorageFile file = storage.create("a")) {
            ByteBuffer source = ByteBuffer.allocateDirect(100_000);
            source.position(7);
            file.write(source, 0);

            assertThat(source.hasRemaining()).isFalse();
            assertThat(file.size()).isEqualTo(99_993);
        }
    }

    @Test
    void aReadStopsAtTheEnd() throws IOException {
        try (StorageFile file = storage.create("a")) {
            file.write(bytes("hello"), 0);
            ByteBuffer target = ByteBuffer.allocate(100);

            assertThat(file.read(target, 2)).isEqualTo(3);
            assertThat(target.position()).isEqualTo(3);
            assertThat(file.read(target, 5)).isZero();
            assertThat(file.read(target, 50)).isZero();
        }
    }

    @Test
    void filesAreListedAndOpenedByName() throws IOException {
        try (StorageFile file = storage.create("a")) {
            file.write(bytes("a"), 0);
            file.force();
        }
        storage.create("b").close();
        storage.syncDirectory();

        assertThat(storage.list()).containsExactlyInAnyOrder("a", "b");
        try (StorageFile file = storage.open("a")) {
            file.write(bytes("b"), 1);
            assertThat(read(file, 0, 2)).isEqualTo("ab");
        }
    }

    @Test
    void aTakenNameIsNotCreatedAndAMissingOneNotOpened() throws IOException {
        storage.create("a").close();

        assertThatThrownBy(() -> storage.create("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage.open("b")).isInstanceOf(IOException.class);
    }

    @Test
    void aRenameReplacesAndOpenFilesStayOpen() throws IOException {
        storage.create("b").close();
        try (StorageFile file = storage.create("a")) {
            file.write(bytes("from a"), 0);
            storage.rename("a", "b");
            file.write(bytes("!"), 6);
            file.force();
        }

        assertThat(storage.list()).containsExactly("b");
        try (StorageFile file = storage.open("b")) {
            assertThat(read(file, 0, 7)).isEqualTo("from a!");
        }
    }

    @Test
    void deletingTwiceIsNoError() throws IOException {
        storage.create("a").close();
        storage.delete("a");
        storage.delete("a");

        assertThat(storage.list()).isEmpty();
    }

    @Test
    void truncatingCutsAndNeverExtends() throws IOException {
        try (StorageFile file = storage.create("a")) {
            file.write(bytes("hello"), 0);
            file.truncate(2);
            assertThat(file.size()).isEqualTo(2);
            file.truncate(10);
            assertThat(file.size()).isEqualTo(2);
            file.write(bytes("o"), 4);
            assertThat(read(file, 0, 5)).isEqualTo("he\0\0o");
        }
    }

    @Test
    void oneHoldsTheLock() throws IOException {
        assertThat(storage.tryLock()).isEmpty();
        try (Storage second = openSecond()) {
            assertThat(second.tryLock()).hasValue(ProcessHandle.current().pid());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsForcedSurvivesAPowerLoss(DurabilityScript script) throws Exception {
        SimulatedStorage disk = diskAfter(script);
        disk.losePower(0);

        assertThat(DurabilityScript.contents(disk)).isEqualTo(script.onDisk());
    }

    /** What the calls of a script, made on a storage of its own, have told the disk; not all of it has to be there. */
    abstract SimulatedStorage diskAfter(DurabilityScript script) throws Exception;

    /** Another user of the directory. */
    abstract Storage openSecond() throws IOException;

    public static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String read(StorageFile file, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        file.read(target, position);
        return new String(target.array(), 0, target.position(), StandardCharsets.UTF_8);
    }
}
