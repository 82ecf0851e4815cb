package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.repair.SalvageTrial;
import io.blipmq.wal.storage.DurabilityScript;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.StorageContract;
import io.blipmq.wal.storage.TracedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The runs of {@link CrashTest}, {@link CrashPointsTest}, {@link HandOverTest}, {@link MatchTest} and {@link StorageContract} are worth what
 * they notice: each of these bugs, planted in the log's source, has to be found out. A bug that survives fails the build,
 * and so does one whose place in the source is not found any more: plant it where its code has gone.
 */
@Timeout(600)
class PlantedBugTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final int RUNS_MAX = 1_500;

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void isFoundOutByRandomRuns(String what, PlantedBug bug) throws IOException {
        expectFound(what, bug.findOut(CrashTrial.class, RUNS_MAX));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rareBugs")
    void isFoundOutAtCrashPoints(String what, PlantedBug bug) throws IOException {
        expectFound(what, bug.findOut(CrashPointsTrial.class, Workload.values().length));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("handOverBugs")
    void isFoundOutInSomeOrderOfTheThreads(HandOver handOver, PlantedBug bug) throws IOException {
        expectFound(bug.what(), bug.interleaved(HandOverTrial.class).apply(handOver.ordinal() + 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugsOfTheRealDisk")
    void isFoundOutAtTheSystemCall(String what, PlantedBug bug, @TempDir Path directory) throws Exception {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        bug.compileTo(classes);
        TracedStorage traced = TracedStorage.run(directory, List.of(classes));
        List<String> found = new ArrayList<>();
        for (DurabilityScript script : DurabilityScript.values()) {
            SimulatedStorage disk = traced.disk(script);
            disk.losePower(0);
            if (!DurabilityScript.contents(disk).equals(script.onDisk())) {
                found.add(script.name());
            }
        }
        expectFound(what, found.isEmpty() ? null : found.toString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("salvageBugs")
    void isFoundOutByRandomDamage(String what, PlantedBug bug) throws IOException {
        expectFound(what, bug.findOut(SalvageTrial.class, RUNS_MAX));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matchBugs")
    void isFoundOutByRandomSearches(String what, PlantedBug bug) throws IOException {
        expectFound(what, bug.findOut(MatchTrial.class, RUNS_MAX));
    }

    private static void expectFound(String what, String found) {
        System.out.println("planted: " + what + ": " + found);
        assertThat(found).as("what was noticed").isNotNull();
    }

    /** Those that only a crash between two neighbouring calls shows. */
    static Stream<Object[]> rareBugs() {
        return Stream.of(
                        bug(
                                "the directory is not forced when a segment gets its name",
                                "storage.rename(preparedName, nextHeader.name()); storage.syncDirectory();",
                                "storage.rename(preparedName, nextHeader.name());"),
                        bug(
                                "the seal is written before what it seals is forced",
                                "writer.force(); onForced(); addToRun(frame);",
                                "addToRun(frame);"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    /** Those that only show when two threads change places at the wrong moment. */
    static Stream<Object[]> handOverBugs() {
        return Stream.of(
                new Object[] {
                    HandOver.COMMIT,
                    bug(
                            "frames are handed over before their force is asked for",
                            "if (forceThrough > forceRequested) { forceRequested = forceThrough; }"
                                    + " submitted = filled;",
                            "submitted = filled;"
                                    + " if (forceThrough > forceRequested) { forceRequested = forceThrough; }")
                },
                new Object[] {
                    HandOver.COMMIT,
                    bug(
                            "records are handed back before their number is",
                            "storedSequence = sequence; stored = frames;",
                            "stored = frames; storedSequence = sequence;")
                },
                new Object[] {
                    HandOver.CHECKPOINT,
                    bug(
                            "a checkpoint is handed over after its signal",
                            "request = newRequest; wakeup.wake();",
                            "wakeup.wake(); request = newRequest;")
                },
                new Object[] {
                    HandOver.CHECKPOINT,
                    bug(
                            "a checkpoint asks for its force after its signal",
                            "durable.requestForce(request.sequence()); logWaker.wake();",
                            "logWaker.wake(); durable.requestForce(request.sequence());")
                },
                new Object[] {
                    HandOver.COMPACTION,
                    bug(
                            "segments leave the catalog before the list without them is published",
                            "inventory.replace(before, compaction.left());"
                                    + " for (ClosedSegment segment : compaction.superfluous()) {"
                                    + " catalog.remove(segment.header()); doomed.add(segment); }",
                            "for (ClosedSegment segment : compaction.superfluous()) {"
                                    + " catalog.remove(segment.header()); doomed.add(segment); }"
                                    + " inventory.replace(before, compaction.left());")
                },
                new Object[] {
                    HandOver.COMPACTION,
                    bug(
                            "new segments join the catalog after the list with them is published",
                            "compaction.written().forEach(segment -> catalog.add(segment.header()));"
                                    + " inventory.replace(before, compaction.left());",
                            "inventory.replace(before, compaction.left());"
                                    + " compaction.written().forEach(segment -> catalog.add(segment.header()));")
                },
                new Object[] {
                    HandOver.FORCE_REQUEST,
                    bug(
                            "what is wanted is looked at before what is forced is published",
                            "forcedSequence = sequence; if (requestedSequence > before) {",
                            "boolean wanted = requestedSequence > before; forcedSequence = sequence; if (wanted) {")
                },
                new Object[] {
                    HandOver.SIGNAL,
                    bug(
                            "a signal looks for a waiter before it is raised",
                            "raised = true; Thread thread = waiter;",
                            "Thread thread = waiter; raised = true;")
                });
    }

    /** Those that the simulated disk cannot have. */
    static Stream<Object[]> bugsOfTheRealDisk() {
        return Stream.of(
                        bug("forcing a directory does nothing", "channel.force(true);", ""),
                        bug("forcing a file does nothing", "channel.force(false);", "channel.size();"),
                        bug(
                                "a short write is not continued",
                                "while (source.hasRemaining()) { at +=",
                                "if (source.hasRemaining()) { at +="),
                        bug(
                                "a file that is kept gets no durable name",
                                "Files.createLink(directory.resolve(copy), directory.resolve(name)); syncDirectory();",
                                "Files.createLink(directory.resolve(copy), directory.resolve(name));"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    /** Those of the readers that look past damage. */
    static Stream<Object[]> salvageBugs() {
        return Stream.of(bug(
                        "what a reader says of a frame changes when its window moves",
                        "int start = load(at, bytes); if (bytes == Long.BYTES) {",
                        "int start = load(at, bytes); if (start == 0) { copyHeader(frameAt, window.buffer(), 0); }"
                                + " if (bytes == Long.BYTES) {"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    /** Those of searches with a matcher. */
    static Stream<Object[]> matchBugs() {
        return Stream.of(
                        bug(
                                "a matcher is shown a hidden key",
                                "return !index.isHidden() && matcher.matches(index.key());",
                                "return matcher.matches(index.key());"),
                        bug(
                                "what matches in a segment is taken to match in the one that compaction made of it",
                                "new Pair(index.segment().ordinal(), matcher)",
                                "new Pair((int) index.segment().first(), matcher)"),
                        bug(
                                "a search begins at the start of its first segment",
                                "int entry = index.lowerBound(from); if (",
                                "int entry = 0; if ("),
                        bug(
                                "a search that ends early says that it has been through its segment",
                                "if (isFull() || recordSteps <= 0) {",
                                "if (recordSteps <= 0) { searchedThrough(index.segment().last()); }"
                                        + " if (isFull() || recordSteps <= 0) {"),
                        bug(
                                "a key that has not been looked at yet does not match",
                                "if (!isKnown(slot)) { return isMatch(index, slot); }",
                                "if (!isKnown(slot)) { return tooMany && isMatch(index, slot); }"),
                        bug(
                                "the first keys that matched are forgotten when there are too many for a list",
                                "for (int index = 0; index < fewCount; index++) { set(few[index]); }",
                                ""),
                        bug(
                                "the last key of those with the prefix is left out",
                                "this.end = index.endSlot(matcher.prefix());",
                                "this.end = index.endSlot(matcher.prefix()) - 1;"),
                        bug(
                                "a list's turn in the merge is the one of its key",
                                "return firstSequences[list] < firstSequences[other];",
                                "return list < other;"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    static Stream<Object[]> bugs() {
        return Stream.of(
                        bug(
                                "a batch is confirmed without its force",
                                "writer.force(); onForced(); return 1;",
                                "onForced(); return 1;"),
                        bug(
                                "a batch is confirmed before its force",
                                "if (!schedule.storedMeansForced()) { publish(); }",
                                "publish();"),
                        bug(
                                "the core's thread writes on while a force is due",
                                "if (schedule.isDue(nowNanos)) { return true; // more",
                                "if (failure != null) { return true; // more"),
                        bug(
                                "a failed force is tried again",
                                "metrics.timeForce(file);",
                                "try { metrics.timeForce(file); } catch (IOException e) { metrics.timeForce(file); }"),
                        bug(
                                "the log goes on after a failed write or force",
                                "failure = new StorageFailedException(\"the log cannot be written: segment \""
                                        + " + writer.name() + \": \" + e.getMessage(), e); throw failure;",
                                "return 0;"),
                        bug(
                                "a segment is closed without its force",
                                "file.truncate(usedBytes); force();",
                                "file.truncate(usedBytes);"),
                        bug(
                                "an idle marker claims what is written instead of what is forced",
                                "writer.complete(frame, durable.forcedSequence());",
                                "writer.complete(frame, frame.kind == FrameLayout.KIND_MARKER"
                                        + " ? writtenSequence : durable.forcedSequence());"),
                        bug(
                                "an index gets its name before it is forced",
                                "index.write(file, segment); file.force();",
                                "index.write(file, segment);"),
                        bug(
                                "a segment gets its name before its header is forced",
                                "next.force(); storage.rename(preparedName, nextHeader.name());",
                                "storage.rename(preparedName, nextHeader.name());"),
                        bug(
                                "the durable mark runs ahead of the force",
                                "writer.complete(frame, durable.forcedSequence());",
                                "writer.complete(frame, writtenSequence);"),
                        bug(
                                "damage below the durable mark is cut as if it were a torn tail",
                                "if (survey.last() < survey.durable()) {",
                                "if (survey.last() < 0) {"),
                        bug(
                                "the marks behind damage are not looked at",
                                "highestMark = Math.max(highestMark, reader.mark());",
                                ""),
                        bug(
                                "valid frames behind damage are cut off although the machine has not rebooted",
                                "if (survey.validBehindBad() && reader.header().writtenInBoot(boot)) {",
                                "if (survey.validBehindBad() && boot == null) {"),
                        bug(
                                "the rest of a frame, the first records of which a checkpoint stands for, is rewritten",
                                "if (newest) { reader.replayDurable(durable, this::onRecord); }",
                                "if (newest) { reader.replay(durable, this::onRecord); }"),
                        bug(
                                "an epoch's number is used again",
                                "int number = newest.number() + 1;",
                                "int number = newest.number();"),
                        bug(
                                "numbering goes on without a gap after an unclean end",
                                "survey.highestSeen() + Epoch.UNCLEAN_GAP",
                                "survey.highestSeen() + 1"),
                        bug(
                                "survivors count as durable where they are and are not rewritten",
                                "new Epoch(number, cut, newest.next(cut), survey.last(), resume)",
                                "Epoch.withoutSurvivors(number, survey.last(), resume)"),
                        bug(
                                "an epoch begins before its survivors are forced",
                                "file.force(); storage.rename(temporary, header.name());",
                                "storage.rename(temporary, header.name());"),
                        bug(
                                "an epoch begins before its name is forced",
                                "storage.rename(temporary, header.name()); storage.syncDirectory();",
                                "storage.rename(temporary, header.name());"),
                        bug(
                                "a checkpoint gets its name before it is forced",
                                "if (written - forced >= limits.forceBytes() || written == bytes) { file.force(); forced = written; }",
                                ""),
                        bug(
                                "a checkpoint's name is not forced",
                                "storage.rename(TEMPORARY, SegmentNames.CHECKPOINT); storage.syncDirectory();",
                                "storage.rename(TEMPORARY, SegmentNames.CHECKPOINT);"),
                        bug(
                                "a checkpoint does not wait for the force of what it stands for",
                                "if (durable.forcedSequence() < request.sequence()) { return false; }",
                                ""),
                        bug(
                                "segments are deleted before the checkpoint without them has its name",
                                "private void publish() throws IOException { file.publish();",
                                "private void publish() throws IOException {"
                                        + " for (ClosedSegment segment : compaction.superfluous()) { storage.delete(segment.name()); }"
                                        + " file.publish();"),
                        bug(
                                "a checkpoint forgets a segment",
                                "compaction.left().forEach(segment -> listed.add(Checkpoint.Listed.of(segment)));",
                                "compaction.left().stream().skip(1).forEach("
                                        + "segment -> listed.add(Checkpoint.Listed.of(segment)));"),
                        bug(
                                "compaction drops a live record",
                                "if (key.isLive(index.sequence())) {",
                                "if (key.isLive(index.sequence()) && index.sequence() % 16 != 8) {"),
                        bug(
                                "a compacted segment gets its name before it is forced",
                                "flush(); file.force(); file.close();",
                                "flush(); file.close();"),
                        bug(
                                "a damaged record is given out when it is read back",
                                "if (frame < 0 || !checksum.frameMatches(window.buffer(), frame, at)) {",
                                "if (frame < 0) {"))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    private static PlantedBug bug(String what, String right, String wrong) {
        return new PlantedBug(what, SOURCES, right, wrong);
    }
}
