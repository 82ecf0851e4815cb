package io.blipmq.wal.repair;

import static io.blipmq.wal.engine.WalFixture.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.SequenceRange;
import io.blipmq.wal.simulation.SmallLimits;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A log that is written, damaged and salvaged at random, and what has to hold then. Owned by its one thread; the seed decides
 * everything.
 */
final class SalvageRun {
    private static final int AFTER = -1;

    private final Random random;
    private final SimulatedStorage storage;
    private final WalFixture log;
    private final List<String> texts = new ArrayList<>();

    SalvageRun(long seed) {
        random = new Random(seed);
        storage = new SimulatedStorage(seed);
        log = new WalFixture(storage, options());
    }

    private WalOptions options() {
        return WalFixture.keyedOptions()
                .withMemory(512 << random.nextInt(5), 64 * 1024, 16 * 1024)
                .withLimits(SmallLimits.draw(random));
    }

    void run() throws IOException {
        write();
        for (int damage = random.nextInt(4); damage >= 0; damage--) {
            damage();
        }
        try {
            expectAStartToNameWhatASurveyFinds();
            log.with(options -> options.withSalvage(true)).open();
        } catch (WalCorruptionException e) {
            assertThat(e).as("a bit of the version").hasMessageContaining("newer release");
            return;
        }
        String what = log.wal().salvage().damages() + " restored " + log.restored();
        List<Integer> salvaged = replayed();
        assertThat(salvaged).as(what).doesNotHaveDuplicates().isSorted();
        assertThat(log.replayedTexts()).allMatch(texts::contains);
        String restored = log.restored();
        List<SequenceRange> lost = List.copyOf(log.lost());

        log.store("after");
        end();
        log.with(options -> options.withSalvage(false)).open();
        salvaged.add(AFTER);
        assertThat(replayed()).as(what).isEqualTo(salvaged);
        assertThat(log.restored()).as(what).isEqualTo(restored);
        assertThat(log.lost()).isEqualTo(lost);
        log.stop();
        assertThat(LogSurvey.of(storage, log.options().limits(), LogContent.ANY)
                        .report()
                        .damages())
                .isEmpty();
    }

    /** A strict start is refused for the first damage that it comes to; which records are lost, both say alike. */
    private void expectAStartToNameWhatASurveyFinds() throws IOException {
        try {
            new WalFixture(storage.copy(), log.options()).open();
        } catch (WalCorruptionException refused) {
            if (refused.firstSequence() != WalCorruptionException.UNKNOWN) {
                assertThat(LogSurvey.of(storage, log.options().limits(), LogContent.ANY)
                                .report()
                                .damages())
                        .as(refused.getMessage())
                        .anyMatch(damage -> damage.file().equals(refused.file())
                                && damage.firstSequence() == refused.firstSequence()
                                && damage.lastSequence() == refused.lastSequence());
            }
        }
    }

    /** The texts' numbers. */
    private List<Integer> replayed() {
        List<Integer> numbers = new ArrayList<>();
        for (String text : log.replayedTexts()) {
            numbers.add(
                    text.equals("after") ? AFTER : Integer.parseInt(text.strip().substring(1)));
        }
        return numbers;
    }

    private void write() throws IOException {
        for (int life = random.nextInt(4); life >= 0; life--) {
            log.with(random.nextBoolean() ? ForcePolicy.ALWAYS : ForcePolicy.NONE)
                    .open();
            boolean together = random.nextBoolean();
            for (int record = random.nextInt(120); record > 0; record--) {
                String text = "t" + texts.size() + " ".repeat(random.nextInt(600));
                texts.add(text);
                if (together && random.nextInt(4) > 0) {
                    log.append(text);
                } else {
                    log.store(text);
                }
            }
            if (random.nextInt(3) == 0) {
                int ofSo = 1 + random.nextInt(10);
                LiveRecords one = live(sequence -> sequence % ofSo == 0);
                log.checkpoint("state", one);
                log.checkpoint("state", one);
            }
            end();
        }
    }

    private void end() throws IOException {
        if (random.nextBoolean()) {
            log.stop();
        } else {
            storage.killProcess();
        }
    }

    private void damage() {
        List<String> names = storage.list().stream()
                .filter(name -> !SegmentNames.isPrepared(name) && !name.equals(SegmentNames.LOCK))
                .sorted()
                .toList();
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        byte[] content = storage.content(name);
        if (content.length == 0) {
            return;
        }
        int at = random.nextInt(content.length);
        switch (random.nextInt(5)) {
            case 0 -> storage.lose(name);
            case 1 -> {
                storage.lose(name);
                storage.plant(name, Arrays.copyOf(content, at));
            }
            case 2 -> storage.overwrite(name, at, new byte[1 + random.nextInt(Math.min(3000, content.length - at))]);
            case 3 -> storage.flipBit(name, random.nextInt(Math.min(content.length, 120)));
            default -> storage.flipBit(name, at);
        }
    }
}
