package io.blipmq.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first minute ends a daemon with -9: its own, and no other of the host. */
class ReadmeTest {
    private static final Path PGREP = Path.of("/usr/bin/pgrep");
    private static final Pattern KILL = Pattern.compile("\\$ pkill -9 -f '([^']+)'");
    private static final Pattern RUN = Pattern.compile("\\$ bin/blipmqd (--config \\S+) &");

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private Place place;
    private String readme;

    @BeforeEach
    void needsPgrep() {
        boolean there = Files.isExecutable(PGREP);
        if (!there) {
            System.out.println("SKIPPED: the README's kill is not tested here: there is no " + PGREP);
        }
        assumeThat(there).isTrue();
    }

    @BeforeEach
    void unpack() throws IOException {
        place = Place.copyOfLaunchers(directory);
        Files.createDirectories(place.home.resolve("lib"));
        Place.writeProbe(place.home.resolve("lib/probe.jar"));
        readme = Files.readString(Place.CHECKOUT.resolve("README.md"));
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void theFirstMinuteKillsItsOwnDaemonOnly() throws Exception {
        Process own = started(found(RUN).split(" "));
        Process other = started("--config", "/etc/blipmq.toml");
        Process check = started("check-config", "--config", "config/blipmq-dev.toml");

        List<Long> matched = matches(found(KILL));

        assertThat(matched).contains(own.pid()).doesNotContain(other.pid(), check.pid());
    }

    private String found(Pattern pattern) {
        Matcher matcher = pattern.matcher(readme);
        assertThat(matcher.find()).as("the README has %s", pattern).isTrue();
        return matcher.group(1);
    }

    /** A probe in the daemon's place that goes on until it is killed. */
    private Process started(String... arguments) throws IOException {
        place.set("BLIPMQ_JAVA_OPTS", "-Dprobe=wait");
        Process process = place.start(place.blipmqd(), arguments);
        processes.add(process);
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null && !line.equals("waiting")) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo("waiting");
        return process;
    }

    private static List<Long> matches(String pattern) throws IOException {
        Process pgrep = new ProcessBuilder(PGREP.toString(), "-f", pattern).start();
        return pgrep.inputReader().lines().map(Long::valueOf).toList();
    }
}
