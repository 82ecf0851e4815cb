package io.blipmq.wal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLockedException;
import io.blipmq.wal.WalPathException;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.SegmentHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real disk, and the paths that cannot hold a log. */
class FileStorageTest extends StorageContract {
    @TempDir
    static Path traces;

    @TempDir
    Path directory;

    private static TracedStorage traced;

    @Override
    Storage openStorage() throws IOException {
        return FileStorage.open(directory);
    }

    @Override
    Storage openSecond() throws IOException {
        return FileStorage.open(directory);
    }

    @Override
    SimulatedStorage diskAfter(DurabilityScript script) throws Exception {
        return traced().disk(script);
    }

    /** One process for all scripts. */
    private static TracedStorage traced() throws Exception {
        if (traced == null) {
            traced = TracedStorage.run(traces, List.of());
        }
        return traced;
    }

    @Test
    void theNameOfANewDirectoryIsForced() throws Exception {
        assertThat(traced().newDirectories()).isGreaterThan(DurabilityScript.values().length);
        assertThat(traced().unforcedDirectories()).isEmpty();
    }

    @Test
    void theProcessIdIsWrittenInWholeHoweverLittleAWriteTakes() throws Exception {
        assertThat(traced().lockContent()).matches("\\d+\n");
    }

    @Test
    void missingDirectoriesAreCreated() throws IOException {
        Path deep = directory.resolve("a/b/c");
        FileStorage.open(deep).create("x").close();

        assertThat(deep.resolve("x")).exists();
    }

    @Test
    void aRegularFileIsRefusedWithWhatItIs() throws IOException {
        Path file = Files.writeString(directory.resolve("blipmq.wal"), "old log");

        assertThatThrownBy(() -> FileStorage.open(file))
                .isInstanceOf(WalPathException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("a log of the Rust daemon")
                .hasMessageContaining("Move it away");
        assertThat(file).hasContent("old log");
    }

    @Test
    void aDirectoryBelowARegularFileIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("data"), "");

        assertThatThrownBy(() -> FileStorage.open(file.resolve("blipmq.wal")))
                .isInstanceOf(WalPathException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aForeignDirectoryIsRefusedWithOwnerAndRemedy() {
        assertThat(WalDirectory.notWritable(directory, "1000", "10001"))
                .contains("uid 1000")
                .contains("uid 10001")
                .contains("chown -R 10001 " + directory + " ");
    }

    @Test
    void aForeignDirectoryWithOtherFilesIsNotToBeTaken() throws IOException {
        Files.writeString(directory.resolve("passwd"), "x");

        assertThat(WalDirectory.notWritable(directory, "0", "10001"))
                .contains("set wal_path to a directory of its own")
                .doesNotContain("chown");
    }

    @Test
    void aFullDiskIsKnownInTheLanguageOfTheEnvironment() {
        IOException german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");

        assertThat(DiskFullException.orSame(german, german.getMessage())).isInstanceOf(DiskFullException.class);
        assertThat(DiskFullException.orSame(new IOException("Eingabe-/Ausgabefehler"), german.getMessage()))
                .isNotInstanceOf(DiskFullException.class);
        assertThat(DiskFullException.saidBy(Path.of("/dev/full"))).isEqualTo("No space left on device");
        assertThat(DiskFullException.saidBy(directory.resolve("no-such-device")))
                .isEqualTo("No space left on device");
    }

    @Test
    void theLockIsFreeAgainAfterClose() throws IOException {
        try (Storage second = openStorage()) {
            try (Storage first = openStorage()) {
                assertThat(first.tryLock()).isEmpty();
                assertThat(second.tryLock()).isPresent();
            }
            assertThat(second.tryLock()).isEmpty();
        }
        assertThat(directory.resolve("lock")).hasContent(ProcessHandle.current().pid() + "\n");
    }

    @Test
    void aLockFileWithSomethingElseInItIsTaken() throws IOException {
        Files.writeString(directory.resolve("lock"), "not a number");
        try (Storage storage = openStorage()) {
            assertThat(storage.tryLock()).isEmpty();
        }
    }

    /** Another process, because a lock means nothing within one. */
    @Test
    void anotherProcessIsNamed() throws IOException {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(holder.getInputStream()));
                Storage storage = openStorage()) {
            assertThat(output.readLine()).isEqualTo("locked");
            assertThat(storage.tryLock()).hasValue(holder.pid());
            assertThatThrownBy(() -> WalEngine.open(
                            storage,
                            WalFixture.smallOptions(),
                            (sequence, type, buffer, offset, length, position) -> {}))
                    .isInstanceOf(WalLockedException.class)
                    .hasMessageContaining("process " + holder.pid());
        } finally {
            holder.destroyForcibly().onExit().join();
        }
    }

    @Test
    void theMachinesBootIsKnownHere() throws IOException {
        try (Storage storage = openStorage()) {
            assertThat(SegmentHeader.bootId(storage.bootId())).isNotEqualTo(SegmentHeader.bootId(""));
        }
    }

    /** Holds a log's lock until its input ends. */
    static final class LockHolder {
        public static void main(String[] arguments) throws IOException {
            try (Storage storage = FileStorage.open(Path.of(arguments[0]))) {
                System.out.println(storage.tryLock().isEmpty() ? "locked" : "not locked");
                while (System.in.read() >= 0) {
                    // wait for the end
                }
            }
        }

        private LockHolder() {}
    }
}
