package io.blipmq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.simulation.PlantedBug;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link PlantedBugTest}, for what can go wrong only where several nodes keep a log together. */
@Timeout(600)
class ReplicatedPlantedBugTest {
    private static final Path BROKER = Path.of("src/main/java");
    private static final int RUNS_MAX = 1_000;

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void isFoundOut(String what, PlantedBug bug) throws IOException {
        String found = bug.findOut(ReplicatedTrial.class, RUNS_MAX);
        System.out.println("planted: " + what + ": " + found);
        assertThat(found).as("what was noticed").isNotNull();
    }

    static Stream<Object[]> bugs() {
        return Stream.of(
                        bug(
                                "a publish is answered when it is appended",
                                "client.lastSequence(sequence); } counters.increment(BrokerMetric.PUBLISHED);",
                                "} counters.increment(BrokerMetric.PUBLISHED);"),
                        bug(
                                "a node that does not lead ticks",
                                "if (refusals.isLeading()) { core.housekeeping.onTick(); }",
                                "core.housekeeping.onTick();"),
                        bug(
                                "a snapshot holds acknowledgements that are not committed",
                                "for (Delivery delivery : subscription.unsettled().values()) {"
                                        + " if (delivery.isRedriven()) {",
                                "for (Delivery delivery : subscription.unsettled().values()) {"
                                        + " if (delivery.is(Delivery.State.SETTLING)) { continue; }"
                                        + " if (delivery.isRedriven()) {"),
                        bug(
                                "what was appended and lost is kept",
                                "BrokerState old = core.state; replace(emptyState()); core.state.rebuild(old);"
                                        + " core.listen();",
                                "refusals.leading(false);"),
                        bug(
                                "a snapshot holds subscriptions that are not committed",
                                "byId.put(id, made); topic.storing()",
                                "byId.put(id, made); ordered.put(id, made); topic.storing()"),
                        bug("a rebuilt state has no positions", "log.takeOver(replaced);", ""),
                        bug("a rebuilt state has no places of scheduled messages", "recent = replaced.recent;", ""),
                        bug(
                                "positions of what is delivered and not settled are forgotten",
                                "keepsForRebuild ? Math.min(sequence, messages.findableThrough() + 1) : sequence;",
                                "sequence;"),
                        bug(
                                "a node goes by its own settings",
                                "settings = agreed; agreedSettings = true;",
                                "agreedSettings = true;"),
                        bug(
                                "a node that ceases to lead forgets publish ids",
                                "CheckpointCapture.writePublishId(id, out);",
                                ""),
                        bug(
                                "a node that does not lead remembers no publish ids",
                                "publishIds.remember(new PublishId(key, sequence, message.publishedMillis()), settings);",
                                "if (!following) { publishIds.remember(new PublishId(key, sequence,"
                                        + " message.publishedMillis()), settings); }"),
                        bug(
                                "a message that was lost with its leader counts as stored",
                                "private final Map<PublishId, PublishId> appended = new HashMap<>();",
                                "private static final Map<PublishId, PublishId> appended = new HashMap<>();"),
                        bug(
                                "a new leader's time goes back behind what is stored",
                                "startMillis = Math.max(clockMillis, newestMillis);",
                                "startMillis = clockMillis;"),
                        bug(
                                "a new leader does not deliver what was taken out of the order before",
                                "subscription.unsettled().allDue();",
                                ""))
                .map(bug -> new Object[] {bug.what(), bug});
    }

    private static PlantedBug bug(String what, String right, String wrong) {
        return new PlantedBug(what, BROKER, right, wrong);
    }
}
