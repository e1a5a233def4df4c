package io.mptcplb.bench.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One MPTCP connection as {@code ss -M} shows it.
 *
 * @param state such as ESTAB
 * @param local address and port
 * @param remote address and port
 * @param fields the {@code key:value} words, such as token and subflows_total
 */
public record MptcpSocket(String state, String local, String remote, Map<String, String> fields) {
    private static final int COLUMNS = 5;

    /** A number among the fields, or 0: ss leaves out what is zero. */
    public long number(String key) {
        String value = fields.getOrDefault(key, "0");
        return value.startsWith("0x") || !value.chars().allMatch(Character::isDigit)
                ? 0
                : Long.parseLong(value);
    }

    static List<MptcpSocket> parse(String text) {
        List<MptcpSocket> sockets = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (!line.isBlank()
                    && !Character.isWhitespace(line.charAt(0))
                    && words.length >= COLUMNS) {
                sockets.add(new MptcpSocket(words[0], words[3], words[4], new HashMap<>()));
            }
            if (!sockets.isEmpty()) {
                collect(words, sockets.getLast().fields());
            }
        }
        return sockets;
    }

    private static void collect(String[] words, Map<String, String> fields) {
        for (String word : words) {
            int colon = word.indexOf(':');
            if (colon > 0 && Character.isLetter(word.charAt(0))) {
                fields.put(word.substring(0, colon), word.substring(colon + 1));
            }
        }
    }
}
