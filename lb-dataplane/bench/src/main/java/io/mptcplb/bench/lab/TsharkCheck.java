package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Wireshark's opinion of a capture. Sequence analysis (retransmissions, gaps) is a path's business
 * and ignored; whatever is malformed, an error, of a kind that was not expected, or has a wrong
 * checksum is a problem; and so is what {@link OptionRules} says of each segment's options.
 *
 * @param frames TCP segments read
 * @param subtypes how often each MPTCP subtype was sent, by the sender's address
 * @param problems one line each, with the frame's number; the first 20
 */
public record TsharkCheck(
        int frames, Map<String, Map<Integer, Integer>> subtypes, List<String> problems) {
    private static final List<String> FIELDS =
            List.of(
                    "frame.number",
                    "ip.src",
                    "tcp.options.mptcp.subtype",
                    "tcp.option_kind",
                    "_ws.malformed",
                    "_ws.expert.severity",
                    "_ws.expert.group",
                    "_ws.expert.message",
                    "tcp.checksum.status",
                    "tcp.flags",
                    "tcp.len",
                    "tcp.options",
                    "mptcp.connection.echoed_key_mismatch",
                    "mptcp.connection.missing_algorithm",
                    "mptcp.connection.unsupported_algorithm",
                    "mptcp.dss.infinite_mapping");
    private static final int PROBLEMS_SHOWN_MAX = 20;
    private static final int FIRST_MPTCP_COMPLAINT = 12;
    private static final Set<Integer> KINDS_EXPECTED = Set.of(0, 1, 2, 3, 4, 5, 8, 30);
    private static final long SEVERITY_ERROR = 0x0080_0000;
    private static final long SEVERITY_WARN = 0x0060_0000;
    private static final long GROUP_SEQUENCE = 0x0200_0000;

    /** What Wireshark says of two options that were each padded to four bytes, as Linux does. */
    private static final String PADDING = "4 NOP in a row";

    private static final String CHECKSUM_BAD = "0";

    /**
     * Both are zero in one's complement, and Linux sends the one where Wireshark wants the other.
     */
    private static final String OTHER_ZERO = "TCP Checksum 0xffff instead of 0x0000";

    /**
     * Reads a capture.
     *
     * @param wholeFrames the capture has payloads, so that TCP checksums can be verified
     * @param expected the MPTCP subtypes that may appear, whoever sends them
     */
    public static TsharkCheck read(Path capture, boolean wholeFrames, Set<Integer> expected)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "tshark",
                                "-n",
                                "-r",
                                capture.toString(),
                                "-Y",
                                "tcp",
                                "-T",
                                "fields",
                                "-E",
                                "separator=/t",
                                "-E",
                                "occurrence=a",
                                "-E",
                                "aggregator=;",
                                "-o",
                                "tcp.check_checksum:" + wholeFrames,
                                "-o",
                                "mptcp.analyze_mptcp:TRUE",
                                "-d",
                                // The payload is random bytes: no protocol to be guessed in it.
                                "tcp.port==" + LabAddresses.SERVICE_PORT + ",data"));
        for (String field : FIELDS) {
            command.add("-e");
            command.add(field);
        }
        TsharkCheck check = new TsharkCheck(0, new TreeMap<>(), new ArrayList<>());
        int frames = 0;
        for (String line : Command.output(command).lines().toList()) {
            String[] columns = line.split("\t", -1);
            if (columns.length == FIELDS.size()) {
                frames++;
                check.frame(columns, expected);
            } else if (!line.isBlank()) {
                check.problems.add("tshark: " + line);
            }
        }
        int found = check.problems.size();
        List<String> shown =
                new ArrayList<>(check.problems.subList(0, Math.min(found, PROBLEMS_SHOWN_MAX)));
        if (found > PROBLEMS_SHOWN_MAX) {
            shown.add("and " + (found - PROBLEMS_SHOWN_MAX) + " more");
        }
        return new TsharkCheck(frames, check.subtypes, shown);
    }

    /** How often {@code source} sent a subtype. */
    public int count(String source, int subtype) {
        return subtypes.getOrDefault(source, Map.of()).getOrDefault(subtype, 0);
    }

    private void frame(String[] columns, Set<Integer> expected) {
        String where = "frame " + columns[0] + " from " + columns[1] + ": ";
        for (String subtype : words(columns[2])) {
            int code = Integer.decode(subtype);
            subtypes.computeIfAbsent(columns[1], key -> new TreeMap<>())
                    .merge(code, 1, Integer::sum);
            if (!expected.contains(code)) {
                problems.add(where + "unexpected MPTCP subtype " + code);
            }
        }
        for (String kind : words(columns[3])) {
            if (!KINDS_EXPECTED.contains(Integer.decode(kind))) {
                problems.add(where + "unexpected TCP option " + kind);
            }
        }
        if (!columns[4].isEmpty()) {
            problems.add(where + "malformed");
        }
        experts(where, columns);
        if (columns[8].contains(CHECKSUM_BAD) && !columns[7].contains(OTHER_ZERO)) {
            problems.add(where + "wrong TCP checksum");
        }
        String broken =
                OptionRules.broken(
                        HexFormat.of().parseHex(columns[11].replace(":", "")),
                        Integer.decode(columns[9]),
                        Integer.parseInt(columns[10]));
        if (broken != null) {
            problems.add(where + broken);
        }
        for (int i = FIRST_MPTCP_COMPLAINT; i < columns.length; i++) {
            if (!columns[i].isEmpty()) {
                problems.add(where + FIELDS.get(i));
            }
        }
    }

    private void experts(String where, String[] columns) {
        List<String> severities = words(columns[5]);
        List<String> groups = words(columns[6]);
        List<String> messages = words(columns[7]);
        for (int i = 0; i < Math.min(severities.size(), groups.size()); i++) {
            long severity = Long.decode(severities.get(i));
            boolean sequence = Long.decode(groups.get(i)) == GROUP_SEQUENCE;
            String message = i < messages.size() ? messages.get(i) : columns[7];
            boolean serious =
                    severity >= SEVERITY_ERROR || (severity >= SEVERITY_WARN && !sequence);
            boolean tolerated = message.startsWith(PADDING) || message.startsWith(OTHER_ZERO);
            if (serious && !tolerated) {
                problems.add(where + message);
            }
        }
    }

    private static List<String> words(String column) {
        return column.isEmpty() ? List.of() : List.of(column.split(";", -1));
    }
}
