package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Immutable: the text of /metrics at one moment. */
record Scrape(List<String> lines) {

    static Scrape of(String text) {
        return new Scrape(text.lines().toList());
    }

    /** The value of a sample as it stands in the text. */
    String text(String sample) {
        List<String> found =
                lines.stream().filter(line -> line.startsWith(sample + " ")).toList();
        assertThat(found).as(sample).hasSize(1);
        return found.get(0).substring(sample.length() + 1);
    }

    long value(String sample) {
        return Long.parseLong(text(sample));
    }
}
