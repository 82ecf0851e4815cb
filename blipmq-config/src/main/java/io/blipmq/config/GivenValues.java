package io.blipmq.config;

import io.blipmq.config.ConfigException.Problem;
import io.blipmq.config.LoadedSettings.Effective;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The values given for keys, each with its source; the later one stands. Used by one thread. */
final class GivenValues {
    private static final String DEFAULT = "default";

    private record Given(Object value, String source) {}

    @FunctionalInterface
    interface Reading {
        Object read(ValueType<?> type) throws Refused;
    }

    private final Map<Key, Given> values = new EnumMap<>(Key.class);
    private final List<Problem> problems;

    GivenValues(List<Problem> problems) {
        this.problems = problems;
    }

    /** Reads a value, or adds what is wrong with it to the problems. */
    void put(Key key, String source, Reading reading) {
        try {
            values.put(key, new Given(reading.read(key.type()), source));
        } catch (Refused refused) {
            refused.reasons().forEach(reason -> problems.add(new Problem(key.keyName(), source, reason)));
        }
    }

    String text(Key key) {
        return (String) value(key);
    }

    long number(Key key) {
        return (Long) value(key);
    }

    int count(Key key) {
        return Math.toIntExact(number(key));
    }

    boolean flag(Key key) {
        return (Boolean) value(key);
    }

    Object value(Key key) {
        Given given = values.get(key);
        if (given != null) {
            return given.value();
        }
        return key == Key.ACK_TIMEOUT_MS ? value(Key.RETRY_BACKOFF_MS) : key.defaultValue();
    }

    boolean isGiven(Key key) {
        return values.containsKey(key);
    }

    String source(Key key) {
        Given given = values.get(key);
        return given == null ? DEFAULT : given.source();
    }

    List<Effective> effective() {
        return Arrays.stream(Key.values())
                .map(key -> new Effective(key, key.render(value(key)), source(key)))
                .toList();
    }
}
