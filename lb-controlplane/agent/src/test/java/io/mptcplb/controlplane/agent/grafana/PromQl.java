package io.mptcplb.controlplane.agent.grafana;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression speaks of: its metrics with the labels they are matched by, and the
 * labels it groups by. No parser of the language: Prometheus itself judges the form.
 *
 * @param selectors metrics in order
 * @param groupings labels in by, without, on, ignoring and group_left
 */
record PromQl(List<Selector> selectors, Set<String> groupings) {
    /**
     * A metric.
     *
     * @param metric its name
     * @param labels in its braces
     * @param function that it is the first argument of, or nothing
     */
    record Selector(String metric, Set<String> labels, String function) {}

    private static final Pattern TOKEN =
            Pattern.compile(
                    "\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_:$][A-Za-z0-9_:$]*|\\[[^]]*]"
                            + "|[0-9][0-9.a-z]*|[^\\s]");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
    private static final Set<String> GROUPING =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS =
            Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

    static PromQl of(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        List<Selector> selectors = new ArrayList<>();
        Set<String> groupings = new LinkedHashSet<>();
        int i = 0;
        while (i < tokens.size()) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (GROUPING.contains(token) && next.equals("(")) {
                groupings.addAll(words(tokens, i + 2, ")"));
                i = end(tokens, i, ")");
            } else if (isWord(token) && next.equals("{")) {
                selectors.add(new Selector(token, words(tokens, i + 2, "}"), function(tokens, i)));
                i = end(tokens, i, "}");
            } else if (isWord(token)
                    && !next.equals("(")
                    && !GROUPING.contains(token)
                    && !GROUPING.contains(next)
                    && !OPERATORS.contains(token)) {
                selectors.add(new Selector(token, Set.of(), function(tokens, i)));
            }
            i++;
        }
        return new PromQl(selectors, groupings);
    }

    private static boolean isWord(String token) {
        return WORD.matcher(token).matches();
    }

    private static String function(List<String> tokens, int at) {
        String before = at >= 2 && tokens.get(at - 1).equals("(") ? tokens.get(at - 2) : "";
        return isWord(before) && !OPERATORS.contains(before) && !GROUPING.contains(before)
                ? before
                : "";
    }

    private static int end(List<String> tokens, int from, String end) {
        return from + tokens.subList(from, tokens.size()).indexOf(end);
    }

    /** Within braces only labels are bare words. */
    private static Set<String> words(List<String> tokens, int from, String end) {
        Set<String> words = new LinkedHashSet<>();
        for (int i = from; i < tokens.size() && !tokens.get(i).equals(end); i++) {
            if (isWord(tokens.get(i))) {
                words.add(tokens.get(i));
            }
        }
        return words;
    }
}
