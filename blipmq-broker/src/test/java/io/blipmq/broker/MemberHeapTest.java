package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemberHeapTest {
    private static final Comparator<Attachment> ORDER =
            Comparator.comparingLong(Attachment::credit).reversed().thenComparingLong(member -> member.turn);

    private final MemberHeap heap = new MemberHeap();
    private final List<Attachment> inside = new ArrayList<>();
    private final Random random = new Random(7);

    private Attachment member(long turn) {
        Attachment model = new CollectingSink().attachment();
        long credit = random.nextInt(3) == 0 ? AttachRequest.UNLIMITED_CREDIT : random.nextInt(5);
        AttachRequest request = new AttachRequest(
                0,
                PushClient.bytes("t"),
                false,
                PushClient.bytes("g"),
                true,
                false,
                false,
                0,
                0,
                false,
                false,
                credit,
                1,
                1);
        Attachment member = new Attachment(model.client(), model.subscription(), request, false);
        member.turn = turn;
        return member;
    }

    @Test
    void theFirstIsAlwaysTheOneThatComesFirst() {
        for (int step = 0; step < 5_000; step++) {
            int choice = random.nextInt(4);
            if (choice < 2 && inside.size() < 40) {
                Attachment member = member(random.nextInt(1_000_000));
                heap.put(member);
                inside.add(member);
            } else if (choice == 2 && !inside.isEmpty()) {
                heap.remove(inside.remove(random.nextInt(inside.size())));
            } else if (!inside.isEmpty()) {
                Attachment served = heap.first();
                served.turn = random.nextInt(1_000_000);
                heap.put(served);
            }
            Attachment expected = inside.stream().min(ORDER).orElse(null);
            assertThat(heap.first() == null).isEqualTo(expected == null);
            if (expected != null) {
                assertThat(ORDER.compare(heap.first(), expected)).isZero();
            }
        }
    }

    @Test
    void whoIsNotInsideMayBeRemoved() {
        heap.remove(member(1));
        assertThat(heap.first()).isNull();
    }
}
