package io.blipmq.protocol.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicFilterTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String problem(String filter) {
        byte[] text = bytes(filter);
        return TopicFilter.problem(ByteBuffer.wrap(text), 0, text.length);
    }

    private static boolean matches(String filter, String name) {
        assertThat(problem(filter)).isNull();
        return TopicFilter.of(bytes(filter)).matches(bytes(name));
    }

    @Test
    void filtersOfTheStandard() {
        for (String filter : List.of("#", "+", "a", "a/b", "a/#", "+/b", "a/+/c", "+/+/+", "+/#", "$x/#", "ä/+")) {
            assertThat(problem(filter)).as(filter).isNull();
        }
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() {
        assertThat(problem("a/#/b")).isEqualTo("the filter has a '#' that is not the whole last level (at byte 2)");
        assertThat(problem("a#")).isEqualTo("the filter has a '#' that is not the whole last level (at byte 1)");
        assertThat(problem("a/b+/c")).isEqualTo("the filter has a '+' that is not a whole level (at byte 3)");
        assertThat(problem("a/+b")).isEqualTo("the filter has a '+' that is not a whole level (at byte 2)");
        assertThat(problem("a//b")).isEqualTo("the filter has an empty level (at byte 2)");
        assertThat(problem("/a")).isEqualTo("the filter has an empty level (at byte 0)");
        assertThat(problem("a/")).isEqualTo("the filter has an empty level (at byte 2)");
        assertThat(problem("a/\0")).isEqualTo("the filter contains U+0000 (at byte 2)");
        assertThat(problem("+/".repeat(127) + "+")).isNull();
        assertThat(problem("+/".repeat(128) + "+")).isEqualTo("the filter has more than 128 levels (at byte 255)");
    }

    @Test
    void whatMatches() {
        assertThat(matches("#", "a")).isTrue();
        assertThat(matches("#", "a/b/c")).isTrue();
        assertThat(matches("a/#", "a")).isTrue();
        assertThat(matches("a/#", "a/b/c")).isTrue();
        assertThat(matches("a/#", "ab")).isFalse();
        assertThat(matches("a/#", "b/a")).isFalse();
        assertThat(matches("+", "a")).isTrue();
        assertThat(matches("+", "a/b")).isFalse();
        assertThat(matches("+/+", "a/b")).isTrue();
        assertThat(matches("+/b", "a/b")).isTrue();
        assertThat(matches("a/+/c", "a/b/c")).isTrue();
        assertThat(matches("a/+/c", "a//c")).isTrue();
        assertThat(matches("a/+/c", "a/b/d")).isFalse();
        assertThat(matches("a/+", "a")).isFalse();
        assertThat(matches("a", "a")).isTrue();
        assertThat(matches("a/b", "a/bc")).isFalse();
        assertThat(matches("a/bc", "a/b")).isFalse();
        assertThat(matches("+/#", "a")).isTrue();
        assertThat(matches("a/+/#", "a")).isFalse();
    }

    @Test
    void wildcardsDoNotSeeWhatIsHidden() {
        assertThat(matches("#", "$x/a")).isFalse();
        assertThat(matches("+/a", "$x/a")).isFalse();
        assertThat(matches("$x/#", "$x/a")).isTrue();
        assertThat(matches("a/#", "a/$x")).isTrue();
        assertThat(matches("#", "a/+")).isFalse();
        assertThat(matches("a/+", "a/b#")).isFalse();
        assertThat(matches("#", "a\0")).isFalse();
    }

    @Test
    void prefixes() {
        assertThat(TopicFilter.of(bytes("a/b/+/c")).prefix()).asString().isEqualTo("a/b/");
        assertThat(TopicFilter.of(bytes("a/b/#")).prefix()).asString().isEqualTo("a/b");
        assertThat(TopicFilter.of(bytes("#")).prefix()).isEmpty();
        assertThat(TopicFilter.of(bytes("+/a")).prefix()).isEmpty();
        assertThat(TopicFilter.of(bytes("a/b")).prefix()).asString().isEqualTo("a/b");
    }

    /** The tree finds what the filters say one by one, whatever has come and gone. */
    @Test
    void theTreeFindsWhatMatches() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            FilterTree<String> tree = new FilterTree<>();
            Set<String> present = new HashSet<>();
            for (int step = 0; step < 60; step++) {
                String filter = levels(random, true);
                if (present.remove(filter)) {
                    tree.remove(TopicFilter.of(bytes(filter)));
                } else if (problem(filter) == null) {
                    present.add(filter);
                    tree.add(TopicFilter.of(bytes(filter)), filter);
                }
                String name = levels(random, false);
                List<String> found = new ArrayList<>();
                tree.match(ByteBuffer.wrap(bytes("x" + name)), 1, bytes(name).length, found::add);
                assertThat(found)
                        .as("seed %d, %s in %s", seed, name, present)
                        .containsExactlyInAnyOrderElementsOf(present.stream()
                                .filter(one -> TopicFilter.of(bytes(one)).matches(bytes(name)))
                                .toList());
                assertThat(tree.count()).isEqualTo(present.size());
                assertThat(tree.find(bytes(filter))).isEqualTo(present.contains(filter) ? filter : null);
                for (String one : found) {
                    assertThat(name)
                            .startsWith(new String(TopicFilter.of(bytes(one)).prefix(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static String levels(Random random, boolean filter) {
        String[] choice = filter ? new String[] {"a", "b", "+", "#", "$"} : new String[] {"a", "b", "", "$", "a+"};
        StringBuilder text = new StringBuilder(choice[random.nextInt(filter ? 4 : 2)]);
        for (int more = random.nextInt(4); more > 0; more--) {
            text.append('/').append(choice[random.nextInt(choice.length)]);
        }
        return random.nextInt(10) == 0 ? "$" + text : text.toString();
    }
}
