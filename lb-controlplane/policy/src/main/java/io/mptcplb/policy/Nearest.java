package io.mptcplb.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
public final class Nearest {
    private Nearest() {}

    /** {@code ", did you mean X?"} when a candidate is near, else nothing. */
    public static String suggestion(String word, Collection<String> candidates) {
        return of(word, candidates)
                .map(candidate -> ", did you mean " + candidate + "?")
                .orElse("");
    }

    /**
     * The candidate within a third of the word's length, at least 2 edits away, or the one that has
     * the word in it; ties go to the first in the alphabet.
     */
    static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> isNear(word, candidate))
                .min(
                        Comparator.comparingInt((String candidate) -> distance(word, candidate))
                                .thenComparing(Comparator.naturalOrder()));
    }

    private static boolean isNear(String word, String candidate) {
        int edits = distance(word, candidate);
        boolean contained = word.length() >= 3 && candidate.contains(word);
        return contained || (edits <= Math.max(2, word.length() / 3) && edits < candidate.length());
    }

    /** Insertions, deletions and replacements, letter case not counted. */
    static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
