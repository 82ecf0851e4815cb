package io.blipmq.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an exposition as strictly as the format's grammar allows, and checks every rule that it can. */
public final class Exposition {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\\\\\|\\\\n)+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE = Pattern.compile(
            "(" + NAME + ")(\\{[a-zA-Z_]+=\"(?:[^\"\\\\]|\\\\\\\\|\\\\\"|\\\\n)*\"})? (-?[0-9]+(?:\\.[0-9]+)?)");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> samples = new LinkedHashMap<>();
    private final Map<String, List<Long>> buckets = new HashMap<>();
    private String family = "";
    private String helped = "";

    private Exposition() {}

    /** Reads a text and fails where it breaks a rule. */
    public static Exposition check(String text) {
        assertThat(text).endsWith("\n");
        Exposition exposition = new Exposition();
        text.lines().forEach(exposition::line);
        exposition.buckets.forEach(exposition::checkBuckets);
        return exposition;
    }

    /** Sample values by name and label, as printed. */
    public Map<String, String> samples() {
        return samples;
    }

    /** Types by family. */
    public Map<String, String> types() {
        return types;
    }

    private void line(String line) {
        if (line.startsWith("# HELP")) {
            Matcher help = matched(HELP, line);
            helped = help.group(1);
            assertThat(types).as("families come once").doesNotContainKey(helped);
        } else if (line.startsWith("#")) {
            Matcher type = matched(TYPE, line);
            family = type.group(1);
            assertThat(helped).as("HELP stands before TYPE").isEqualTo(family);
            types.put(family, type.group(2));
        } else {
            sample(matched(SAMPLE, line));
        }
    }

    private void sample(Matcher sample) {
        String name = sample.group(1);
        String label = sample.group(2) == null ? "" : sample.group(2);
        assertThat(familyOf(name)).as("the family of %s", name).isEqualTo(family);
        assertThat(samples.put(name + label, sample.group(3)))
                .as("the first %s%s", name, label)
                .isNull();
        if (name.endsWith("_bucket")) {
            assertThat(label).startsWith("{le=");
            buckets.computeIfAbsent(family, f -> new ArrayList<>()).add(Long.parseLong(sample.group(3)));
        }
    }

    private String familyOf(String name) {
        return switch (types.getOrDefault(family, "")) {
            case "histogram" -> name.replaceFirst("_(bucket|sum|count)$", "");
            case "summary" -> name.replaceFirst("_(sum|count)$", "");
            default -> name;
        };
    }

    private void checkBuckets(String histogram, List<Long> counts) {
        assertThat(counts).as("buckets of %s", histogram).isSorted();
        assertThat(samples.get(histogram + "_bucket{le=\"+Inf\"}"))
                .as("the last bucket of %s", histogram)
                .isEqualTo(samples.get(histogram + "_count"));
        assertThat(samples).containsKey(histogram + "_sum");
    }

    private static Matcher matched(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher;
    }
}
