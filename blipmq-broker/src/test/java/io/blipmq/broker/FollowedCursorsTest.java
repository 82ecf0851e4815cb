package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A node that applies what another one decides, and never stops, remembers a bounded part of it. */
class FollowedCursorsTest {
    private static final int SETTLED_MAX = 10;
    private static final int KEPT_MAX = 5;
    private static final ByteBuffer FRAME = ByteBuffer.wrap(PushClient.bytes("demo.x"));

    private final MemoryJournal journal = new MemoryJournal();
    private final BrokerState state = new BrokerState(BrokerOptions.defaults(), new BrokerCounters(), new WorkMeter());
    private final StoredSubscription subscription;

    FollowedCursorsTest() {
        state.messages(journal);
        state.follow();
        long id = journal.appendSubscribe(
                OwnerId.ofKey(PushClient.bytes("alice")), PushClient.bytes("demo"), false, BrokerState.NO_NAME, false);
        apply();
        subscription = state.subscriptions().stored(id);
    }

    private void apply() {
        journal.storeAll();
        journal.drain(() -> state, null, Integer.MAX_VALUE);
    }

    /** @return its tag */
    private long publish() {
        return journal.appendPublish(
                new MessageView().in(FRAME).topic(0, 4).payload(5, 1).published(1));
    }

    private void settle(long tag) {
        journal.appendSettle(subscription.id(), tag, false, 1, SettleReason.ACKNOWLEDGED);
        apply();
        subscription.follow(SETTLED_MAX, KEPT_MAX);
    }

    @Test
    void whatIsSettledInOrderIsPassed() {
        for (int i = 0; i < 1_000; i++) {
            settle(publish());
        }
        assertThat(subscription.cursor().settledAhead().isEmpty()).isTrue();
        assertThat(subscription.cursor().isAtEnd()).isTrue();
    }

    @Test
    void aMessageThatIsNeverSettledDoesNotKeepAllBehindIt() {
        long stuck = publish();
        for (int i = 0; i < 1_000; i++) {
            settle(publish());
            assertThat(subscription.cursor().settledAhead().countMost()).isLessThanOrEqualTo(SETTLED_MAX + 1);
        }
        assertThat(subscription.unsettled().tags()).containsExactly(stuck);
        settle(stuck);
        assertThat(subscription.unsettled().size()).isZero();
        assertThat(subscription.backlog()).isZero();
    }
}
