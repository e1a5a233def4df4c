package io.mptcplb.bench.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Interference by the client's own iptables: MPTCP options stripped from, or segments dropped out
 * of, what it sends and receives. Matches are iptables words, such as {@code --tcp-flags SYN,ACK
 * SYN} or {@code -m length --length 100:}.
 */
public final class KernelMiddlebox {
    private static final String MPTCP_KIND = "30";

    private final LabNamespace client;

    public KernelMiddlebox(Lab lab) {
        client = lab.client();
    }

    /** Strips MPTCP options from what leaves by {@code device}. */
    public void stripOutgoing(String device, String... match) throws IOException {
        add("POSTROUTING", "-o", device, match, "TCPOPTSTRIP", "--strip-options", MPTCP_KIND);
    }

    /** Strips MPTCP options from what arrives by {@code device}. */
    public void stripIncoming(String device, String... match) throws IOException {
        add("PREROUTING", "-i", device, match, "TCPOPTSTRIP", "--strip-options", MPTCP_KIND);
    }

    /** Drops segments that would leave by {@code device}. */
    public void dropOutgoing(String device, String... match) throws IOException {
        add("POSTROUTING", "-o", device, match, "DROP");
    }

    /** Drops segments that arrive by {@code device}. */
    public void dropIncoming(String device, String... match) throws IOException {
        add("PREROUTING", "-i", device, match, "DROP");
    }

    /** How many segments the rules have met, in their order. */
    public List<Long> hits() throws IOException {
        List<Long> hits = new ArrayList<>();
        String listing = client.run("iptables", "-t", "mangle", "-L", "-v", "-n", "-x");
        for (String line : listing.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 2 && (words[2].equals("TCPOPTSTRIP") || words[2].equals("DROP"))) {
                hits.add(Long.valueOf(words[0]));
            }
        }
        return hits;
    }

    /** Ends all interference. */
    public void clear() throws IOException {
        client.run("iptables", "-t", "mangle", "-F");
    }

    private void add(
            String chain, String direction, String device, String[] match, String... target)
            throws IOException {
        List<String> words =
                new ArrayList<>(List.of("iptables", "-t", "mangle", "-A", chain, direction));
        words.addAll(List.of(device, "-p", "tcp"));
        words.addAll(List.of(match));
        words.add("-j");
        words.addAll(List.of(target));
        client.run(words.toArray(String[]::new));
    }
}
