package io.blipmq.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the daemon's launcher in a checkout, with a program in Maven's place that notes how it is called. */
class CheckoutTest {
    private static final String BUILDING = "blipmqd: building (on first use and after changes) ...\n";

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private Place place;
    private Path builds;
    private Path source;

    @BeforeAll
    static void compileTheProbe() throws IOException {
        Place.writeProbe(shared.resolve("probe.jar"));
    }

    @BeforeEach
    void checkOut() throws IOException {
        place = Place.copyOfLaunchers(directory);
        builds = directory.resolve("builds");
        source = place.home.resolve("blipmq-wal/src/main/java/Log.java");
        Files.createDirectories(source.getParent());
        Files.createDirectories(place.home.resolve("blipmqd"));
        Files.writeString(source, "");
        Files.writeString(place.home.resolve("pom.xml"), "");
        Place.script(place.home.resolve("bin/make-cds"), "exit 1\n");
        mavenDoes("");
    }

    @Test
    void theFirstStartBuildsAndTheNextDoesNot() throws Exception {
        var first = place.run(place.blipmqd(), "exit", "3");
        var second = place.run(place.blipmqd(), "exit", "4");

        assertThat(first.status()).isEqualTo(3);
        assertThat(first.err()).isEqualTo(BUILDING);
        assertThat(second.status()).isEqualTo(4);
        assertThat(second.err()).isEmpty();
        assertThat(builds()).hasSize(1).allMatch(line -> line.contains("--offline") && line.contains("-DskipTests"));
    }

    @Test
    void aChangedSourceIsBuilt() throws Exception {
        place.run(place.blipmqd());
        Files.writeString(source, "changed");

        assertThat(place.run(place.blipmqd()).err()).isEqualTo(BUILDING);
    }

    @Test
    void aRemovedSourceIsBuilt() throws Exception {
        place.run(place.blipmqd());
        Files.delete(source);

        assertThat(place.run(place.blipmqd()).err()).isEqualTo(BUILDING);
    }

    @Test
    void aSourceThatChangesDuringTheBuildIsBuiltAgain() throws Exception {
        mavenDoes("touch -t 203701010000 '" + source + "'");
        place.run(place.blipmqd());

        assertThat(place.run(place.blipmqd()).err()).isEqualTo(BUILDING);
    }

    @Test
    void aTestIsNoReasonToBuild() throws Exception {
        place.run(place.blipmqd());
        Path test = place.home.resolve("blipmq-wal/src/test/java/LogTest.java");
        Files.createDirectories(test.getParent());
        Files.writeString(test, "");

        assertThat(place.run(place.blipmqd()).err()).isEmpty();
    }

    @Test
    void aFailedBuildShowsItsOutputAndStartsNothing() throws Exception {
        place.run(place.blipmqd());
        Files.writeString(source, "broken");
        mavenDoes("echo 'Log.java: does not compile'; exit 1");

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("Log.java: does not compile").contains("blipmqd: the build failed");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void whatIsMissingIsDownloaded() throws Exception {
        mavenDoes("case \"$*\" in *--offline*) echo 'Cannot access central in offline mode'; exit 1 ;; esac");

        assertThat(place.run(place.blipmqd()).status()).isZero();
        assertThat(builds()).hasSize(2).last().asString().doesNotContain("--offline");
    }

    @Test
    void withoutMavenTheStartSaysWhatToInstall() throws Exception {
        Path tools = Place.only(
                directory.resolve("no maven"), "sh", "dirname", "readlink", "find", "head", "mkdir", "flock");
        place.set("PATH", tools.toString());

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).startsWith("blipmqd: Maven 3.8.6 or newer builds BlipMQ: install it");
    }

    @Test
    void twoFirstStartsBuildOnce() throws Exception {
        Path gate = directory.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        mavenDoes("read -r line <'" + gate + "'");
        Process first = place.start(place.blipmqd(), "exit", "5");
        assertThat(first.errorReader().readLine() + "\n").isEqualTo(BUILDING);
        Process second = place.start(place.blipmqd(), "exit", "6");
        BufferedReader secondErr = second.errorReader();
        assertThat(secondErr.readLine()).isEqualTo("blipmqd: waiting for another start that is building");

        Files.writeString(gate, "go\n");

        assertThat(first.waitFor()).isEqualTo(5);
        assertThat(second.waitFor()).isEqualTo(6);
        assertThat(builds()).hasSize(1);
    }

    /** A build that first does that, then makes what the real one makes. */
    private void mavenDoes(String commands) throws IOException {
        Path bin = directory.resolve("tools");
        Place.script(bin.resolve("mvn"), """
                echo "$*" >>'%s'
                %s
                rm -rf blipmqd/target/dist
                mkdir -p blipmqd/target/dist/lib
                cp '%s' blipmqd/target/dist/lib
                echo BUILD SUCCESS
                """.formatted(builds, commands, shared.resolve("probe.jar")));
        place.set("PATH", bin + ":" + System.getenv("PATH"));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(builds);
    }
}
