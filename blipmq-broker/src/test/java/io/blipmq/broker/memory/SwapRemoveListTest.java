package io.blipmq.broker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SwapRemoveListTest {
    /** What is in a bag or not. */
    private static final class Thing extends SwapRemoveList.Item {}

    @Test
    void behavesAsASetWhateverIsAddedAndRemoved() {
        Random random = new Random(42);
        SwapRemoveList<Thing> bag = new SwapRemoveList<>();
        Set<Thing> expected = new HashSet<>();
        Thing[] things = new Thing[20];
        for (int i = 0; i < things.length; i++) {
            things[i] = new Thing();
        }
        for (int step = 0; step < 20_000; step++) {
            Thing thing = things[random.nextInt(random.nextBoolean() ? 2 : things.length)];
            if (expected.add(thing)) {
                bag.add(thing);
            } else {
                expected.remove(thing);
                bag.remove(thing);
            }
            assertThat(bag).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(bag.size()).isEqualTo(expected.size());
            assertThat(bag.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }
}
