package io.blipmq.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Draws a run as SVG: throughput over time, or latency by percentile. Stateless. */
public final class SvgPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int TOP = 40;
    private static final int RIGHT = WIDTH - 20;
    private static final int BOTTOM = HEIGHT - 50;
    private static final int Y_TICKS = 5;

    private record Point(double x, double y) {}

    private SvgPlot() {}

    /** Messages in each second. */
    public static String throughput(List<Long> perSecond, String title) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < perSecond.size(); i++) {
            points.add(new Point(i + 1, perSecond.get(i)));
        }
        List<Point> labels =
                List.of(new Point(1, 1), new Point(Math.max(2, points.size()), Math.max(2, points.size())));
        List<String> texts = List.of("1 s", Math.max(2, points.size()) + " s");
        return draw(title, "messages/s", points, labels, texts);
    }

    /** Latency at percentiles, the axis stretching towards the last of them. */
    public static String latency(Histogram nanos, String title) {
        List<Point> points = new ArrayList<>();
        List<Point> labels = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int nines = 0; nines <= 4 * 8; nines++) {
            double percentile = 100 - 100 * Math.pow(10, -nines / 8.0);
            points.add(new Point(nines / 8.0, nanos.getValueAtPercentile(percentile) / 1000.0));
            if (nines % 8 == 0) {
                labels.add(new Point(nines / 8.0, 0));
                texts.add(nines == 0 ? "0 %" : percentile + " %");
            }
        }
        return draw(title, "µs", points, labels, texts);
    }

    private static String draw(String title, String unit, List<Point> points, List<Point> labels, List<String> texts) {
        double xMin = labels.get(0).x();
        double xMax = labels.get(labels.size() - 1).x();
        double yMax = niceMax(points.stream().mapToDouble(Point::y).max().orElse(1));
        StringBuilder svg = new StringBuilder(4096);
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"%d\" y=\"22\" font-size=\"14\">%s</text>%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT,
                LEFT,
                escaped(title)));
        for (int tick = 0; tick <= Y_TICKS; tick++) {
            double value = yMax * tick / Y_TICKS;
            double y = y(value, yMax);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>%n"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f %s</text>%n",
                    LEFT,
                    y,
                    RIGHT,
                    y,
                    LEFT - 6,
                    y + 4,
                    value,
                    unit));
        }
        for (int i = 0; i < labels.size(); i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(labels.get(i).x(), xMin, xMax),
                    BOTTOM + 20,
                    escaped(texts.get(i))));
        }
        svg.append("<polyline fill=\"none\" stroke=\"#1f77b4\" stroke-width=\"2\" points=\"");
        for (Point point : points) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x(), xMin, xMax), y(point.y(), yMax)));
        }
        return svg.append("\"/>\n</svg>\n").toString();
    }

    private static double x(double value, double min, double max) {
        return LEFT + (value - min) / Math.max(max - min, 1e-9) * (RIGHT - LEFT);
    }

    private static double y(double value, double max) {
        return BOTTOM - value / max * (BOTTOM - TOP);
    }

    /** The next larger of 1, 2 and 5 times a power of ten. */
    private static double niceMax(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1))));
        for (double step : new double[] {1, 2, 5}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
