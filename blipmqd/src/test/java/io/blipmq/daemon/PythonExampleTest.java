package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client in another language, {@code examples/blip.py}, against a real daemon that is killed and comes back. */
@Timeout(300)
class PythonExampleTest {
    private static final int MESSAGES = 2_000;
    private static final Path SCRIPT =
            Path.of("../examples/blip.py").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private DaemonProcess daemon;

    @BeforeEach
    void needsPython() throws InterruptedException {
        boolean there = hasPython();
        if (!there) {
            System.out.println("SKIPPED: the Python example is not tested here: there is no python3 on the PATH");
        }
        assumeThat(there).isTrue();
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("python3", "--version").start();
            return probe.waitFor(30, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void publishesSubscribesSettlesAndReconnects() throws Exception {
        DaemonSetup setup = DaemonSetup.in(directory);
        daemon = DaemonProcess.startReady(setup);
        setup.with("port", daemon.brokerAddress().port());

        Process subscriber = start("sub", "readings", "python");
        ProcessOutput received = new ProcessOutput("python-stdout", subscriber.getInputStream());
        new ProcessOutput("python-stderr", subscriber.getErrorStream())
                .await("attached", line -> line.contains("attached"));
        Process publisher = start("pub", "readings");
        publish(publisher, 0, MESSAGES / 2);
        received.await("the first half", line -> line.equals("reading " + (MESSAGES / 2 - 1)));

        daemon.kill9();
        daemon = DaemonProcess.startReady(setup);
        publish(publisher, MESSAGES / 2, MESSAGES);
        publisher.getOutputStream().close();

        received.await("the second half", line -> line.equals("reading " + (MESSAGES - 1)));
        assertThat(publisher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(publisher.exitValue()).isZero();
        List<String> distinct = received.text().lines().distinct().toList();
        assertThat(distinct).isEqualTo(readings(0, MESSAGES));
        awaitAllSettled();
    }

    @Test
    void workersOfAGroupShareATopic() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
        ProcessOutput first = startWorker("first");
        ProcessOutput second = startWorker("second");
        Process publisher = start("pub", "readings");
        publish(publisher, 0, MESSAGES);
        publisher.getOutputStream().close();
        assertThat(publisher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        awaitAllSettled();
        while (lines(first).size() + lines(second).size() < MESSAGES) {
            Thread.onSpinWait(); // ended by the test's time limit
        }
        assertThat(lines(first)).isNotEmpty();
        assertThat(lines(second)).isNotEmpty();
        List<String> all = new ArrayList<>(lines(first));
        all.addAll(lines(second));
        assertThat(all).containsExactlyInAnyOrderElementsOf(readings(0, MESSAGES));
    }

    private ProcessOutput startWorker(String name) throws Exception {
        Process worker = start("work", "readings", "workers");
        ProcessOutput received = new ProcessOutput(name + "-stdout", worker.getInputStream());
        new ProcessOutput(name + "-stderr", worker.getErrorStream())
                .await("attached", line -> line.contains("attached"));
        return received;
    }

    private static List<String> lines(ProcessOutput output) {
        return output.text().lines().toList();
    }

    @Test
    void repliesToRequestsAndSaysWhenNobodyIsThere() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
        Process lonely = start("request", "upper", "hello");
        ProcessOutput errors = new ProcessOutput("python-stderr", lonely.getErrorStream());
        assertThat(lonely.waitFor(60, TimeUnit.SECONDS)).isTrue();
        errors.awaitEnd();
        assertThat(lonely.exitValue()).isEqualTo(1);
        assertThat(errors.text()).contains("nobody is there to reply");

        Process replier = start("reply", "upper", "repliers", "tr a-z A-Z");
        new ProcessOutput("replier-stderr", replier.getErrorStream())
                .await("attached", line -> line.contains("attached"));
        Process requester = start("request", "upper", "hello");
        ProcessOutput reply = new ProcessOutput("python-stdout", requester.getInputStream());
        assertThat(requester.waitFor(60, TimeUnit.SECONDS)).isTrue();
        reply.awaitEnd();
        assertThat(reply.text()).isEqualTo("HELLO");
    }

    private void awaitAllSettled() throws IOException, InterruptedException {
        while (daemon.scrape().value("messages_inflight") > 0) {
            Thread.onSpinWait(); // ended by the test's time limit
        }
    }

    @Test
    void saysWhyItWasRefused() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
        Process publisher = start("pub", "$reserved", "hello");
        ProcessOutput errors = new ProcessOutput("python-stderr", publisher.getErrorStream());
        assertThat(publisher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        errors.awaitEnd();
        assertThat(publisher.exitValue()).isEqualTo(1);
        assertThat(errors.text()).contains("blip.py: 40").contains("$");
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("BLIPMQ_URL", daemon.brokerAddress().toString());
        builder.environment().put("BLIPMQ_KEY", DaemonSetup.KEY);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static void publish(Process publisher, int from, int to) throws IOException {
        String lines = readings(from, to).stream().collect(Collectors.joining("\n", "", "\n"));
        OutputStream input = publisher.getOutputStream();
        input.write(lines.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    private static List<String> readings(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "reading " + number).toList();
    }
}
