package io.blipmq.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads a daemon's {@code /metrics}, in the text format of Prometheus. Stateless. */
final class MetricsPage {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int OK = 200;

    private MetricsPage() {}

    /** The values without labels, by name. */
    static Map<String, Double> read(URI page) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
            if (connection.getResponseCode() != OK) {
                throw new IOException("status " + connection.getResponseCode());
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                return parse(lines);
            }
        } finally {
            connection.disconnect();
        }
    }

    static Map<String, Double> parse(BufferedReader lines) throws IOException {
        Map<String, Double> values = new HashMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int blank = line.indexOf(' ');
            if (blank > 0 && line.charAt(0) != '#' && line.indexOf('{') < 0) {
                try {
                    values.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
                } catch (NumberFormatException e) {
                    // Not one of the daemon's lines.
                }
            }
        }
        return values;
    }
}
