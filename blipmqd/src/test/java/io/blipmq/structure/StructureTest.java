package io.blipmq.structure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks the compiled classes of every module against the arrows between modules and against what no class may do. */
class StructureTest {
    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("io.blipmq");

    /** A module, the modules it sees, and the libraries it sees beside java.* and slf4j. */
    private enum Module {
        CONFIG(List.of(), "com.fasterxml.jackson..", "org.yaml.snakeyaml.."),
        PROTOCOL(List.of()),
        WAL(List.of(), "org.HdrHistogram.."),
        BROKER(List.of(PROTOCOL, WAL), "org.agrona.."),
        NET(List.of(BROKER, PROTOCOL), "org.agrona..", "jdk.net.."),
        METRICS(
                List.of(BROKER, WAL),
                "org.HdrHistogram..",
                "com.fasterxml.jackson.core..",
                "com.sun.net.httpserver..",
                "com.sun.management.."),
        CLIENT(List.of(PROTOCOL)),
        CLI(List.of(CLIENT), "picocli..", "com.fasterxml.jackson.core..", "org.HdrHistogram.."),
        DAEMON(
                List.of(CONFIG, NET, METRICS, PROTOCOL, BROKER, WAL),
                "org.agrona..",
                "com.fasterxml.jackson.core..",
                "picocli..",
                "ch.qos.logback..",
                "sun.misc",
                "com.sun.management..");

        private final List<Module> sees;
        private final String[] libraries;

        Module(List<Module> sees, String... libraries) {
            this.sees = sees;
            this.libraries = libraries;
        }

        private String packages() {
            return "io.blipmq." + name().toLowerCase(Locale.ROOT) + "..";
        }

        private String[] allowed() {
            Stream<String> common = Stream.of(packages(), "java..", "org.slf4j..");
            Stream<String> modules = sees.stream().map(Module::packages);
            return Stream.of(common, modules, Arrays.stream(libraries))
                    .flatMap(names -> names)
                    .toArray(String[]::new);
        }
    }

    @Test
    void everyClassBelongsToAModule() {
        String[] packages = Arrays.stream(Module.values()).map(Module::packages).toArray(String[]::new);

        noClasses().should().resideOutsideOfPackages(packages).check(CLASSES);
    }

    @Test
    void everyPackageOfTheSourcesIsChecked() {
        Set<String> sources = SourceTree.MAIN.packages();

        assertThat(sources).isNotEmpty().allMatch(name -> CLASSES.containPackage(name));
    }

    @ParameterizedTest
    @EnumSource
    void aModuleSeesOnlyItsNeighbours(Module module) {
        noClasses()
                .that()
                .resideInAPackage(module.packages())
                .should()
                .dependOnClassesThat(outside(module.allowed()))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /** A package may depend on those below it only, so that it can be read, tested and moved without those above. */
    @Test
    void packagesDoNotDependOnEachOtherInACircle() {
        assertThat(new PackageCycles(CLASSES).find()).isEmpty();
    }

    /** What the log shows to other modules is in its first package; what it is made of is its own affair. */
    @Test
    void theLogIsSeenThroughItsFirstPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.blipmq.wal..", "io.blipmq.daemon..")
                .should()
                .dependOnClassesThat(inPackageBelow("io.blipmq.wal"))
                .check(CLASSES);
    }

    @Test
    void onlyTheDaemonOpensLogs() {
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.daemon..")
                .should()
                .dependOnClassesThat(inPackageBelow("io.blipmq.wal")
                        .and(JavaClass.Predicates.resideOutsideOfPackages(
                                "io.blipmq.wal.engine", "io.blipmq.wal.storage")))
                .check(CLASSES);
    }

    /** An entry is the form of a message in memory; what stands on a wire is no affair of the core. */
    @Test
    void theCoreSpeaksNoWire() {
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.blipmq.protocol", "io.blipmq.protocol.v2..")
                .check(CLASSES);
    }

    @Test
    void theEventLoopKnowsNoProtocol() {
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.net")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.blipmq.net.*..", "io.blipmq.protocol..")
                .because("a protocol is a guest of the event loop")
                .check(CLASSES);
    }

    @Test
    void aVersionOfTheProtocolKnowsNoOther() {
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.net.blip")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.blipmq.net.blip1", "io.blipmq.net.blip2")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.net.blip1")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.blipmq.net.blip2")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.blipmq.net.blip2")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.blipmq.net.blip1")
                .check(CLASSES);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .accessTargetWhere(calls("sleep", Thread.class, TimeUnit.class))
                .because("agents wait for events; a sleep is either too short or too long")
                .check(CLASSES);
    }

    @Test
    void nothingInterrupts() {
        noClasses()
                .should()
                .accessTargetWhere(calls("interrupt", Thread.class).or(calls("shutdownNow")))
                .because(
                        "an interrupt closes the file channel that its thread is using; threads are stopped by message")
                .check(CLASSES);
    }

    @Test
    void onlyMainExits() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.blipmq\\.(daemon|cli)\\.Main")
                .should()
                .accessTargetWhere(calls("exit", System.class, Runtime.class))
                .check(CLASSES);
    }

    @Test
    void onlyTheDaemonHalts() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.blipmq.daemon..")
                .should()
                .accessTargetWhere(calls("halt", Runtime.class))
                .check(CLASSES);
    }

    @Test
    void onlyProgramsPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.blipmq.daemon..", "io.blipmq.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessTargetWhere(calls("printStackTrace"))
                .check(CLASSES);
    }

    @Test
    void nothingUsesReflectionOrAnotherLogger() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..", "java.util.logging..")
                .orShould()
                .accessTargetWhere(calls("forName", Class.class))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> inPackageBelow(String name) {
        return JavaClass.Predicates.resideInAPackage(name + "..")
                .and(JavaClass.Predicates.resideOutsideOfPackage(name));
    }

    private static DescribedPredicate<JavaClass> outside(String... packages) {
        return JavaClass.Predicates.resideOutsideOfPackages(packages)
                .and(DescribedPredicate.describe(
                        "no primitive", type -> !type.getBaseComponentType().isPrimitive()));
    }

    /** Calls of, and references to, a method of that name: in these classes, or in any when none is given. */
    private static DescribedPredicate<JavaAccess<?>> calls(String method, Class<?>... owners) {
        return DescribedPredicate.describe(
                "calls " + method,
                access -> access.getTarget().getName().equals(method)
                        && (owners.length == 0
                                || Arrays.stream(owners).anyMatch(access.getTargetOwner()::isAssignableTo)));
    }
}
