package io.blipmq.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts the daemon's launcher in an unpacked distribution whose path has a space in it. */
class DistributionTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private Place place;

    @BeforeAll
    static void compileTheProbe() throws IOException {
        Place.writeProbe(shared.resolve("probe.jar"));
    }

    @BeforeEach
    void unpack() throws IOException {
        place = Place.copyOfLaunchers(directory);
        Files.createDirectories(place.home.resolve("lib"));
        Files.copy(shared.resolve("probe.jar"), place.home.resolve("lib/probe.jar"));
    }

    @Test
    void theCallersDirectoryAndArgumentsAreKept() throws Exception {
        var result = place.run(place.blipmqd(), "--config", "my file.toml", "", "*", "$HOME");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("directory " + place.caller().toRealPath() + "\n")
                .endsWith(
                        "argument <--config>\nargument <my file.toml>\nargument <>\nargument <*>\nargument <$HOME>\n");
    }

    @Test
    void argumentsOutsideAsciiSurviveALocaleWithoutThem() throws Exception {
        Path caller =
                Place.script(directory.resolve("caller"), "exec \"$1\" \"$(printf 'gr\\303\\266\\303\\237e')\"\n");

        assertThat(place.run(caller, place.blipmqd().toString()).out()).contains("argument <größe>");
    }

    @Test
    void symbolicLinksAreFollowed() throws Exception {
        Path absolute = Files.createSymbolicLink(directory.resolve("absolute"), place.blipmqd());
        Path links = Files.createDirectories(directory.resolve("links"));
        Path relative = Files.createSymbolicLink(links.resolve("relative"), Path.of("../absolute"));

        assertThat(place.run(absolute).status()).isZero();
        assertThat(place.run(relative).status()).isZero();
    }

    @Test
    void theLauncherIsFoundOnThePath() throws Exception {
        place.set("PATH", place.home.resolve("bin") + ":" + System.getenv("PATH"));

        assertThat(place.run(Path.of("/bin/sh"), "-c", "blipmqd").status()).isZero();
    }

    @Test
    void theExitStatusIsPassedOn() throws Exception {
        assertThat(place.run(place.blipmqd(), "exit", "42").status()).isEqualTo(42);
    }

    @Test
    void theJvmTakesTheLaunchersPlaceAndItsSignals() throws Exception {
        Process process = place.start(place.blipmqd(), "wait");
        BufferedReader out = process.inputReader();
        List<String> said = Stream.generate(() -> line(out))
                .takeWhile(line -> !line.equals("waiting"))
                .toList();

        process.toHandle().destroy();

        assertThat(said).contains("pid " + process.pid());
        assertThat(out.readLine()).isEqualTo("stopped");
        assertThat(process.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void optionsOfTheEnvironmentComeLast() throws Exception {
        place.set("BLIPMQ_JAVA_OPTS", "-Xmx64m -Dprobe=set -XX:+UseSerialGC");

        var result = place.run(place.blipmqd());

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("probe set\n").containsPattern("heap 6[0-4]\n");
    }

    /** The JVM refuses two collectors, a first heap above the largest, and contradictory ratios. */
    @ParameterizedTest
    @ValueSource(strings = {"BLIPMQ_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void whatTheEnvironmentChoosesReplacesTheLaunchersChoice(String variable) throws Exception {
        for (String chosen : List.of(
                "-XX:+UseParallelGC",
                "-Xms600m",
                "-Xmx12m",
                "-XX:MaxHeapSize=12m",
                "-XX:MaxRAMPercentage=5",
                "-XX:MinHeapFreeRatio=30",
                "-XX:TieredStopAtLevel=0",
                "-XX:MaxDirectMemorySize=20m")) {
            place.set(variable, "-Dprobe=set " + chosen);

            var result = place.run(place.blipmqd(), "exit", "0");

            assertThat(result.status()).as(chosen + ": " + result.err()).isZero();
            assertThat(result.out()).as(chosen).contains("probe set\n");
            if (chosen.contains("12m")) {
                assertThat(result.out()).as(chosen).containsPattern("heap 1[0-2]\n");
            }
        }
    }

    @Test
    void theDaemonsOptionsDoNotReachTheCommandLine() throws Exception {
        place.set("BLIPMQ_JAVA_OPTS", "-XX:+UseZGC -Dcom.sun.management.jmxremote.port=9999");
        place.set("JAVA_TOOL_OPTIONS", "-agentlib:jdwp=transport=dt_socket,server=y,address=5005");
        place.set("BLIPMQ_CLI_JAVA_OPTS", "-Xmx64m");

        String options = launch("jvm_options blipmq; echo $options $own_options tool ${JAVA_TOOL_OPTIONS-unset}");

        assertThat(options)
                .contains("-XX:+UseSerialGC")
                .endsWith(" -Xmx64m tool unset\n")
                .doesNotContain("ZGC", "jmxremote", "-Xmx256m");
    }

    /** A JVM puts the first files that it opens in the places of closed standard streams. */
    @Test
    void aClosedStandardStreamIsNothing() throws Exception {
        Path list = directory.resolve("descriptors");
        Path caller = Place.script(directory.resolve("caller"), "exec \"$1\" descriptors \"$2\" <&- >&- 2>&-\n");

        var result = place.run(caller, place.blipmqd().toString(), list.toString());

        assertThat(result.status()).isZero();
        assertThat(list).hasContent("/dev/null\n/dev/null\n/dev/null\n");
    }

    @Test
    void whatTheDaemonWritesIsNotForOthersToRead() throws Exception {
        Path file = directory.resolve("file");
        for (String mask : List.of("000", "022", "077")) {
            Path caller =
                    Place.script(directory.resolve("caller"), "umask " + mask + "; exec \"$1\" descriptors \"$2\"\n");

            assertThat(place.run(caller, place.blipmqd().toString(), file.toString())
                            .status())
                    .isZero();

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo(mask.equals("077") ? "rw-------" : "rw-r-----");
            Files.delete(file);
        }
    }

    /** The JVM's own part is what {@code MemoryBudgets} knows. */
    @ParameterizedTest
    @ValueSource(ints = {64, 80, 96, 128, 160, 192, 256, 384, 512, 700, 1023, 1024, 24_000})
    void heapDirectBuffersAndTheJvmFitTheMemoryThatThereIs(int limitMib) throws Exception {
        String options =
                launch("memory_limit_mib() { limit_mib=" + limitMib + "; }; jvm_options blipmqd; echo $options");

        int heapMib = number(options, "-Xmx(\\d+)m");
        int directMib = number(options, "-XX:MaxDirectMemorySize=(\\d+)m");
        int ownMib = Math.max(36, Math.min(limitMib, 1024) / (limitMib < 512 ? 4 : 5));
        assertThat(heapMib + directMib + ownMib).isLessThanOrEqualTo(limitMib);
        assertThat(heapMib).isGreaterThanOrEqualTo(15);
        assertThat(directMib).isGreaterThanOrEqualTo(13);
    }

    @Test
    void theMemoryThatThereIsIsThatOfTheTightestGroup() throws Exception {
        Path groups = directory.resolve("groups");
        Files.createDirectories(groups.resolve("outer/inner"));
        Files.writeString(groups.resolve("memory.max"), "max\n");
        Files.writeString(groups.resolve("outer/memory.max"), "134217728\n");
        Files.writeString(groups.resolve("outer/inner/memory.max"), "268435456\n");

        String limit = launch("limit_mib=1000; limits_above '" + groups + "' /outer/inner memory.max; echo $limit_mib");

        assertThat(limit).isEqualTo("128\n");
    }

    /** What the functions of the launchers do. */
    private String launch(String commands) throws Exception {
        var result =
                place.run(Path.of("/bin/sh"), "-c", "bin=$0; . \"$0/launch.sh\"; " + commands, place.home + "/bin");
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    private static int number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void javaIsFoundOnThePathWithoutAJavaHome() throws Exception {
        place.unset("JAVA_HOME");
        place.set("PATH", tools() + ":" + System.getProperty("java.home") + "/bin");

        assertThat(place.run(place.blipmqd()).status()).isZero();
    }

    @Test
    void blipmqJavaHomeGoesBeforeJavaHome() throws Exception {
        place.set("BLIPMQ_JAVA_HOME", System.getProperty("java.home"));
        place.set("JAVA_HOME", "/nowhere");

        assertThat(place.run(place.blipmqd()).status()).isZero();
    }

    @Test
    void aJavaHomeWithoutJavaIsNamed() throws Exception {
        place.set("JAVA_HOME", "/nowhere");

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("blipmqd: JAVA_HOME is /nowhere, but there is no program bin/java in it\n");
    }

    @Test
    void noJavaAtAllSaysWhatToInstall() throws Exception {
        place.unset("JAVA_HOME");
        place.set("PATH", tools().toString());

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).startsWith("blipmqd: no Java found: install Java 17 or newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_392", "11.0.21", "16"})
    void anOldJavaIsRefusedWithoutStartingIt(String version) throws Exception {
        Path java = Place.script(directory.resolve("old/bin/java"), "echo started\n");
        Files.writeString(directory.resolve("old/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        place.set("JAVA_HOME", directory.resolve("old").toString());

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo("blipmqd: " + java + " is Java " + version
                        + "; BlipMQ needs 17 or newer: set BLIPMQ_JAVA_HOME to one\n");
    }

    @Test
    void aJavaWithoutAReleaseFileIsAsked() throws Exception {
        String settings = "echo 'Property settings:' >&2; echo '    java.version = 11.0.1' >&2\n";
        Place.script(directory.resolve("bare/bin/java"), settings);
        place.set("JAVA_HOME", directory.resolve("bare").toString());

        assertThat(place.run(place.blipmqd()).err()).contains("is Java 11.0.1; BlipMQ needs 17 or newer");
    }

    @Test
    void anArchiveThatDoesNotFitIsPassedOver() throws Exception {
        String build = Runtime.version().toString();
        Path cds = Files.createDirectories(place.home.resolve("lib/cds"));
        for (String name :
                List.of(build, System.getProperty("java.runtime.version"), System.getProperty("java.version"))) {
            Files.writeString(cds.resolve("blipmqd-" + name + ".jsa"), "not an archive");
        }

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("pid ");
    }

    @Test
    void aStartWritesNothingIntoTheInstallation() throws Exception {
        String before = contents();

        place.run(place.blipmqd());

        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void missingJarsAreNamed() throws Exception {
        Files.delete(place.home.resolve("lib/probe.jar"));

        var result = place.run(place.blipmqd());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("blipmqd: there are no jars in " + place.home.toRealPath() + "/lib\n");
    }

    private Path tools() throws IOException {
        return Place.only(directory.resolve("tools"), "sh", "dirname", "readlink", "sed");
    }

    private String contents() throws IOException {
        try (Stream<Path> files = Files.walk(place.home)) {
            return files.sorted()
                    .map(file -> file + " " + file.toFile().lastModified())
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String line(BufferedReader reader) {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
