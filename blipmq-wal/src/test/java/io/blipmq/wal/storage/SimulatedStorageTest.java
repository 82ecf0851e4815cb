package io.blipmq.wal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.DiskFullException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The contract, and what only a simulated disk can be asked for. */
class SimulatedStorageTest extends StorageContract {
    private final SimulatedStorage storage = new SimulatedStorage(3);

    @Override
    Storage openStorage() {
        return storage;
    }

    @Override
    Storage openSecond() {
        return storage;
    }

    @Override
    SimulatedStorage diskAfter(DurabilityScript script) throws IOException {
        script.run(storage);
        return storage;
    }

    @Test
    void powerLossTakesWhatIsNotForced() throws IOException {
        StorageFile file = storage.create("a");
        storage.syncDirectory();
        file.write(bytes("forced"), 0);
        file.force();
        file.write(bytes("not forced"), 0);
        storage.losePower(0);

        assertThat(read(storage.open("a"), 0, 100)).isEqualTo("forced");
    }

    @Test
    void powerLossMayKeepWhatIsNotForced() throws IOException {
        StorageFile file = storage.create("a");
        file.write(bytes("not forced"), 0);
        storage.losePower(1);

        assertThat(read(storage.open("a"), 0, 100)).isEqualTo("not forced");
    }

    @Test
    void powerLossTakesUnsyncedNames() throws IOException {
        storage.create("a").force();
        storage.syncDirectory();
        storage.create("b").force();
        storage.rename("a", "c");
        storage.losePower(0);

        assertThat(storage.list()).containsExactly("a");
    }

    @Test
    void deathOfTheProcessTakesNothingButItsFilesAndLock() throws IOException {
        storage.tryLock();
        StorageFile file = storage.create("a");
        file.write(bytes("not forced"), 0);
        String boot = storage.bootId();
        storage.killProcess();

        assertThat(read(storage.open("a"), 0, 100)).isEqualTo("not forced");
        assertThat(storage.tryLock()).isEmpty();
        assertThat(storage.bootId()).isEqualTo(boot);
        assertThatThrownBy(() -> file.write(bytes("x"), 0)).isInstanceOf(SimulatedCrash.class);
    }

    @Test
    void aFailedForceIsNotMendedByALaterOne() throws IOException {
        StorageFile file = storage.create("a");
        storage.syncDirectory();
        file.write(bytes("lost"), 0);
        storage.failForce();
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        storage.killProcess();
        StorageFile again = storage.open("a");
        assertThat(read(again, 0, 100)).isEqualTo("lost");
        again.force();
        storage.losePower(1);

        assertThat(read(storage.open("a"), 0, 100)).isNotEqualTo("lost");
    }

    @Test
    void aFullDiskTakesAPartAndSaysSo() throws IOException {
        StorageFile file = storage.create("a");
        storage.limitBytes(4);

        assertThatThrownBy(() -> file.write(bytes("hello"), 0)).isInstanceOf(DiskFullException.class);
        assertThat(file.size()).isEqualTo(4);
        file.write(bytes("HELL"), 0);
    }

    @Test
    void aFailingWriteTakesAPart() throws IOException {
        StorageFile file = storage.create("a");
        storage.failWriteAfter(2);

        assertThatThrownBy(() -> file.write(bytes("hello"), 0))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(DiskFullException.class);
        assertThat(read(file, 0, 100)).isEqualTo("he");
    }

    @Test
    void aCrashWithinACallEndsTheProcess() throws IOException {
        StorageFile file = storage.create("a");
        storage.crashAfterChanges(2);
        file.write(bytes("one"), 0);

        assertThatThrownBy(() -> file.write(bytes("two"), 3)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(storage::list).isInstanceOf(SimulatedCrash.class);
        storage.killProcess();
        assertThat(read(storage.open("a"), 0, 100)).startsWith("one").matches("onet?w?o?");
    }
}
