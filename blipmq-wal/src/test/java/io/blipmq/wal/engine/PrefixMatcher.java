package io.blipmq.wal.engine;

import io.blipmq.wal.KeyMatcher;
import java.nio.charset.StandardCharsets;

/** Takes the keys that begin with one text and end with another. A test's helper; immutable. */
public record PrefixMatcher(String begin, String end) implements KeyMatcher {
    public static final PrefixMatcher ALL = new PrefixMatcher("", "");

    @Override
    public byte[] prefix() {
        return begin.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean matches(byte[] key) {
        return matches(new String(key, StandardCharsets.UTF_8));
    }

    public boolean matches(String key) {
        return key.startsWith(begin) && key.endsWith(end);
    }
}
