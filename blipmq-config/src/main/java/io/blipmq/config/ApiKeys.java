package io.blipmq.config;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Immutable. The keys that may connect, without duplicates; its text form never shows one. */
public final class ApiKeys {
    /** More than any real key; with it a key file or list stays small beside the heap. */
    public static final int KEY_BYTES_MAX = 1024;

    private final Set<String> keys;

    private ApiKeys(Set<String> keys) {
        this.keys = keys;
    }

    /** Takes keys that have been validated; the same key twice counts once. */
    public static ApiKeys of(Collection<String> keys) {
        return new ApiKeys(new LinkedHashSet<>(keys));
    }

    public int count() {
        return keys.size();
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** The keys in UTF-8, in the order of the configuration; the arrays are the caller's. */
    public List<byte[]> encoded() {
        return keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKeys that && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        return keys.hashCode();
    }

    @Override
    public String toString() {
        return "ApiKeys[" + keys.size() + "]";
    }
}
