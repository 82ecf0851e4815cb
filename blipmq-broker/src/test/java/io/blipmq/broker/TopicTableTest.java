package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopicTableTest {

    @Test
    void behavesAsAMapWhateverIsAddedAndRemoved() {
        Random random = new Random(42);
        TopicTable table = new TopicTable();
        Map<String, Topic> expected = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            String name = "t" + random.nextInt(2_000);
            Topic topic = expected.get(name);
            if (topic == null) {
                topic = new Topic(1, name.getBytes(StandardCharsets.UTF_8), ofSeveral -> null, null);
                expected.put(name, topic);
                table.add(topic);
            } else if (random.nextBoolean()) {
                expected.remove(name);
                table.remove(topic);
            }
            String looked = "t" + random.nextInt(2_000);
            ByteBuffer frame = ByteBuffer.allocateDirect(40);
            frame.put(7, looked.getBytes(StandardCharsets.UTF_8));
            assertThat(table.find(frame, 7, looked.length())).isSameAs(expected.get(looked));
            assertThat(table.count()).isEqualTo(expected.size());
        }
    }
}
