package io.blipmq.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Immutable. Finds the name that was probably meant. */
final class Nearest {
    private static final int DISTANCE_MAX = 3;
    /** Longer names are no typing mistakes of a key, and the search is quadratic. */
    private static final int NAME_LENGTH_MAX = 64;

    private Nearest() {}

    /** The known name that is nearest, if it is near enough: one edit in three characters, three at most. */
    static Optional<String> find(String name, Collection<String> known) {
        if (name.length() > NAME_LENGTH_MAX) {
            return Optional.empty();
        }
        String plain = snakeCase(name);
        int near = Math.max(1, Math.min(DISTANCE_MAX, plain.length() / 3));
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(plain, snakeCase(candidate))))
                .filter(candidate -> distance(plain, snakeCase(candidate)) <= near);
    }

    /** So that bind-addr, bindAddr and BIND_ADDR are as near as can be. */
    private static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : edit(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int edit(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
    }
}
