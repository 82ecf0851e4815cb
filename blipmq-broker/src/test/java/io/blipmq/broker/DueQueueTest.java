package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueQueueTest {
    private record Entry(long dueMillis, long sequence) {}

    private static final Comparator<Entry> ORDER =
            Comparator.comparingLong(Entry::dueMillis).thenComparingLong(Entry::sequence);

    private static List<Entry> takeAll(DueQueue queue) {
        List<Entry> all = new ArrayList<>();
        while (queue.count() > 0) {
            assertThat(queue.position()).isEqualTo(queue.sequence() * 10);
            all.add(new Entry(queue.dueMillis(), queue.sequence()));
            queue.remove();
        }
        return all;
    }

    @Test
    void whateverIsAddedComesInOrder() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            DueQueue queue = new DueQueue();
            List<Entry> expected = new ArrayList<>();
            for (int i = random.nextInt(100); i > 0; i--) {
                Entry entry = new Entry(random.nextInt(10), expected.size());
                expected.add(entry);
                queue.add(entry.dueMillis, entry.sequence, entry.sequence * 10);
            }
            expected.sort(ORDER);
            int taken = random.nextInt(expected.size() + 1);
            long last = random.nextInt(11);
            assertThat(queue.firstSequenceBefore(last))
                    .isEqualTo(expected.stream()
                            .filter(entry -> entry.dueMillis < last)
                            .mapToLong(Entry::sequence)
                            .min()
                            .orElse(Long.MAX_VALUE));
            DueQueue first = queue.takeFirst(taken);
            assertThat(takeAll(first)).isEqualTo(expected.subList(0, taken));
            first.addAll(queue);
            assertThat(takeAll(first)).isEqualTo(expected.subList(taken, expected.size()));
        }
    }
}
