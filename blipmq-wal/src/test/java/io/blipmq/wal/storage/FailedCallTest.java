package io.blipmq.wal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call that the system refuses is named, and so is the file: real calls on a real disk, each made to fail. */
class FailedCallTest {
    private static final String EIO = ": Input/output error";

    @TempDir
    Path temporary;

    private Path directory;

    @BeforeEach
    void makeTheFile() throws IOException {
        directory = temporary.toRealPath();
        Files.writeString(directory.resolve("x"), "content");
    }

    @Test
    void callsOfAnOpenFile() throws Exception {
        assertThat(failing("x", "pwrite64,pread64,ftruncate,fdatasync,fstat,newfstatat"))
                .contains(
                        "write: write at 5 of the file opened as x" + EIO,
                        "read: read at 3 of the file opened as x" + EIO,
                        "force: fsync of the file opened as x" + EIO,
                        "size: fstat of the file opened as x" + EIO,
                        "truncate: truncate to 2 of the file opened as x" + EIO);
    }

    @Test
    void callsThatMakeAndChangeNames() throws Exception {
        assertThat(failing("x", "openat,rename,unlink"))
                .contains(
                        "open: open of " + directory + "/x" + EIO,
                        "rename: rename of " + directory + "/x to y" + EIO,
                        "delete: unlink of " + directory + "/x" + EIO);
        assertThat(failing("new", "openat")).contains("create: open of " + directory + "/new" + EIO);
    }

    @Test
    void callsOfTheDirectory() throws Exception {
        assertThat(failing("", "fsync,getdents64"))
                .contains(
                        "list: reading the names in " + directory + EIO,
                        "sync: fsync of the directory " + directory + EIO);
        assertThat(failing("", "openat"))
                .contains(
                        "list: opening the directory " + directory + EIO,
                        "sync: fsync of the directory " + directory + EIO);
    }

    @Test
    void callsOfTheLock() throws Exception {
        assertThat(failing("lock", "fcntl")).contains("lock: lock of the file opened as lock" + EIO);
        assertThat(failing("lock", "pwrite64")).contains("lock: write at 0 of the file opened as lock" + EIO);
        assertThat(failing("lock", "openat")).contains("lock: open of " + directory + "/lock" + EIO);
    }

    @Test
    void missingAndTakenNamesAreNamed() throws Exception {
        try (Storage storage = FileStorage.open(directory)) {
            assertThat(Calls.messageOf(() -> storage.open("y").close()))
                    .isEqualTo("open of " + directory + "/y: no such file");
            assertThat(Calls.messageOf(() -> storage.create("x").close()))
                    .isEqualTo("open of " + directory + "/x: the name is taken");
        }
    }

    /** Each call's message when the named system calls fail for a file. */
    private List<String> failing(String file, String calls) throws Exception {
        String path =
                file.isEmpty() ? directory.toString() : directory.resolve(file).toString();
        List<String> strace = List.of("-o", "/dev/null", "-P", path, "-e", "inject=" + calls + ":error=EIO");
        return TracedProcess.run(strace, List.of(), Calls.class, directory);
    }

    /** The traced process: makes every call once and says how it went. */
    static final class Calls {
        private interface Call {
            void make() throws IOException;
        }

        public static void main(String[] arguments) throws IOException {
            Storage storage = FileStorage.open(Path.of(arguments[0]));
            say("open", () -> withFile(storage));
            say("create", () -> storage.create("new").close());
            say("list", storage::list);
            say("sync", storage::syncDirectory);
            say("lock", storage::tryLock);
            say("rename", () -> storage.rename("x", "y"));
            say("delete", () -> storage.delete("x"));
        }

        private static void withFile(Storage storage) throws IOException {
            StorageFile file = storage.open("x");
            ByteBuffer bytes = ByteBuffer.allocate(4);
            say("write", () -> file.write(bytes.duplicate(), 5));
            say("read", () -> file.read(bytes.duplicate(), 3));
            say("force", file::force);
            say("size", file::size);
            say("truncate", () -> file.truncate(2));
        }

        private static void say(String what, Call call) {
            System.out.println(what + ": " + messageOf(call));
        }

        static String messageOf(Call call) {
            try {
                call.make();
                return "done";
            } catch (IOException e) {
                return e.getMessage();
            }
        }

        private Calls() {}
    }
}
