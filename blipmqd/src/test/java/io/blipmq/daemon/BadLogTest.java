package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.blipmq.daemon.v1.BlipClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log that cannot be used keeps the daemon from starting: it says what is wrong, where, and what to do, and changes nothing. */
@Timeout(120)
class BadLogTest {
    private static final int VERSION_OFFSET = 8;
    private static final int FIRST_FRAME_OFFSET = 4096;

    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void nameLog() {
        log = directory.resolve("log");
    }

    private DaemonSetup setup() {
        return DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000);
    }

    private void assertRefused(DaemonSetup setup, String... why) throws Exception {
        Map<String, String> before = contents();
        DaemonProcess daemon = DaemonProcess.run(setup);
        assertThat(daemon.output().lines().toList())
                .last()
                .asString()
                .contains(" ERROR [main] ")
                .contains(why);
        assertThat(daemon.output()).doesNotContain("\tat ");
        assertThat(daemon.errors()).isEmpty();
        assertThat(daemon.exitStatus()).isEqualTo(1);
        assertThat(contents()).isEqualTo(before);
    }

    /** Every file but the configuration and the lock, which says who tried last. */
    private Map<String, String> contents() throws Exception {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                contents.put(
                        directory.relativize(file).toString(),
                        ByteBuffer.wrap(digest).getLong() + "");
            }
        }
        contents.remove("blipmq.toml");
        contents.remove("log/lock");
        return contents;
    }

    @Test
    void aRegularFileIsSaidToBeOne() throws Exception {
        Files.writeString(log, "the log of the Rust daemon");

        assertRefused(setup(), log + " is a file, not a directory: a log of the Rust daemon", "mv " + log);
        assertThat(log).hasContent("the log of the Rust daemon");
    }

    @Test
    void aPathBelowARegularFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertRefused(
                setup().with("wal_path", file.resolve("a/log").toString()),
                file + " is a file, so no log can be kept below it");
    }

    @Test
    void aDirectoryOfAnotherUserNamesTheUserAndTheCommand() throws Exception {
        giveAway(Files.createDirectory(log, permissions("rwxr-xr-x")));

        assertRefused(
                setupWithoutPrivilege(),
                "the log cannot be kept in " + log + ": it belongs to uid 1 and uid ",
                "chown -R " + Files.getAttribute(directory, "unix:uid") + " " + log + " (as root)");
    }

    @Test
    void aDirectoryOfTheRightUserNamesItsModeAndTheCommand() throws Exception {
        Files.createDirectory(log, permissions("r-x------"));

        assertRefused(
                setupWithoutPrivilege(),
                "the log cannot be kept in " + log + ": its mode is r-x------, so that its owner, uid ",
                "which this daemon runs as, may not write there. Run: chmod u+rwx " + log
                        + ", or set another wal_path");
    }

    @Test
    void aParentOfTheRightUserNamesItsModeAndTheCommand() throws Exception {
        Path parent = Files.createDirectory(directory.resolve("lib"), permissions("r-x------"));

        assertRefused(
                setupWithoutPrivilege().with("wal_path", parent.resolve("log").toString()),
                "the log's directory " + parent.resolve("log") + " cannot be made: the mode of " + parent
                        + " is r-x------, so that its owner, uid ",
                "which this daemon runs as, may not write there. Run: chmod u+rwx " + parent
                        + ", or set another wal_path");
    }

    @Test
    void aLinkThatLeadsNowhereIsNamed() throws Exception {
        Files.createSymbolicLink(log, directory.resolve("unmounted/log"));

        assertRefused(
                setup(),
                log + " is a symbolic link to " + directory + "/unmounted/log, which is not there. Make that directory,"
                        + " or set another wal_path");
    }

    /** What is above the log belongs to others, too: nobody should be told to give it away. */
    @Test
    void aDirectoryThatMayNotBeMadeIsToBeMadeForTheUser() throws Exception {
        Path parent = giveAway(Files.createDirectory(directory.resolve("lib"), permissions("rwxr-xr-x")));
        Path wanted = parent.resolve("blipmq/log");

        assertRefused(
                setupWithoutPrivilege().with("wal_path", wanted.toString()),
                "the log's directory " + wanted + " cannot be made: " + parent + " belongs to uid ",
                "may not write there. Run: install -d -o " + Files.getAttribute(directory, "unix:uid") + " -g ",
                " " + wanted + " (as root), or set another wal_path");
    }

    @Test
    void aDirectoryThatMayNotBeEnteredHoldsNoLog() throws Exception {
        Path parent = giveAway(Files.createDirectory(directory.resolve("root"), permissions("r--r--r--")));

        assertRefused(
                setupWithoutPrivilege().with("wal_path", parent.resolve("log").toString()),
                parent + " belongs to uid ",
                "may not enter it. Set another wal_path");
    }

    /** As /proc, which says that there is no such file; its mere name would tell nobody what is wrong. */
    @Test
    void aPlaceThatTakesNoDirectoriesIsNamed() throws Exception {
        Path proc = Path.of("/proc");
        assumeThat(Files.isWritable(proc))
                .as("this user may try to write there")
                .isTrue();

        assertRefused(
                setup().with("wal_path", "/proc/x/log"),
                "the log's directory /proc/x cannot be made: no directory can be made in /proc. Correct that, or set"
                        + " another wal_path");
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /** For root, without what lets root write everywhere. */
    private DaemonSetup setupWithoutPrivilege() throws Exception {
        return isRoot() ? setup().under(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")) : setup();
    }

    /** Makes it another user's, which only root can. */
    private Path giveAway(Path file) throws IOException {
        assumeThat(isRoot()).as("this user may give files away").isTrue();
        return Files.setAttribute(file, "unix:uid", 1);
    }

    private boolean isRoot() throws IOException {
        return Files.getAttribute(directory, "unix:uid").equals(0);
    }

    @Test
    void aDirectoryWithOtherFilesIsLeftAlone() throws Exception {
        Files.createDirectory(log);
        Files.writeString(log.resolve("letters.tmp"), "x");
        Files.writeString(log.resolve("photo.jpg"), "y");

        assertRefused(setup(), log + " holds no log, but other files: letters.tmp and 1 more", "Set wal_path");
        assertThat(log.resolve("lock")).doesNotExist();
    }

    @Test
    void otherFilesBesideALogAreLeftAlone() throws Exception {
        storeMessages(1);
        Files.writeString(log.resolve("notes.tmp"), "x");

        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            daemon.stop();
        }

        assertThat(log.resolve("notes.tmp")).hasContent("x");
    }

    @Test
    void aLogHeldByAnotherDaemonNamesItsProcess() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (DaemonProcess holder = DaemonProcess.startReady(setup());
                BlipClient client = holder.connect()) {
            DaemonProcess daemon = DaemonProcess.run(DaemonSetup.in(other).with("wal_path", log.toString()));

            assertThat(daemon.exitStatus()).isEqualTo(1);
            assertThat(daemon.output().lines().toList())
                    .last()
                    .asString()
                    .contains("the log " + log.toRealPath() + " is in use by process " + holder.pid()
                            + ": stop it first");
            client.ping();
        }
    }

    @Test
    void aLogIsTakenOverFromADaemonThatIsJustEnding() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (DaemonProcess holder = DaemonProcess.startReady(setup());
                DaemonProcess next = DaemonProcess.start(DaemonSetup.in(other).with("wal_path", log.toString()))) {
            next.awaitLine("starting blipmqd");
            holder.terminate();

            next.awaitReady();

            assertThat(next.output()).contains("the log ended cleanly");
            assertThat(holder.awaitExit()).isZero();
        }
    }

    @Test
    void damageWithinTheLogIsNamedByFileAndOffset() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connect()) {
            client.subscribe("demo", 1);
            for (int i = 0; i < 100; i++) {
                client.publish("demo", WireClient.bytes("message " + i), 1);
                client.ping();
            }
            daemon.kill9();
        }
        Path segment = segmentWithMessages();
        flipByte(segment, FIRST_FRAME_OFFSET + 1000);

        assertRefused(
                setup(),
                "log file " + segment.getFileName() + ", offset ",
                "records that were on disk are damaged (records ",
                "Nothing was changed. Put back an intact copy");

        flipByte(segment, FIRST_FRAME_OFFSET + 1000);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connect()) {
            assertThat(client.poll(client.subscribe("demo", 1), 1000)).hasSize(100);
        }
    }

    @Test
    void damageBeforeTheCheckpointEndsTheDaemonWhenItIsRead() throws Exception {
        storeMessages(100);
        Path segment = segmentWithMessages();
        flipByte(segment, FIRST_FRAME_OFFSET + 1000);

        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connect()) {
            long demo = client.subscribe("demo", 1);
            assertThatThrownBy(() -> client.poll(demo, 1000)).isInstanceOf(IOException.class);

            assertThat(daemon.awaitExit()).isEqualTo(ExitStatus.STORAGE_FAILED);
            assertThat(daemon.output().lines().toList())
                    .last()
                    .asString()
                    .contains(
                            "log file " + segment.getFileName() + ", offset ", "records that were stored are damaged");
            assertThat(daemon.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void aSegmentThatIsGoneIsNamed() throws Exception {
        storeMessages(10);
        Path segment = segmentWithMessages();
        Files.move(segment, directory.resolve("moved"));

        assertRefused(
                setup(), "the segment, which the checkpoint lists, is missing (records 1 to ", "Nothing was changed");

        Files.move(directory.resolve("moved"), segment);

        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            assertThat(daemon.output()).contains("the log ended cleanly");
        }
    }

    @Test
    void aNewerFormatIsRefusedWithTheWayOut() throws Exception {
        storeMessages(1);
        Path segment = segmentWithMessages();
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4).putInt(0, 2), VERSION_OFFSET);
        }

        assertRefused(setup(), "written in log format 2 by a newer release", "start the newer release again");
    }

    /** Messages in a log with a clean end, and behind them segments of later starts. */
    private void storeMessages(int count) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connect()) {
            client.subscribe("demo", 1);
            for (int i = 0; i < count; i++) {
                client.publish("demo", WireClient.bytes("message " + i), 1);
            }
            client.ping();
            daemon.stop();
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            daemon.stop();
        }
    }

    private Path segmentWithMessages() throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flipByte(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) ~one.get(0)).rewind();
            channel.write(one, offset);
        }
    }
}
