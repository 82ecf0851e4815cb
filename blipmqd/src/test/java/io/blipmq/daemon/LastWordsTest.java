package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LastWordsTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void theWordsComeBeforeTheEnd() {
        LastWords.say(() -> events.add("words"), () -> events.add("end"));

        assertThat(events).containsExactly("words", "end");
    }

    /** As with a full pipe that nobody reads. */
    @Test
    void theEndComesWhenTheWordsDoNotGetOut() {
        CountDownLatch never = new CountDownLatch(1);

        LastWords.say(() -> awaitUninterruptibly(never), () -> events.add("end"));

        assertThat(events).containsExactly("end");
        never.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
