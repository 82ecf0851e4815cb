package io.blipmq.metrics;

import java.nio.charset.StandardCharsets;

/**
 * The Prometheus text format 0.0.4, with whole numbers. Owned by the thread of one scrape.
 *
 * <p>A family is one {@link #family} and then its samples. Numbers are whole, or seconds made from nanoseconds by
 * digits, so nothing is rounded and {@code topics 3} never becomes {@code topics 3.0}.
 */
final class ExpositionWriter {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int SECOND_DIGITS = 9;

    private final StringBuilder text = new StringBuilder(16 * 1024);

    void family(Metric metric) {
        text.append("# HELP ").append(metric.prometheusName()).append(' ');
        appendEscaped(metric.help(), false);
        text.append("\n# TYPE ").append(metric.prometheusName()).append(' ');
        text.append(metric.type().text()).append('\n');
    }

    /** A metric's only sample. */
    void sample(Metric metric, long value) {
        text.append(metric.prometheusName());
        value(value, metric.isInSeconds());
    }

    /** One of a metric's samples, told apart by the value of its label. */
    void sample(Metric metric, String labelValue, long value) {
        text.append(metric.prometheusName());
        label(metric.label(), labelValue);
        value(value, metric.isInSeconds());
    }

    /** A summary without quantiles: a count and a sum. */
    void summary(Metric metric, String labelValue, long count, long sumNanos) {
        text.append(metric.prometheusName()).append("_count");
        label(metric.label(), labelValue);
        value(count, false);
        text.append(metric.prometheusName()).append("_sum");
        label(metric.label(), labelValue);
        value(sumNanos, metric.isInSeconds());
    }

    void histogram(Metric metric, HistogramSnapshot snapshot) {
        for (int i = 0; i < snapshot.boundCount(); i++) {
            bucket(metric, seconds(snapshot.boundNanos(i)), snapshot.countUpTo(i));
        }
        bucket(metric, "+Inf", snapshot.count());
        text.append(metric.prometheusName()).append("_sum");
        value(snapshot.sumNanos(), metric.isInSeconds());
        text.append(metric.prometheusName()).append("_count");
        value(snapshot.count(), false);
    }

    byte[] toBytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void bucket(Metric metric, String bound, long count) {
        text.append(metric.prometheusName()).append("_bucket");
        label("le", bound);
        value(count, false);
    }

    private void label(String name, String value) {
        text.append('{').append(name).append("=\"");
        appendEscaped(value, true);
        text.append("\"}");
    }

    private void value(long value, boolean nanos) {
        text.append(' ').append(nanos ? seconds(value) : Long.toString(value)).append('\n');
    }

    /** Nanoseconds as seconds in decimal digits, without zeros at the end: 1500000000 is 1.5, 2000000000 is 2. */
    private static String seconds(long nanos) {
        String sign = nanos < 0 ? "-" : "";
        String whole = Long.toString(Math.abs(nanos / NANOS_PER_SECOND));
        String digits = Long.toString(Math.abs(nanos % NANOS_PER_SECOND));
        String fraction = "0".repeat(SECOND_DIGITS - digits.length()) + digits;
        int end = fraction.length();
        while (end > 0 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return sign + whole + (end == 0 ? "" : "." + fraction.substring(0, end));
    }

    private void appendEscaped(String value, boolean quoted) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '"' -> text.append(quoted ? "\\\"" : "\"");
                default -> text.append(c);
            }
        }
    }
}
