package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails: nothing is confirmed after it, nothing is tried again, and the process says why it ends. */
@Timeout(120)
class FailedDiskTest {
    private static final String FIRST_SEGMENT = "0000000000000001-00000001.segment";

    @TempDir
    Path directory;

    private DaemonSetup setup;

    @BeforeEach
    void needsStrace() throws InterruptedException {
        Strace.assumeAvailable();
        setup = DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000).with("max_in_flight", 1 << 20);
    }

    /** Beyond the subscription's own force, each message that is published alone needs one. */
    @ParameterizedTest
    @ValueSource(ints = {2, 17})
    void aFailedForceEndsTheProcessBeforeAnythingElseIsConfirmed(int nth) throws Exception {
        Strace strace =
                failing("fdatasync:error=EIO:when=" + nth, setup.logDirectory().resolve(FIRST_SEGMENT));

        int confirmed = publishOneByOneUntilTheEnd();

        assertThat(confirmed).isEqualTo(nth - 2);
        assertThat(strace.failedCalls()).hasSize(1).first().asString().contains("fdatasync");
        assertThat(callsAfterTheFailedOne(strace)).noneMatch(call -> call.contains("fdatasync"));
        requireAllAfterTheNextStart(confirmed);
    }

    /** The room was claimed, so no write has a reason to fail but the disk. */
    @ParameterizedTest
    @ValueSource(ints = {2, 17})
    void aFailedWriteIntoClaimedRoomEndsTheProcessBeforeAnythingElseIsConfirmed(int nth) throws Exception {
        Strace strace =
                failing("pwrite64:error=EIO:when=" + nth, setup.logDirectory().resolve(FIRST_SEGMENT));

        int confirmed = publishOneByOneUntilTheEnd();

        assertThat(confirmed).isEqualTo(nth - 2);
        assertThat(strace.failedCalls()).hasSize(1);
        assertThat(callsAfterTheFailedOne(strace)).isEmpty();
        requireAllAfterTheNextStart(confirmed);
    }

    @Test
    void aFailedForceOfASegmentThatIsPreparedEndsTheProcess() throws Exception {
        Strace strace =
                failing("fdatasync:error=EIO:when=1", setup.logDirectory().resolve("next-00000001.prepared.tmp"));

        try (DaemonProcess daemon = DaemonProcess.start(setup)) {
            assertThat(daemon.awaitExit()).isEqualTo(ExitStatus.STORAGE_FAILED);
            assertThat(daemon.output())
                    .contains("the log's files cannot be kept")
                    .contains("check the disk");
        }
        assertThat(strace.failedCalls()).hasSize(1);
        requireAllAfterTheNextStart(0);
    }

    @Test
    void aFailedForceAtTheStartIsReportedAndDoesNoHarm() throws Exception {
        failing("fdatasync:error=EIO:when=1", setup.logDirectory().resolve(FIRST_SEGMENT + ".tmp"));

        DaemonProcess daemon = DaemonProcess.run(setup);

        assertThat(daemon.exitStatus()).isEqualTo(ExitStatus.STORAGE_FAILED);
        assertThat(daemon.output())
                .contains("storage failed")
                .contains("fsync of the file opened as " + FIRST_SEGMENT + ".tmp: Input/output error")
                .contains("check the disk")
                .doesNotContain("\tat ");
        requireAllAfterTheNextStart(0);
    }

    private Strace failing(String fault, Path file) {
        Strace strace = new Strace(directory.resolve("trace")).only(file).inject(fault);
        setup.under(strace.command());
        return strace;
    }

    /** @return how many a PONG has confirmed */
    private int publishOneByOneUntilTheEnd() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            int confirmed = 0;
            try (BlipClient client = daemon.connect()) {
                client.subscribe("demo", 1);
                while (true) {
                    client.publish("demo", text(confirmed), 1);
                    client.ping();
                    confirmed++;
                }
            } catch (IOException e) {
                assertThat(daemon.awaitExit()).isEqualTo(ExitStatus.STORAGE_FAILED);
            }
            assertThat(daemon.output())
                    .contains(
                            "the log's storage failed: nothing is confirmed any more; check the disk, then start again")
                    .contains("segment " + FIRST_SEGMENT)
                    .contains("Input/output error");
            return confirmed;
        }
    }

    private static byte[] text(int number) {
        return WireClient.bytes("message " + number);
    }

    private static List<String> callsAfterTheFailedOne(Strace strace) throws IOException {
        List<String> calls = strace.calls();
        int failed = IntStream.range(0, calls.size())
                .filter(i -> calls.get(i).contains("(INJECTED)"))
                .findFirst()
                .orElseThrow();
        return calls.subList(failed + 1, calls.size()).stream()
                .filter(call -> call.contains("("))
                .toList();
    }

    /** What was not confirmed may be there, too, behind the rest. */
    private void requireAllAfterTheNextStart(int confirmed) throws Exception {
        setup.under(List.of());
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect()) {
            List<String> found = new ArrayList<>();
            for (Delivery delivery : client.poll(client.subscribe("demo", 1), 1000)) {
                found.add(delivery.text());
            }
            List<String> sent = IntStream.rangeClosed(0, confirmed)
                    .mapToObj(number -> "message " + number)
                    .toList();
            assertThat(found.size()).isBetween(confirmed, confirmed + 1);
            assertThat(found).isEqualTo(sent.subList(0, found.size()));
        }
    }
}
