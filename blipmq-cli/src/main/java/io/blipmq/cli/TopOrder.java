package io.blipmq.cli;

import java.time.Duration;
import java.util.Comparator;

/** What {@code blipmq top} sorts by, each with its key. */
enum TopOrder {
    backlog('b', Comparator.comparingLong(TopRow::backlog).reversed()),
    change(
            'c',
            Comparator.<TopRow>comparingDouble(row -> row.change().orElse(0)).reversed()),
    inflight('i', Comparator.comparingLong(TopRow::inFlight).reversed()),
    delayed('d', Comparator.comparingLong(TopRow::delayed).reversed()),
    oldest(
            'o',
            Comparator.<TopRow, Duration>comparing(row -> row.oldest().orElse(Duration.ZERO))
                    .reversed()),
    name('n', Comparator.comparing(TopRow::name)),
    topic('t', Comparator.comparing(TopRow::topic));

    private final char key;
    private final Comparator<TopRow> rows;

    TopOrder(char key, Comparator<TopRow> rows) {
        this.key = key;
        // What is alike stays where it is from one refresh to the next.
        this.rows =
                rows.thenComparing(TopRow::topic).thenComparing(TopRow::name).thenComparingLong(TopRow::id);
    }

    Comparator<TopRow> rows(boolean reverse) {
        return reverse ? rows.reversed() : rows;
    }

    /** The one with this key, or null. */
    static TopOrder ofKey(int key) {
        for (TopOrder order : values()) {
            if (order.key == key) {
                return order;
            }
        }
        return null;
    }
}
